/** Plays faults under every clock, and makes plain results of what comes out. */
import { position, type Span } from '../../grammar/text.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Member, VirtualRouter } from '../model/router.ts';
import { type Candidate, type Participant, participantsOf } from './candidates.ts';
import { clocks } from './clock.ts';
import { networkAround, type Weights } from './district.ts';
import { type Fault, showStep, singleFaults } from './faults.ts';
import { advanceToFault, play, type Swings } from './simulate.ts';
import { copyOf, holdersOf, initialState, type Network, networkOf, type State } from './state.ts';
import type { Hearing, Options, Predict, Result, RouterPrediction, Step, Window } from './types.ts';
import { isCandidateOf, judge } from './verdict.ts';

/** Most sequences of steps that are played; beyond them the prediction says how many there are. */
const maxSequences = 1_000;

/** One moment under one clock. */
interface Moment {
  readonly state: State;
  readonly swings: Swings | undefined;
}

/** One moment under each clock. */
interface Scene {
  readonly steps: readonly Step[];
  readonly moments: readonly Moment[];
}

/** Who holds each address of `cluster` after each fault, or after each of the steps that are given. */
export const predict: Predict = (cluster, options = {}) => {
  const participants = participantsOf(cluster);
  const healthy = healthyScene(networkOf(participants), options.start);
  const { sequences, of } = options.steps
    ? { sequences: [options.steps], of: 1 }
    : faultSequences(cluster, options.faults ?? 1);
  const scenes = [healthy];
  for (const sequence of sequences) {
    let scene = healthy;
    for (const step of sequence) {
      scene = after(scene, step);
      scenes.push(scene);
    }
  }
  const unknown = unknownIn(participants);
  return {
    routers: cluster.routers.map((router) => routerPrediction(router, scenes, unknown)),
    played: sequences.length,
    of,
  };
};

/** What one sequence of steps does to one router, the healthy start first; `weights` as they might be. */
export function resultsOf(
  cluster: Cluster,
  router: VirtualRouter,
  steps: readonly Step[],
  weights?: Weights,
): readonly Result[] {
  const network = networkAround(cluster, router, weights);
  const scenes = [healthyScene(network)];
  for (const step of steps) scenes.push(after(scenes.at(-1)!, step));
  return routerPrediction(router, scenes, unknownIn(network.participants)).results;
}

const healthyScene = (network: Network, start?: Options['start']): Scene => ({
  steps: [],
  moments: clocks.map((clock) =>
    started(initialState(network, clock), start ?? [network.participants.map(({ name }) => name)]),
  ),
});

const unknownIn = (participants: readonly Participant[]): ReadonlyMap<string, string> =>
  new Map(participants.flatMap(({ name, unknown }) => (unknown === undefined ? [] : [[name, unknown]])));

function started(state: State, groups: readonly (readonly string[])[]): Moment {
  let swings: Swings | undefined;
  for (const group of groups)
    swings = play(
      state,
      group.map((node) => ({ verb: 'start', node })),
    );
  return { state, swings };
}

/** The next moment under each clock. The one before stays as it was. */
const after = ({ steps, moments }: Scene, step: Step): Scene => ({
  steps: [...steps, step],
  moments: moments.map(({ state }) => {
    const copy = copyOf(state);
    advanceToFault(copy, step);
    return { swings: play(copy, step), state: copy };
  }),
});

/** Every single fault with what ends it, and as many at once as are asked for, within the bound. */
function faultSequences(
  cluster: Cluster,
  most: number,
): { readonly sequences: readonly (readonly Step[])[]; readonly of: number } {
  const faults = singleFaults(cluster);
  const sequences: (readonly Step[])[] = faults.map(({ step, end }) => [step, end]);
  let of = sequences.length;
  let before: readonly (readonly Fault[])[] = faults.map((fault) => [fault]);
  for (let count = 2; count <= most; count++) {
    const longer: (readonly Fault[])[] = [];
    for (const combination of before) {
      for (const fault of faults.slice(faults.indexOf(combination.at(-1)!) + 1)) {
        if (combination.some((each) => isVoid(each, fault))) continue;
        of++;
        if (sequences.length >= maxSequences) continue;
        longer.push([...combination, fault]);
        sequences.push([...combination, fault].map(({ step }) => step));
      }
    }
    before = longer;
  }
  return { sequences, of };
}

/** A node that is off can have no second fault. */
function isVoid({ step: [first] }: Fault, { step: [second] }: Fault): boolean {
  if (!first || !second || (first.verb !== 'crash' && first.verb !== 'stop')) return false;
  return 'from' in second
    ? second.from === first.node || second.to === first.node
    : second.node === first.node;
}

