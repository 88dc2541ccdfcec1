/** The part of an election that one virtual router is decided in: of many routers, few act on each other. */
import { groupBy, grouped } from '../../grammar/group-by.ts';
import { once } from '../../grammar/remembered.ts';
import type { Cluster } from '../model/cluster.ts';
import type { VirtualRouter } from '../model/router.ts';
import { type Candidate, type Participant, participantsOf } from './candidates.ts';
import { linkKey, type Segments, segmentsOf } from './hearing.ts';
import { setsOf } from './sets.ts';
import { type Network, networkOf } from './state.ts';

/** Other weights for checks by name, to see what they would do. */
export type Weights = ReadonlyMap<string, number>;

/** A cluster's election, and the candidates of each router's district. */
interface Whole {
  readonly participants: readonly Participant[];
  readonly segments: Segments;
  readonly groupOf: ReadonlyMap<Candidate, readonly Candidate[]>;
  readonly districts: ReadonlyMap<VirtualRouter, District>;
  readonly networks: Map<District | undefined, Network>;
}

/** By node: its candidates there. */
type District = ReadonlyMap<string, readonly Candidate[]>;

const wholeOf = once((cluster: Cluster): Whole => {
  const participants = participantsOf(cluster);
  const segments = segmentsOf(participants);
  return {
    participants,
    segments,
    groupOf: new Map(
      participants.flatMap(({ groups }) =>
        groups.flatMap((group) => group.map((each) => [each, group] as const)),
      ),
    ),
    districts: districtsOf(participants, segments, cluster),
    networks: new Map(),
  };
});

/** The candidates of each router's district, which is one set for all routers in it. */
function districtsOf(
  participants: readonly Participant[],
  segments: Segments,
  { routers }: Cluster,
): ReadonlyMap<VirtualRouter, District> {
  const all = participants.flatMap(({ groups }) =>
    groups.flatMap((group) =>
      group.map((candidate) => ({
        candidate,
        bonds: [...bondsOf(candidate, segments), `group ${group[0]!.index}`],
      })),
    ),
  );
  const setOf = setsOf(all.map(({ bonds }) => bonds));
  const districts = grouped(all, ({ bonds: [first] }) => setOf(first!));
  return new Map(
    districts.flatMap((district) => {
      const candidates = district.map(({ candidate }) => candidate);
      const byNode = groupBy(
        candidates.toSorted((a, b) => a.index - b.index),
        ({ node }) => node,
      );
      return candidates.map(({ router }) => [routers[router]!, byNode] as const);
    }),
  );
}

/** What another candidate has, too, that acts on this one or that it acts on; its router first. */
function bondsOf(candidate: Candidate, segments: Segments): readonly string[] {
  const { node, instance, router, family, virtualRouterId, peers, checks } = candidate;
  return [
    `router ${router}`,
    // receptionOf(): all others never hear each other.
    `${family} ${virtualRouterId} ${peers ? 'by unicast' : `in ${segments(linkKey(candidate))}`}`,
    ...[...instance.addresses, ...instance.excluded].flatMap(({ address }) =>
      address ? [`address ${address.text}`] : [],
    ),
    // A daemon has one result of a check that looks for an address.
    ...checks.flatMap(({ name, wantsAddress }) =>
      wantsAddress === undefined ? [] : [`check ${name} of ${node}`],
    ),
  ];
}

/** The election as far as it has to do with a router; with other weights for checks, as it would be. */
export function networkAround(cluster: Cluster, router: VirtualRouter, weights?: Weights): Network {
  const whole = wholeOf(cluster);
  const { segments, districts, networks } = whole;
  const district = districts.get(router);
  const made = weights ? undefined : networks.get(district);
  if (made) return made;
  const network = networkOf(partOf(whole, district, weights), segments);
  if (!weights) networks.set(district, network);
  return network;
}

function partOf(
  { participants, groupOf }: Whole,
  district: District | undefined,
  weights: Weights | undefined,
): readonly Participant[] {
  let index = 0;
  return participants.map((participant) => {
    const copies = (district?.get(participant.name) ?? []).map((each) => ({
      group: groupOf.get(each),
      copy: { ...each, index: index++, checks: weighed(each, weights) },
    }));
    return {
      ...participant,
      candidates: copies.map(({ copy }) => copy),
      groups: grouped(copies, ({ group }) => group).map((members) => members.map(({ copy }) => copy)),
    };
  });
}

const weighed = ({ checks }: Candidate, weights: Weights | undefined): Candidate['checks'] =>
  weights ? checks.map((each) => ({ ...each, weight: weights.get(each.name) ?? each.weight })) : checks;
