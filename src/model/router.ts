/** One virtual router across the nodes, and where its nodes differ. */
import { grouped } from '../../grammar/group-by.ts';
import {
  healthyPriority,
  type Instance,
  idleTrackers,
  isRejected,
  type KeepalivedModel,
  type Tracker,
  trackedBy,
  trackersFor,
  type VirtualAddress,
  weightGround,
} from './keepalived/index.ts';
import { type Ground, groundOf, type Setting } from './located.ts';
import type { Node } from './node.ts';
import { distance } from './suggest.ts';

/** One node's part in a virtual router. */
export interface Member {
  readonly node: Node;
  readonly instance: Instance;
}

/** One virtual router across the nodes: at most one instance of each. */
export interface VirtualRouter {
  readonly members: readonly [Member, ...Member[]];
}

/** A node whose value is not that of the others. */
export interface Deviation<T> {
  readonly member: Member;
  readonly value: T;
  /** A node that has what most have. */
  readonly other: Member;
  readonly expected: T;
}

/**
 * The members whose value differs from that of most, as far as values are known. With as many on either side, the side that
 * is to be master (or else stands first) is right: a backup is made as a copy of the master.
 */
export function deviations<T>(
  members: readonly Member[],
  read: (member: Member) => T | undefined,
  key: (value: T) => unknown = (value) => value,
): readonly Deviation<T>[] {
  const known = members.flatMap((member) => {
    const value = read(member);
    return value === undefined ? [] : [{ member, value, key: key(value) }];
  });
  const camps = grouped(known, (each) => each.key);
  if (camps.length < 2) return [];
  const most = camps.reduce((most, { length }) => Math.max(most, length), 0);
  const candidates = camps.filter(({ length }) => length === most).flat();
  const highest = candidates.reduce((highest, { member }) => Math.max(highest, rank(member)), 0);
  const right = candidates.find(({ member }) => rank(member) === highest)!;
  return known
    .filter((each) => each.key !== right.key)
    .map(({ member, value }) => ({ member, value, other: right.member, expected: right.value }));
}

const rank = ({ instance }: Member): number => instance.priority.value ?? 0;

/**
 * The value of a setting, unless it was rejected and nothing else was evidently meant: what the daemon uses instead is a
 * consequence of that mistake and no second one.
 */
export const accepted = <T>({ node }: Member, setting: Setting<T>): T | undefined =>
  isRejected(node.keepalived!, setting) ? undefined : setting.value;

/** The members of a router in groups of one VRRP version: nodes of different versions do not even compare the rest. */
export const byVersion = ({ members }: VirtualRouter): readonly (readonly Member[])[] =>
  grouped(
    members.filter(({ instance }) => instance.version.value !== undefined),
    ({ instance }) => instance.version.value,
  );

/** Addresses that one node of a router has and another has not. */
export interface AddressDifference {
  readonly member: Member;
  readonly other: Member;
  /** Of `member` only. */
  readonly extra: readonly VirtualAddress[];
  /** Of `other` only. */
  readonly missing: readonly VirtualAddress[];
}

/** What such a difference rests on: an address that the lists have, or one that they have not. */
export function addressGrounds({
  member,
  other,
  extra,
  missing,
}: AddressDifference): readonly (readonly Ground[])[] {
  const lacksIn = ({ instance }: Member, { text }: VirtualAddress): Ground => ({
    ...instance.addressList,
    lacks: `address ${text}`,
  });
  const [mine, theirs] = [
    extra.map((each) => [each.at, lacksIn(other, each)]),
    missing.map((each) => [each.at, member.instance.addressList, lacksIn(member, each)]),
  ];
  return mine.length === 1 && theirs.length === 1 ? [[...mine, ...theirs].flat()] : [...mine, ...theirs];
}

/** How the addresses of a router's nodes differ, whatever their order, spelling and prefix. */
export const addressDifferences = ({ members }: VirtualRouter): readonly AddressDifference[] =>
  differencesIn(members, advertised);

/** How the addresses that are not advertised differ, but for those that another node advertises. */
export function excludedDifferences({ members }: VirtualRouter): readonly AddressDifference[] {
  const shown = new Set(members.flatMap((member) => [...(advertised(member)?.keys() ?? [])]));
  return differencesIn(members, ({ instance: { excluded } }) => {
    if (excluded.some(({ address }) => !address)) return undefined;
    return new Map(
      excluded.flatMap((each) =>
        shown.has(each.address!.text) ? [] : [[each.address!.text, each] as const],
      ),
    );
  });
}

/** An address that two nodes hold with different prefix lengths. */
export interface PrefixDifference {
  readonly member: Member;
  readonly value: VirtualAddress;
  readonly other: Member;
  readonly expected: VirtualAddress;
}

