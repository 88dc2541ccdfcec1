/** A keepalived configuration, understood as the daemon does, and as the operator meant it where the daemon cannot. */

import type { Span } from '../../../grammar/text.ts';
import { headSpan, wordSpan } from '../../../grammar/tree.ts';
import type { KeepalivedFiles } from '../../load/loaded.ts';
import { type Located, located, type Setting } from '../located.ts';
import type { Syntax } from '../syntax.ts';
import { atLeast, type Version } from '../version.ts';
import { type Globals, globalsOf } from './globals.ts';
import { type Instance, instanceOf, notifiersOf, type Tracker, trackersOf } from './instance.ts';
import { firstWord, flag, lastOf, listItems, number } from './settings.ts';
import { everyStatement, resolve, type Statement } from './statements.ts';
import { type InvalidValue, invalidValues } from './values.ts';

export type { Globals } from './globals.ts';
export {
  type Authentication,
  addressWords,
  type Instance,
  type Tracker,
  type VirtualAddress,
} from './instance.ts';
export { everyStatement, type Guess, isBlock, type Statement } from './statements.ts';
export type { InvalidValue } from './values.ts';

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

export interface KeepalivedModel {
  readonly syntax: Syntax;
  /** Everything that belongs to it could be read: what is absent is missing. */
  readonly complete: boolean;
  /** The daemon's version, where the operator stated it. */
  readonly version: Version;
  /** The whole file as it was meant. */
  readonly statements: readonly Statement[];
  readonly globals: Globals;
  readonly instances: readonly Instance[];
  readonly syncGroups: readonly SyncGroup[];
  readonly tracked: readonly Tracked[];
  /** The `virtual_server` blocks: the node balances in the kernel. */
  readonly virtualServers: readonly Statement[];
  readonly invalidValues: readonly InvalidValue[];
}

const trackedKinds: ReadonlyMap<string, Tracker['kind']> = new Map([
  ['vrrp_script', 'script'],
  ['vrrp_track_process', 'process'],
  ['track_file', 'file'],
  ['vrrp_track_file', 'file'],
  ['bfd_instance', 'bfd'],
]);

/** What a node's keepalived files mean. */
export function keepalivedModel(
  files: KeepalivedFiles,
  facts: { readonly version: Version },
): KeepalivedModel {
  const { syntax } = files;
  const statements = resolve(syntax.file.items, 'root');
  const home: Span = { source: syntax.file.source, start: 0, end: 0 };
  const globals = globalsOf(statements, home);
  const template = syntax.oddities.some(({ kind }) => kind === 'template-placeholder');
  // A block of which not even the kind is known may hold anything.
  const opaque = [...everyStatement(statements)].some(
    ({ keyword, directive }) => !keyword && directive.body !== undefined,
  );
  return {
    syntax,
    complete: files.complete && !template && !opaque,
    version: facts.version,
    statements,
    globals,
    instances: statements
      .filter(({ keyword }) => keyword?.name === 'vrrp_instance')
      .map((statement) => instanceOf(statement, globals)),
    syncGroups: statements
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
      })),
    tracked: statements.flatMap((statement) => {
      const kind = trackedKinds.get(statement.keyword?.name ?? '');
      return kind ? [{ kind, statement, name: firstWord(statement) }] : [];
    }),
    virtualServers: statements.filter(({ keyword }) => keyword?.name === 'virtual_server'),
    invalidValues: [...invalidValues(statements)],
  };
}

/** Adverts that carry other addresses than one's own are dropped; undefined where the version is not known. */
export function dropsOtherAddresses({ version }: KeepalivedModel): boolean | undefined {
  // vrrp_check_packet(): since 2.3.3 it only logs them.
  const tolerant = atLeast(version, '2.3.3');
  return tolerant === undefined ? undefined : !tolerant;
}

/** The sync group that an instance is a member of. */
export const syncGroupOf = ({ syncGroups }: KeepalivedModel, { name }: Instance): SyncGroup | undefined =>
  syncGroups.find(({ members }) => members.some(({ value }) => value === name.value));

/** The trackers that an instance has of its own and of its sync group. */
export function trackersFor(model: KeepalivedModel, instance: Instance): readonly Tracker[] {
  const same = (a: Tracker, b: Tracker): boolean => a.kind === b.kind && a.name.value === b.name.value;
  const shared = syncGroupOf(model, instance)?.trackers ?? [];
  return [...instance.trackers.filter((own) => !shared.some((each) => same(own, each))), ...shared];
}

