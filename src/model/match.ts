/** Which instances of which nodes are one virtual router. */
import { groupBy } from '../../grammar/group-by.ts';
import { once } from '../../grammar/remembered.ts';
import type { Instance } from './keepalived/index.ts';
import type { Address } from './net.ts';
import type { Node } from './node.ts';
import type { Member, VirtualRouter } from './router.ts';
import { distance } from './suggest.ts';

/**
 * Instances joined into routers: the most alike first, never two of one node. Two instances belong together when they share
 * an address, or have one VRID in one network. Between partners less is enough: nodes that share a router or
 * list each other as peers, and nodes that were given as one cluster (`together`) or as a pair. Strangers with VRID 51 and the
 * name VI_1 are what every tutorial makes.
 */
export function routersOf(members: readonly Member[], together = false): readonly VirtualRouter[] {
  const ordered = [...members].sort(byContent);
  const order = new Map(ordered.map((member, index) => [member, index]));
  const groups = new Map(members.map((member): [Member, Group] => [member, groupOf(member)]));
  const merge = (a: Member, b: Member): void => {
    const [x, y] = [groups.get(a)!, groups.get(b)!];
    if (x === y) return;
    const [small, large] = x.members.length <= y.members.length ? [x, y] : [y, x];
    for (const node of small.nodes) if (large.nodes.has(node)) return;
    for (const member of small.members) {
      large.members.push(member);
      large.nodes.add(member.node);
      groups.set(member, large);
    }
  };
  const isAlone = (member: Member): boolean => groups.get(member)!.members.length === 1;
  const join = (pairs: Iterable<Pair>): void => {
    const late: Pair[] = [];
    const sorted = [...pairs].sort((x, y) => y.likeness - x.likeness || x.rank - y.rank);
    for (const pair of sorted) {
      const { a, b, sharesAddress } = pair;
      // Only an address makes one router of two.
      if (sharesAddress || (isAlone(a) && isAlone(b))) merge(a, b);
      else late.push(pair);
    }
    for (const [a, b] of homesFor(late)) merge(a, b);
  };
  /** Likeness may bring a straggler home, unless it is as much like another router. */
  const homesFor = (pairs: readonly Pair[]): readonly (readonly [Member, Member])[] => {
    const best = new Map<Member, { readonly home: Member; readonly likeness: number; tie: boolean }>();
    for (const { a, b, likeness } of pairs) {
      if (isAlone(a) === isAlone(b)) continue;
      const [straggler, home] = isAlone(a) ? [a, b] : [b, a];
      const known = best.get(straggler);
      if (!known) best.set(straggler, { home, likeness, tie: false });
      else if (known.likeness === likeness && groups.get(known.home) !== groups.get(home)) known.tie = true;
    }
    return [...best].flatMap(([straggler, { home, tie }]) => (tie ? [] : [[straggler, home] as const]));
  };

  join(kinPairs(ordered));
  const byNode = groupBy(ordered, ({ node }) => node);
  const partners =
    together || byNode.size === 2
      ? pairsWithin([...byNode.keys()])
      : partnersOf(ordered, new Set(groups.values()));
  const open = (node: Node, other: Node): readonly Member[] =>
    byNode
      .get(node)!
      .filter((member) => !groups.get(member)!.nodes.has(other))
      .slice(0, mostOpen);
  join(
    partners.flatMap(([left, right]) =>
      pairsOf(open(left, right), open(right, left), order).filter(({ likeness }) => likeness >= enough),
    ),
  );
  const place = new Map(members.map((member, index) => [member, index]));
  return [...new Set(members.map((member) => groups.get(member)!))].map((group) => ({
    members: group.members.sort((a, b) => place.get(a)! - place.get(b)!) as [Member, ...Member[]],
  }));
}

/** Instances that are one router as far as it is known yet. */
interface Group {
  readonly members: Member[];
  readonly nodes: Set<Node>;
}

const groupOf = (member: Member): Group => ({ members: [member], nodes: new Set([member.node]) });

interface Pair {
  readonly a: Member;
  readonly b: Member;
  readonly likeness: number;
  /** Which of two equally alike pairs comes first. */
  readonly rank: number;
  readonly sharesAddress: boolean;
}

/** Whether two instances cannot be one router: of one node, or of different address families. */
const areApart = ({ node, instance: a }: Member, { node: other, instance: b }: Member): boolean =>
  node === other || (a.family !== undefined && b.family !== undefined && a.family !== b.family);

