/** What instances share: sync groups, and the objects that their track lists name. */
import { headSpan, wordSpan } from '../../../grammar/tree.ts';
import { type Located, located, type Setting } from '../located.ts';
import { notifiersOf, type Tracker, trackersOf } from './instance.ts';
import { firstWord, flag, lastOf, listItems } from './settings.ts';
import type { Statement } from './statements.ts';

/** Instances that move together. */
export interface SyncGroup {
  readonly statement: Statement;
  readonly name: Located<string> | undefined;
  readonly members: readonly Located<string>[];
  readonly trackers: readonly Tracker[];
  /** Weights of its members' trackers count; else those trackers are dropped. */
  readonly weighted: boolean;
  readonly notifiers: readonly Statement[];
  readonly smtpAlert: Setting<boolean>;
}

/** A `vrrp_script`, `vrrp_track_process`, `track_file` or `bfd_instance`: something that a track list can name. */
export interface Tracked {
  readonly kind: Tracker['kind'];
  readonly statement: Statement;
  readonly name: Located<string> | undefined;
}

const trackedKinds: ReadonlyMap<string, Tracker['kind']> = new Map([
  ['vrrp_script', 'script'],
  ['vrrp_track_process', 'process'],
  ['track_file', 'file'],
  ['vrrp_track_file', 'file'],
  ['bfd_instance', 'bfd'],
]);

/** The sync groups of a file, in its order. */
export const syncGroupsOf = (statements: readonly Statement[]): readonly SyncGroup[] =>
  statements
    .filter(({ keyword }) => keyword?.name === 'vrrp_sync_group')
    .map((statement) => ({
      statement,
      name: firstWord(statement),
      members: listItems(statement.body, 'group').flatMap((item) =>
        [item.name, ...item.args].map((word) => located(word.text, wordSpan(item, word))),
      ),
      trackers: trackersOf(statement.body),
      weighted: ['sync_group_tracking_weight', 'global_tracking'].some((name) =>
        lastOf(statement.body, name),
      ),
      notifiers: notifiersOf(statement.body),
      smtpAlert: flag(statement.body, 'smtp_alert', undefined, headSpan(statement.directive)),
    }));

/** Everything in a file that a track list can name, in its order. */
export const trackedIn = (statements: readonly Statement[]): readonly Tracked[] =>
  statements.flatMap((statement) => {
    const kind = trackedKinds.get(statement.keyword?.name ?? '');
    return kind ? [{ kind, statement, name: firstWord(statement) }] : [];
  });

/**
 * Interfaces for which a garp_group was named before, each with that place. A group without any delay counts for nothing
 * (vrrp_parser.c: garp_group_interface_handler()).
 */
export function* repeatedGarpInterfaces(
  statements: readonly Statement[],
): Generator<{ readonly again: Located<string>; readonly first: Located<string> }> {
  const seen = new Map<string, Located<string>>();
  for (const { keyword, body } of statements) {
    if (keyword?.name !== 'garp_group') continue;
    if (!['garp_interval', 'gna_interval'].some((name) => lastOf(body, name))) continue;
    for (const { keyword: known, args, items, directive } of body) {
      const names =
        known?.name === 'interface'
          ? args.slice(0, 1).map((word) => located(word.text, wordSpan(directive, word)))
          : known?.name === 'interfaces'
            ? items.flatMap((item) =>
                [item.name, ...item.args].map((word) => located(word.text, wordSpan(item, word))),
              )
            : [];
      for (const again of names) {
        const first = seen.get(again.value);
        if (first) yield { again, first };
        else seen.set(again.value, again);
      }
    }
  }
}