function routerPrediction(
  router: VirtualRouter,
  scenes: readonly Scene[],
  unknown: ReadonlyMap<string, string>,
): RouterPrediction {
  const { network } = scenes[0]!.moments[0]!.state;
  const carried = network.candidates.filter((each) =>
    router.members.some((member) => isCandidateOf(each, member)),
  );
  const addresses = [
    ...new Set([
      ...router.members.flatMap(({ instance }) =>
        [...instance.addresses, ...instance.excluded].flatMap(({ address }) => address?.text ?? []),
      ),
      // One that was not meant so is held all the same.
      ...carried.flatMap((each) => each.addresses),
    ]),
  ];
  const nodes = router.members.map(({ node }) => node.name);
  const open = nodes.flatMap((name) => unknown.get(name) ?? [])[0];
  return {
    addresses,
    nodes,
    results: scenes.map((scene) => resultOf(router, addresses, scene, open)),
    hearing: hearingIn(router, network),
  };
}

/** Who accepts the adverts of whom; a node whose daemon does not run, or has lost the instance, neither speaks nor hears. */
function hearingIn({ members }: VirtualRouter, network: Network): readonly Hearing[] {
  const candidateOf = (member: Member): Candidate | undefined =>
    network.candidates.find((each) => isCandidateOf(each, member));
  return members.flatMap((a) =>
    members.flatMap((b): readonly Hearing[] => {
      if (a === b) return [];
      const [from, to] = [candidateOf(a), candidateOf(b)];
      const pair = { from: a.node.name, to: b.node.name };
      const absent = !from ? a : !to ? b : undefined;
      if (absent || !from || !to) {
        return [{ ...pair, heard: false, why: `${absent?.node.name} runs no such instance` }];
      }
      const { kind, why } = network.reception(from, to);
      return [{ ...pair, heard: kind === 'heard', why }];
    }),
  );
}

function resultOf(
  router: VirtualRouter,
  addresses: readonly string[],
  { steps, moments }: Scene,
  unknown: string | undefined,
): Result {
  const outcomes = new Map(addresses.map((address) => [address, outcomesOf(address, moments)]));
  const holders = Object.fromEntries([...outcomes].map(([address, lasted]) => [address, likeliest(lasted)]));
  const result = { steps: steps.map(showStep), holders, unserved: windowOf(addresses, moments) };
  if (unknown !== undefined) return { ...result, verdict: 'undetermined', why: unknown };
  const open = [...outcomes].filter(([, lasted]) => lasted.size > 1);
  if (open.length > 0) {
    const possible = new Map(
      open.flatMap(([, lasted]) => [...lasted.keys()].map((key) => [key, namesIn(key)])),
    );
    const flaps = moments.some(
      ({ swings }) => swings && open.some(([address]) => (swings.get(address)?.size ?? 0) > 1),
    );
    return {
      ...result,
      verdict: 'undetermined',
      why: raceWhy(possible.values(), flaps),
      possible: [...possible.values()],
    };
  }
  const { verdict, why, inherent, at } = judge(moments[0]!.state, router, addresses);
  return {
    ...result,
    verdict,
    why,
    ...(at.length > 0 ? { lines: [...new Set(at.map(lineOf))] } : {}),
    ...(inherent ? { inherent } : {}),
  };
}

/** Sets of holders of an address, each with how much speaks for it. */
function outcomesOf(address: string, moments: readonly Moment[]): ReadonlyMap<string, number> {
  const outcomes = new Map<string, number>();
  for (const { state, swings } of moments) {
    const lasted = swings?.get(address);
    const total = lasted ? [...lasted.values()].reduce((a, b) => a + b, 0) : 0;
    if (!lasted || total === 0) {
      const key = holdersOf(state, address).join('\0');
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
      continue;
    }
    for (const [key, seconds] of lasted) outcomes.set(key, (outcomes.get(key) ?? 0) + seconds / total);
  }
  return outcomes;
}

const lineOf = ({ source, start }: Span): string => `${source.path}:${position(source, start).line}`;

const namesIn = (key: string): readonly string[] => (key === '' ? [] : key.split('\0'));

const likeliest = (outcomes: ReadonlyMap<string, number>): readonly string[] =>
  namesIn([...outcomes].reduce((a, b) => (b[1] > a[1] ? b : a))[0]);

function raceWhy(possible: Iterable<readonly string[]>, flaps: boolean): string {
  const sets = [...possible].map((nodes) => (nodes.length === 0 ? 'nobody' : nodes.join(' and ')));
  return flaps
    ? `it does not settle: adverts that are refused keep a master from sending its own (${sets.join(', or ')})`
    : `the daemons race: ${sets.join(', or ')}`;
}

/** The shortest and the longest time without a holder, over the clocks and the addresses. */
function windowOf(addresses: readonly string[], moments: readonly Moment[]): Window {
  let min = Number.POSITIVE_INFINITY;
  let max: number | null = 0;
  for (const { state } of moments) {
    for (const address of addresses) {
      const service = state.services.get(address);
      const lasting = !service || service.holders === 0;
      const gap: number = service ? service.gap + (service.holders === 0 ? state.now - service.since : 0) : 0;
      min = Math.min(min, gap);
      max = lasting || max === null ? null : Math.max(max, gap);
    }
  }
  const round = (seconds: number): number => Math.round(seconds * 100) / 100;
  return { min: Number.isFinite(min) ? round(min) : 0, max: max === null ? null : round(max) };
}
