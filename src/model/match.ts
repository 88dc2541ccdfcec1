/** Which instances of which nodes are one virtual router. */
import type { Instance } from './keepalived/index.ts';
import type { Address } from './net.ts';
import type { Node } from './node.ts';
import type { Member, VirtualRouter } from './router.ts';
import { distance } from './suggest.ts';

/**
 * Instances joined into routers: the most alike first, never two of one node. Two instances belong together when they share
 * an address, or have one VRID in one network. Between partners less is enough: nodes that share a router or
 * list each other as peers, and two nodes that were given alone. Strangers with VRID 51 and the name VI_1 are what every
 * tutorial makes.
 */
export function routersOf(members: readonly Member[]): readonly VirtualRouter[] {
  const ordered = [...members].sort(byNames);
  const groups = new Map<Member, readonly Member[]>(members.map((member) => [member, [member]]));
  const join = (pairs: Iterable<Pair>): void => {
    for (const { a, b } of [...pairs].sort(byLikeness)) {
      const [left, right] = [groups.get(a)!, groups.get(b)!];
      if (left === right || left.some((x) => right.some((y) => x.node === y.node))) continue;
      // Likeness may bring a straggler home, but only an address makes one router of two.
      if (left.length > 1 && right.length > 1 && !sharedAddresses(a.instance, b.instance)) continue;
      const merged = members.filter((member) => left.includes(member) || right.includes(member));
      for (const member of merged) groups.set(member, merged);
    }
  };
  join(kinPairs(ordered));
  const partners = partnersOf(ordered, groups.values());
  join(
    partners.flatMap(([left, right]) =>
      pairsOf(
        ordered.filter(({ node }) => node === left),
        ordered.filter(({ node }) => node === right),
      ).filter(({ likeness }) => likeness >= enough),
    ),
  );
  return [...new Set(groups.values())].map((joined) => ({ members: joined as [Member, ...Member[]] }));
}

interface Pair {
  readonly a: Member;
  readonly b: Member;
  readonly likeness: number;
}

/** The most alike first, and no matter in which order the files came. */
const byLikeness = (x: Pair, y: Pair): number =>
  y.likeness - x.likeness || byNames(x.a, y.a) || byNames(x.b, y.b);

/** Pairs across two lists, but for those that cannot be one router: of one node, or of different address families. */
const pairsOf = (left: readonly Member[], right: readonly Member[]): readonly Pair[] =>
  left.flatMap((a) =>
    right.flatMap((b) => {
      const [x, y] = [a.instance, b.instance];
      const apart = a.node === b.node || (x.family && y.family && x.family !== y.family);
      return apart ? [] : [{ a, b, likeness: likeness(x, y) }];
    }),
  );

/** Pairs that belong together even among strangers. A fleet has many instances: only those that share a key are compared. */
function* kinPairs(members: readonly Member[]): Generator<Pair> {
  const buckets = new Map<string, Member[]>();
  for (const member of members) {
    for (const key of kinKeys(member.instance)) {
      const bucket = buckets.get(key) ?? [];
      buckets.set(key, bucket);
      yield* pairsOf(bucket, [member]);
      bucket.push(member);
    }
  }
}

/** What makes kin: an address, or the VRID in a network. */
const kinKeys = ({ virtualRouterId, addresses }: Instance): ReadonlySet<string> =>
  new Set(
    addresses.flatMap(({ address }) => {
      if (!address) return [];
      const vrid = virtualRouterId.value;
      return vrid === undefined ? [address.text] : [address.text, `${vrid} in ${networkOf(address)}`];
    }),
  );

/** The network that an address probably belongs to, the prefix often being left out: /24, or /64. */
const networkOf = ({ family, text }: Address): string =>
  family === 'inet'
    ? text.slice(0, text.lastIndexOf('.'))
    : (text.split('::')[0] ?? '').split(':').slice(0, 4).join(':');

/** Nodes that evidently work together: they share a router, list each other as peers, or were given alone. */
function partnersOf(
  members: readonly Member[],
  groups: Iterable<readonly Member[]>,
): readonly (readonly [Node, Node])[] {
  const nodes = [...new Set(members.map(({ node }) => node))];
  if (nodes.length === 2) return [[nodes[0]!, nodes[1]!]];
  const bonds = [...new Set(groups)].map((group) => group.map(({ node }) => node));
  const homes = new Map(members.map(({ node, instance }) => [instance.unicastSource?.value.text, node]));
  for (const { node, instance } of members) {
    for (const { value } of instance.unicastPeers) {
      const peer = value && homes.get(value.text);
      if (peer && peer !== node) bonds.push([node, peer]);
    }
  }
  const found = new Map<string, readonly [Node, Node]>();
  for (const bond of bonds) {
    for (const [index, a] of bond.entries()) {
      for (const b of bond.slice(index + 1)) {
        const pair: readonly [Node, Node] = nodes.indexOf(a) < nodes.indexOf(b) ? [a, b] : [b, a];
        found.set(pair.map(({ name }) => name).join('\0'), pair);
      }
    }
  }
  return [...found.values()];
}

/**
 * Partners' instances are taken for parts of one router from this likeness on: an equal VRID alone, or else the name, the
 * network and the roles together.
 */
const enough = 2;

/** An order of instances that does not depend on the order of the files. */
const byNames = (a: Member, b: Member): number => {
  const [left, right] = [a, b].map(({ node, instance }) => `${node.name}\0${instance.name.value}`) as [
    string,
    string,
  ];
  return left < right ? -1 : left > right ? 1 : 0;
};

const sameVrid = ({ virtualRouterId: a }: Instance, { virtualRouterId: b }: Instance): boolean =>
  a.value !== undefined && a.value === b.value;

/**
 * How much two instances look like one router, 0 and up. No field decides alone: each of VRID, addresses and name may be
 * the one that is mistyped.
 */
const likeness = (a: Instance, b: Instance): number =>
  3 * sharedAddresses(a, b) +
  (sameVrid(a, b) ? 2 : 0) +
  (a.name.value && a.name.value === b.name.value ? 1 : 0) +
  (near(a, b) ? 0.5 : 0) +
  (a.state.value !== b.state.value ? 0.5 : 0) +
  (a.interface.value && a.interface.value === b.interface.value ? 0.25 : 0);

const texts = new WeakMap<Instance, ReadonlySet<string>>();

/** The addresses of an instance by value, worked out once: in a fleet each is compared with many. */
function addressTexts(instance: Instance): ReadonlySet<string> {
  const known =
    texts.get(instance) ?? new Set(instance.addresses.flatMap(({ address }) => address?.text ?? []));
  texts.set(instance, known);
  return known;
}

/** Share of the addresses that both have, of all that either has. */
function sharedAddresses(a: Instance, b: Instance): number {
  const [left, right] = [addressTexts(a), addressTexts(b)];
  let shared = 0;
  for (const text of left) if (right.has(text)) shared++;
  const all = left.size + right.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** Some address of one lies in the other's network, or is one slip away from it. */
const near = (a: Instance, b: Instance): boolean =>
  a.addresses.some(({ address: x }) =>
    b.addresses.some(
      ({ address: y }) => x && y && (networkOf(x) === networkOf(y) || distance(x.text, y.text, 2) <= 2),
    ),
  );
