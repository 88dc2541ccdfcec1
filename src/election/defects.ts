/**
 * What a configuration does to its own failover, for rules: first found by arithmetic, which costs nothing on a healthy
 * pair, and then confirmed by playing it.
 */
import { tracksKnown } from '../model/checks.ts';
import type { Cluster } from '../model/cluster.ts';
import { lastOf } from '../model/keepalived/index.ts';
import type { Member, VirtualRouter } from '../model/router.ts';
import { type Candidate, type Check, countsAsMeant } from './candidates.ts';
import { networkAround } from './district.ts';
import type { Reception } from './hearing.ts';
import { resultsOf } from './predict.ts';
import { effectivePriority, isFault, owner, term } from './priority.ts';
import type { Action, Result } from './types.ts';

/** A member of a router with what its daemon makes of it. */
export interface Part {
  readonly member: Member;
  readonly candidate: Candidate;
}

/** A failed check that leaves the address where it is. */
export interface BlockedFailover {
  readonly router: VirtualRouter;
  readonly holder: Part;
  readonly check: Check;
  /** What the check takes away from the priority of the holder, and what is left. */
  readonly loss: number;
  readonly left: number;
  /** The best of the others, and what it advertises. */
  readonly rival: Part;
  readonly against: number;
  /** Another check that fails as well would move it: perhaps that is the plan. */
  readonly moreWouldMove: boolean;
  /** A weight with which the same failure moves the address and the check's return brings it back, as played. */
  readonly remedy: number | undefined;
}

/** The members of a router whose daemons run them as they were meant; undefined where one is not known or not as meant. */
function partsOf(cluster: Cluster, router: VirtualRouter): readonly Part[] | undefined {
  const { members } = router;
  const { candidates, participants } = networkAround(cluster, router);
  const parts = members.flatMap((member): readonly Part[] => {
    const candidate = candidates.find((each) => isPart(each, member));
    const known = participants.find(({ name }) => name === member.node.name)?.unknown === undefined;
    const asMeant = candidate && known && candidate.priority === member.instance.priority.value;
    return asMeant ? [{ member, candidate }] : [];
  });
  return parts.length === members.length && parts.length > 1 ? parts : undefined;
}

const isPart = (candidate: Candidate, { node, instance }: Member): boolean =>
  candidate.node === node.name && candidate.instance.head.start === instance.head.start;

const healthy = (candidate: Candidate): number => effectivePriority(candidate, () => true);

/** Checks whose failure on the master leaves the address with it, because its priority stays the highest. */
export function* blockedFailovers(cluster: Cluster): Generator<BlockedFailover> {
  for (const router of cluster.routers) {
    if (!hasWeights(router) || !router.members.every(tracksKnown)) continue;
    const parts = partsOf(cluster, router);
    if (!parts) continue;
    const [holder, rival] = [...parts].sort((a, b) => healthy(b.candidate) - healthy(a.candidate)) as [
      Part,
      Part,
    ];
    if (![holder, rival].every(({ candidate, member }) => countsAsMeant(candidate, member))) continue;
    const against = healthy(rival.candidate);
    const { reception } = networkAround(cluster, router);
    if (healthy(holder.candidate) === against) continue;
    // An owner ignores every weight, which its node alone shows.
    if (holder.candidate.priority === owner) continue;
    if (reception(holder.candidate, rival.candidate).kind !== 'heard') continue;
    for (const check of holder.candidate.checks) {
      if (check.weight === 0) continue;
      const left = effectivePriority(holder.candidate, (each) => each !== check);
      if (left < against) continue;
      const { node } = holder.candidate;
      const fault: Action =
        check.kind === 'interface'
          ? { verb: 'link-down', node, interface: check.name }
          : { verb: 'fail', node, check: check.name };
      const [, failed] = resultsOf(cluster, router, [[fault]]);
      if (failed?.verdict !== 'stays-on-broken-node' || failed.inherent) continue;
      yield {
        router,
        holder,
        check,
        loss: term(check, true) - term(check, false),
        left,
        rival,
        against,
        moreWouldMove: effectivePriority(holder.candidate, () => false) < against,
        remedy: remedyFor(cluster, router, { holder, rival, check, fault }),
      };
    }
  }
}

/** A look at the words alone: most routers track nothing with a weight. */
const hasWeights = ({ members }: VirtualRouter): boolean =>
  members.length > 1 &&
  members.some(({ node, instance }) => {
    const { syncGroups, tracked } = node.keepalived!;
    const trackers = [...instance.trackers, ...syncGroups.flatMap((group) => group.trackers)];
    return trackers.length > 0 && (tracked.length > 0 || trackers.some(({ weight }) => weight));
  });

interface Case {
  readonly holder: Part;
  readonly rival: Part;
  readonly check: Check;
  readonly fault: Action;
}

