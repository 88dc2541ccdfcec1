/** Which nodes put a virtual router, or an address of it, on another interface than the rest of their files would have it. */
import { grouped } from '../../grammar/group-by.ts';
import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import { type Cluster, sharedRouters } from './cluster.ts';
import { type Instance, lastOf } from './keepalived/index.ts';
import type { Ground } from './located.ts';
import type { Member } from './router.ts';

/** An interface that one node has otherwise. */
export interface InterfaceDifference {
  readonly member: Member;
  readonly other: Member;
  /** The address that is there; undefined where it is the instance itself. */
  readonly address: string | undefined;
  readonly here: string;
  readonly there: string;
  /** They are VLANs of two numbers, which are the network's and not the machine's. */
  readonly isVlan: boolean;
  readonly at: Span;
  readonly expected: Span;
  readonly grounds: readonly Ground[];
}

/**
 * The differences of a cluster. Machines name their interfaces as they like: what is `ens3` here may be `eth0` there, or `eth1`
 * there what is `eth0` here. So only what contradicts the rest counts, where one name stands for two, and another VLAN.
 */
export function interfaceDifferences(cluster: Cluster): readonly InterfaceDifference[] {
  const uses = sharedRouters(cluster).flatMap(({ members }) => {
    const [first, ...others] = [...members].sort((a, b) => rank(b) - rank(a));
    return others.flatMap((member) => usesOf(member, first!));
  });
  return grouped(uses, ({ member }) => member.node).flatMap((own) =>
    grouped(own, ({ other }) => other.node).flatMap(contradictions),
  );
}

const rank = ({ instance }: Member): number => instance.priority.value ?? 0;

/** What both have on an interface: the instance, and each address that one of them puts on one. */
function usesOf(member: Member, other: Member): readonly InterfaceDifference[] {
  const [mine, theirs] = [member.instance, other.instance];
  const [here, there] = [mine.interface.value, theirs.interface.value];
  if (here === undefined || there === undefined) return [];
  const [at, expected] = [mine.interface.at, theirs.interface.at];
  const grounds = [...linesOf(mine), ...linesOf(theirs)];
  const isVlan = areTwoVlans(here, there);
  const uses = [{ member, other, address: undefined, here, there, isVlan, at, expected, grounds }];
  const known = addressesOf(theirs);
  const addresses = [...addressesOf(mine)].flatMap(
    ([address, { dev, at: place, line }]): InterfaceDifference[] => {
      const like = known.get(address);
      if (!like || (!dev && !like.dev)) return [];
      const [devs, places] = [
        [dev?.value ?? here, like.dev?.value ?? there],
        [dev?.at ?? place, like.dev?.at ?? like.at],
      ] as const;
      return [
        {
          member,
          other,
          address,
          here: devs[0],
          there: devs[1],
          isVlan: areTwoVlans(...devs),
          at: places[0],
          expected: places[1],
          grounds: [line, like.line],
        },
      ];
    },
  );
  return [...uses, ...addresses];
}

function areTwoVlans(here: string, there: string): boolean {
  const [mine, theirs] = [here, there].map((name) => /\.(\d+)$/.exec(name)?.[1]);
  return mine !== undefined && theirs !== undefined && mine !== theirs;
}

/** A word too many on the line is a finding of its own. */
function linesOf({ statement }: Instance): readonly Ground[] {
  const line = lastOf(statement.body, 'interface');
  return line ? [headSpan(line.directive)] : [];
}

const addressesOf = ({ addresses, excluded }: Instance) =>
  new Map(
    [...addresses, ...excluded].flatMap((each) => (each.address ? [[each.address.text, each] as const] : [])),
  );

/** Of the uses of two nodes those that say of a name what others say otherwise: that it is the same, or more of them. */
function contradictions(uses: readonly InterfaceDifference[]): readonly InterfaceDifference[] {
  const counts = new Map<string, number>();
  const pairOf = ({ here, there }: InterfaceDifference): string => `${here} ${there}`;
  for (const use of uses) counts.set(pairOf(use), (counts.get(pairOf(use)) ?? 0) + 1);
  const [mine, theirs] = [new Map<string, number>(), new Map<string, number>()];
  for (const use of uses) {
    const weight = use.here === use.there ? Number.POSITIVE_INFINITY : counts.get(pairOf(use))!;
    mine.set(use.here, Math.max(mine.get(use.here) ?? 0, weight));
    theirs.set(use.there, Math.max(theirs.get(use.there) ?? 0, weight));
  }
  return uses.filter((use) => {
    const most = Math.max(mine.get(use.here)!, theirs.get(use.there)!);
    return use.here !== use.there && (use.isVlan || most > counts.get(pairOf(use))!);
  });
}