/** The trackers whose failure moves the instance's address: those of fellow members too, as a sync group falls together. */
export function watchersOf(model: KeepalivedModel, instance: Instance): readonly Tracker[] {
  const group = syncGroupOf(model, instance);
  const fellows = model.instances.filter(
    (each) => each !== instance && group && syncGroupOf(model, each) === group,
  );
  return [...trackersFor(model, instance), ...fellows.flatMap(({ trackers }) => trackers)];
}

/** The object that a tracker names. */
export const trackedBy = ({ tracked }: KeepalivedModel, { kind, name }: Tracker): Tracked | undefined =>
  tracked.findLast((each) => each.kind === kind && each.name?.value === name.value);

/** What a tracker adds to the priority while it is content; undefined where its weight is not known. */
function bonus(model: KeepalivedModel, tracker: Tracker): number | undefined {
  // A tracked file adds its number times the weight, and the number is 0 as a rule.
  if (tracker.kind === 'file') return 0;
  const [word, reverse] = lastOf(trackedBy(model, tracker)?.statement.body ?? [], 'weight')?.args ?? [];
  const weight = tracker.weight?.value ?? (word ? number(word.text) : 0);
  if (weight === undefined) return undefined;
  const reversed = tracker.reverse || (!tracker.weight && reverse?.text === 'reverse');
  return weight > 0 ? (reversed ? -weight : weight) : 0;
}

/** The priority that an instance advertises while every check passes; undefined where it is not known. */
export function healthyPriority(model: KeepalivedModel, instance: Instance): number | undefined {
  const base = instance.priority.value;
  if (base === undefined || base === 255) return base;
  const group = syncGroupOf(model, instance);
  // vrrp_complete_instance() drops the weights of a sync group's members.
  const trackers = !group || group.weighted ? trackersFor(model, instance) : [];
  let total = base;
  for (const tracker of trackers) {
    const term = bonus(model, tracker);
    if (term === undefined) return undefined;
    total += term;
  }
  return Math.min(254, Math.max(1, total));
}

/** Names and commands that tell of a test of the network rather than of a service on the node itself. */
const networkWords =
  /ping|gateway|(?<![a-z])gw(?![a-z])|(?<![a-z])arp|route|uplink|internet|network|connectiv/i;
/** Commands that talk to a host, and the hosts that are not oneself. */
const talkers = /(?:^|[\s/"'])(?:curl|wget|nc|ncat|netcat|telnet|dig|host|nslookup|nmap)(?=\s)/;
const elsewhere =
  /(?:https?:\/\/|\s|@)(?!localhost|127\.|0\.0\.0\.0|\[?::1)(?:\d+\.\d+\.\d+\.\d+|\[?[0-9a-f]*:[0-9a-f:]+|[a-z][\w-]*\.[a-z]{2,})/i;

/** Whether a tracker can tell that the node has lost its network, as far as its name and command tell. */
export function testsNetwork(model: KeepalivedModel, tracker: Tracker): boolean {
  if (tracker.kind !== 'script' && tracker.kind !== 'file') return tracker.kind !== 'process';
  const object = trackedBy(model, tracker);
  const command =
    lastOf(object?.statement.body ?? [], tracker.kind === 'script' ? 'script' : 'file')?.args ?? [];
  const text = command.map((word) => word.text).join(' ');
  return networkWords.test(`${tracker.name.value} ${text}`) || (talkers.test(text) && elsewhere.test(text));
}

/** What tells somebody that an instance has changed its state. */
export interface Alarms {
  /** Scripts, SNMP, D-Bus, a fifo, or mails that are really sent. */
  readonly work: boolean;
  /** Recipients to whom no mail is sent, because smtp_alert is off for VRRP. */
  readonly unusedRecipients: readonly Located<string>[];
}

/** Who hears of an instance's changes of state. */
export function alarmsOf(model: KeepalivedModel, instance: Instance): Alarms {
  const { globals } = model;
  const group = syncGroupOf(model, instance);
  // A sync group speaks for its members.
  const asked = [instance.smtpAlert, group?.smtpAlert, globals.smtpAlert].find((each) => each?.written);
  // Off by default for VRRP, although real servers have it on; smtp_server defaults to this host.
  const mails = asked !== undefined && asked.value !== false && globals.notificationEmails.length > 0;
  const others = [globals.signals, instance.notifiers, group?.notifiers ?? []].some(
    (list) => list.length > 0,
  );
  return { work: mails || others, unusedRecipients: mails ? [] : globals.notificationEmails };
}