/** Pairs across two lists that may be one router. */
const pairsOf = (
  left: readonly Member[],
  right: readonly Member[],
  order: ReadonlyMap<Member, number>,
): readonly Pair[] =>
  left.flatMap((a) =>
    right.filter((b) => !areApart(a, b)).map((b) => pairOf(a, b, order.get(a)! * order.size + order.get(b)!)),
  );

/** Pairs that belong together even among strangers. A fleet has many instances: only those that share a key are compared. */
function kinPairs(members: readonly Member[]): readonly Pair[] {
  const buckets = new Map<string, number[]>();
  for (const [index, { instance }] of members.entries()) {
    for (const key of kinKeys(instance)) {
      const bucket = buckets.get(key);
      if (bucket) bucket.push(index);
      else buckets.set(key, [index]);
    }
  }
  const pairs: Pair[] = [];
  const met = new Set<number>();
  for (const bucket of buckets.values()) {
    for (const [at, left] of bucket.entries()) {
      const a = members[left]!;
      for (const right of bucket.slice(at + 1, at + 1 + crowd)) {
        const b = members[right]!;
        const rank = left * members.length + right;
        if (met.has(rank) || areApart(a, b)) continue;
        met.add(rank);
        pairs.push(pairOf(a, b, rank));
      }
    }
  }
  return pairs;
}

/** No more instances than this of a node are compared with each of another's that share no key with it: VRIDs end at 255. */
const mostOpen = 512;

/** No more nodes than this share a router; beyond it a list is compared in stretches, so that its cost stays linear. */
const crowd = 32;

/** The pairs of a list; in a crowd each with those that follow it. */
const pairsWithin = <T>(items: readonly T[]): readonly (readonly [T, T])[] =>
  items.flatMap((a, index) => items.slice(index + 1, index + 1 + crowd).map((b): readonly [T, T] => [a, b]));

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

/** Nodes that evidently work together: they share a router, or list each other as peers. */
function partnersOf(members: readonly Member[], groups: Iterable<Group>): readonly (readonly [Node, Node])[] {
  const bonds = [...groups].flatMap(({ nodes }) => pairsWithin([...nodes]));
  const homes = new Map(members.map(({ node, instance }) => [instance.unicastSource?.value.text, node]));
  for (const { node, instance } of members) {
    for (const { value } of instance.unicastPeers) {
      const peer = value && homes.get(value.text);
      if (peer && peer !== node) bonds.push([node, peer]);
    }
  }
  const known = new Map<Node, Set<Node>>();
  return bonds.filter(([a, b]) => {
    if (known.get(a)?.has(b) || known.get(b)?.has(a)) return false;
    const others = known.get(a);
    if (others) others.add(b);
    else known.set(a, new Set([b]));
    return true;
  });
}

/**
 * Partners' instances are taken for parts of one router from this likeness on: an equal VRID alone, or else the name, the
 * network and the roles together.
 */
const enough = 2;

/** An order of instances that does not depend on the order of the files, with those beside each other that are alike. */
const byContent = (a: Member, b: Member): number => {
  const [left, right] = [contentOf(a), contentOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const contentOf = once(({ node, instance }: Member): string =>
  [[...addressTexts(instance)].sort(), instance.virtualRouterId.value, node.name, instance.name.value].join(
    '\0',
  ),
);

const sameVrid = ({ virtualRouterId: a }: Instance, { virtualRouterId: b }: Instance): boolean =>
  a.value !== undefined && a.value === b.value;

function pairOf(a: Member, b: Member, rank: number): Pair {
  const shared = sharedAddresses(a.instance, b.instance);
  return { a, b, likeness: likeness(a.instance, b.instance, shared), rank, sharesAddress: shared > 0 };
}

/**
 * How much two instances look like one router, 0 and up. No field decides alone: each of VRID, addresses and name may be
 * the one that is mistyped, and any two of them outweigh the third.
 */
const likeness = (a: Instance, b: Instance, shared: number): number =>
  2.75 * shared +
  (sameVrid(a, b) ? 2 : 0) +
  (a.name.value && a.name.value === b.name.value ? 1 : 0) +
  (shared > 0 || near(a, b) ? 0.5 : 0) +
  (a.state.value !== b.state.value ? 0.5 : 0) +
  (a.interface.value && a.interface.value === b.interface.value ? 0.25 : 0);

/** The addresses of an instance by value, worked out once: in a fleet each is compared with many. */
const addressTexts = once(
  ({ addresses }: Instance): ReadonlySet<string> =>
    new Set(addresses.flatMap(({ address }) => address?.text ?? [])),
);

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
