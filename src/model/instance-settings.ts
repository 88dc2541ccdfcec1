/** How the nodes of a virtual router differ in settings that have no rule of their own. */
import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import { lastOf } from './keepalived/index.ts';
import type { Ground } from './located.ts';
import { deviations, type Member, type VirtualRouter } from './router.ts';

/** A setting that one node of a router has otherwise. */
export interface SettingDifference {
  readonly member: Member;
  readonly other: Member;
  readonly name: string;
  /** What each says; undefined where a switch is off. */
  readonly here: string | undefined;
  readonly there: string | undefined;
  readonly at: Span;
  readonly expected: Span | undefined;
  readonly grounds: readonly Ground[];
}

/** Switches; what else `use_vmac` says is the machine's own affair, such as the name of the interface. */
const switches = ['use_vmac', 'use_ipvlan', 'no_accept', 'dont_track_primary'] as const;

/** The differences of a router, one for each setting and node. */
export const settingDifferences = ({ members }: VirtualRouter): readonly SettingDifference[] => [
  ...switches.flatMap((name) =>
    differences(members, name, ({ instance }) => (lastOf(instance.statement.body, name) ? 'on' : '')),
  ),
  // vrrp_complete_instance(): the global setting holds where the instance has none.
  ...differences(members, 'down_timer_adverts', ({ node, instance }) => {
    const own = lastOf(instance.statement.body, 'down_timer_adverts')?.args[0]?.text;
    return own ?? node.keepalived!.globals.downTimerAdverts?.value ?? '3';
  }),
];

function differences(
  members: readonly Member[],
  name: string,
  read: (member: Member) => string,
): readonly SettingDifference[] {
  const known = (member: Member): string | undefined =>
    member.node.keepalived?.complete ? read(member) : undefined;
  return deviations(members, known).map(({ member, value, other, expected }) => {
    const [line, like] = [lineOf(member, name), lineOf(other, name)];
    const places = [member, other].map(({ instance }, side): Ground => {
      const place = side === 0 ? line : like;
      return place ?? { ...instance.head, lacks: name };
    });
    return {
      member,
      other,
      name,
      here: value || undefined,
      there: expected || undefined,
      at: line ?? member.instance.head,
      expected: like,
      grounds: places,
    };
  });
}

const lineOf = ({ instance }: Member, name: string): Span | undefined => {
  const line = lastOf(instance.statement.body, name);
  return line && headSpan(line.directive);
};