/** The smallest weight of the same sign that lets the failure move the address, tried by playing it. */
function remedyFor(
  cluster: Cluster,
  router: VirtualRouter,
  { holder, rival, check, fault }: Case,
): number | undefined {
  const without = (candidate: Candidate): number =>
    candidate.checks.reduce(
      (sum, each) => (each.name === check.name ? sum : sum + term(each, true)),
      candidate.priority,
    );
  const gap = without(holder.candidate) - without(rival.candidate) + 1;
  const weight = check.weight > 0 === check.reverse ? -gap : gap;
  const signed = check.weight < 0 ? -Math.abs(weight) : Math.abs(weight);
  const end: Action =
    fault.verb === 'fail'
      ? { ...fault, verb: 'pass' }
      : { verb: 'link-up', node: holder.candidate.node, interface: check.name };
  for (const value of [signed, 0]) {
    if (Math.abs(value) > 253) continue;
    const results = resultsOf(cluster, router, [[fault], [end]], new Map([[check.name, value]]));
    if (results.every(({ verdict }) => verdict === 'ok')) return value;
  }
  return undefined;
}

/** Two nodes that never hear each other for a reason that no single setting shows. */
export interface Deafness {
  readonly from: Part;
  readonly to: Part;
  readonly reception: Reception;
  readonly result: Result;
}

/** Nodes of one router that both carry the address from the start, because of where they are in the network. */
export function* deafPairs(cluster: Cluster): Generator<Deafness> {
  for (const router of cluster.routers) {
    if (router.members.length < 2) continue;
    const knowsNetwork = router.members.some((each) => each.node.addresses || hasOwnSource(each));
    if (!knowsNetwork && !router.members.every(hasVirtualMac) && !router.members.some(lacksSource)) continue;
    const parts = partsOf(cluster, router);
    const [from, ...others] = parts ?? [];
    if (!from) continue;
    for (const to of others) {
      const reception = networkAround(cluster, router).reception(from.candidate, to.candidate);
      if (reception.kind !== 'unheard' || reception.topic === 'setting') continue;
      if (reception.topic === 'network' && !knowsNetwork) continue;
      const [result] = resultsOf(cluster, router, []);
      if (result?.verdict === 'split-brain') yield { from, to, reception, result };
    }
  }
}

const lacksSource = ({ instance: { family, unicastPeers, unicastSource } }: Member): boolean =>
  family === 'inet6' && unicastPeers.length > 0 && !unicastSource;

const hasVirtualMac = ({ instance: { statement } }: Member): boolean =>
  lastOf(statement.body, 'use_vmac') !== undefined;

const hasOwnSource = ({ instance: { statement } }: Member): boolean =>
  lastOf(statement.body, 'mcast_src_ip') !== undefined;

/** A check or a host that keeps every node from holding the address. */
export interface LostAddress {
  readonly part: Part;
  readonly kind: 'wants-address' | 'fails-with-address' | 'bad-when-good' | 'broken';
  readonly check: Check | undefined;
  readonly result: Result;
}

/** What leaves an address without a holder although nothing is wrong, or after one node is gone. */
export function* lostAddresses(cluster: Cluster): Generator<LostAddress> {
  for (const router of cluster.routers) {
    if (router.members.length < 2 || !mayLose(router)) continue;
    const parts = partsOf(cluster, router) ?? [];
    const crippled = parts.flatMap((part): readonly Omit<LostAddress, 'result'>[] => {
      const { candidate } = part;
      if (candidate.broken !== undefined) return [{ part, kind: 'broken', check: undefined }];
      const check = candidate.checks.find(
        (each) => isFault(each, true) || (each.weight === 0 && each.wantsAddress !== undefined),
      );
      if (!check) return [];
      const kind =
        check.wantsAddress === undefined
          ? 'bad-when-good'
          : check.wantsAddress
            ? 'wants-address'
            : 'fails-with-address';
      return [{ part, kind, check }];
    });
    const [first] = crippled;
    if (!first || (first.kind === 'broken' && isClaimedTwice(router, first.part.member))) continue;
    const fit = parts.filter((part) => !crippled.some((each) => each.part === part));
    const faults: Action[][] = fit.map(({ candidate: { node } }) => [{ verb: 'stop', node }]);
    const result = resultsOf(cluster, router, faults).at(-1);
    const gone =
      result?.verdict === 'nobody' ||
      (result?.verdict === 'undetermined' && result.possible?.some((nodes) => nodes.length === 0));
    // More than one fault is more than a pair has to bear.
    if (result && gone && fit.length < 2) yield { ...first, result };
  }
}

/** Another node sends from the same address: that is what is wrong, and is said. */
const isClaimedTwice = ({ members }: VirtualRouter, { instance: { unicastSource } }: Member): boolean =>
  unicastSource !== undefined &&
  members.filter(({ instance }) => instance.unicastSource?.value.text === unicastSource.value.text).length >
    1;

/** Whether the words allow for it at all. */
const mayLose = ({ members }: VirtualRouter): boolean =>
  members.some(
    ({ node, instance }) =>
      node.addresses !== undefined || instance.trackers.length > 0 || node.keepalived!.syncGroups.length > 0,
  );