/** Addresses of a router whose prefix lengths differ. */
export function prefixDifferences({ members }: VirtualRouter): readonly PrefixDifference[] {
  const byText = new Map(
    members.map((member) => {
      const { addresses, excluded } = member.instance;
      const known = [...addresses, ...excluded].flatMap((each) =>
        each.address ? [[each.address.text, each] as const] : [],
      );
      return [member, new Map(known)];
    }),
  );
  const texts = new Set([...byText.values()].flatMap((map) => [...map.keys()]));
  return [...texts].flatMap((text) =>
    deviations(
      members,
      (member) => byText.get(member)!.get(text),
      ({ address }) => address?.prefix,
    ),
  );
}

const differencesIn = (
  members: readonly Member[],
  read: (member: Member) => ReadonlyMap<string, VirtualAddress> | undefined,
): readonly AddressDifference[] =>
  deviations(members, read, (set) => [...set.keys()].sort().join()).flatMap(
    ({ member, value, other, expected }) => {
      const extra = [...value].filter(([text]) => !expected.has(text)).map(([, address]) => address);
      const missing = [...expected].filter(([text]) => !value.has(text)).map(([, address]) => address);
      // What is not there may stand in what could not be read.
      const readable = (each: Member): boolean => each.node.keepalived?.complete ?? false;
      const unsure = extra.length === 0 ? !readable(member) : missing.length === 0 && !readable(other);
      return unsure ? [] : [{ member, other, extra, missing }];
    },
  );

/**
 * The addresses that an instance advertises, by value; undefined where one is not known, or where there is none: that one
 * is missing says itself.
 */
function advertised({
  instance: { addresses, family },
}: Member): ReadonlyMap<string, VirtualAddress> | undefined {
  const known = new Map<string, VirtualAddress>();
  for (const each of addresses) {
    if (!each.address) return undefined;
    // vrrp_vip_handler() leaves out what is not of the first one's family.
    if (each.address.family === family) known.set(each.address.text, each);
  }
  return known.size > 0 ? known : undefined;
}

/** The slip of the fingers that makes `b` of `a`, in words; undefined where they differ in more. */
export function slipBetween(a: string, b: string): string | undefined {
  const different = [...a].flatMap((character, index) => (character === b[index] ? [] : [index]));
  const [first, second, third] = different;
  if (a.length === b.length && first !== undefined && second !== undefined && third === undefined) {
    if (second === first + 1 && a[first] === b[second] && a[second] === b[first])
      return 'two digits are swapped';
  }
  const [left, right] = [a.split('.'), b.split('.')];
  if (left.length !== 4 || right.length !== 4)
    return distance(a, b, 1) === 1 ? 'one character differs' : undefined;
  const octets = left.flatMap((octet, index) => (octet === right[index] ? [] : [index]));
  return octets.length === 1
    ? `the ${['first', 'second', 'third', 'last'][octets[0]!]} number differs`
    : undefined;
}

/** The priority that a member advertises while every check passes; undefined where it is not known. */
export const normalPriority = (member: Member): number | undefined =>
  accepted(member, member.instance.priority) === undefined
    ? undefined
    : healthyPriority(member.node.keepalived!, member.instance);

/**
 * What the advertised priority of a router's members rests on: their priorities, the weights of what they track, and what
 * one of them defines and does not track.
 */
export function priorityGrounds(members: readonly Member[]): readonly Ground[] {
  const grounds = members.map(({ node, instance }) => {
    const model = node.keepalived!;
    const trackers = trackersFor(model, instance);
    return {
      model,
      places: [groundOf(instance.priority, 'priority'), ...weightGrounds(model, trackers)],
      tracked: trackers.map(({ name }) => name.value),
    };
  });
  const tracked = new Set(grounds.flatMap((each) => each.tracked));
  return grounds.flatMap(({ model, places }) => [
    ...places,
    ...idleTrackers(model.references).flatMap(({ name }) => (tracked.has(name.value) ? [name.at] : [])),
  ]);
}

/** Where a member names what it tracks besides interfaces. */
export const trackedAt = ({ node, instance }: Member): readonly Ground[] =>
  trackersFor(node.keepalived!, instance).flatMap(({ kind, name }) =>
    kind === 'interface' ? [] : [name.at],
  );

const weightGrounds = (model: KeepalivedModel, trackers: readonly Tracker[]): readonly Ground[] =>
  trackers.map((tracker) => weightGround(tracker, trackedBy(model, tracker)?.statement));

/** Nodes of one router that advertise the same priority while every check passes. */
export const priorityTies = ({
  members,
}: VirtualRouter): readonly { readonly priority: number; readonly members: readonly Member[] }[] =>
  grouped(members, normalPriority).flatMap((tied) => {
    const priority = normalPriority(tied[0]);
    return priority === undefined || tied.length < 2 ? [] : [{ priority, members: tied }];
  });

/** The members that are the address owner, with priority 255. */
export const ownersOf = ({ members }: VirtualRouter): readonly Member[] =>
  members.filter((member) => normalPriority(member) === 255);
