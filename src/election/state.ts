/** The moment-to-moment state of an election, small enough to be copied: every fault starts from the same healthy one. */
import { groupBy } from '../../grammar/group-by.ts';
import type { Candidate, Participant } from './candidates.ts';
import type { Clock } from './clock.ts';
import { type Reception, receptionOf, type Segments, segmentsOf, surroundings } from './hearing.ts';

/** What does not change while it runs. */
export interface Network {
  readonly participants: readonly Participant[];
  readonly candidates: readonly Candidate[];
  /** By candidate: the index of its participant. */
  readonly hosts: readonly number[];
  /** By candidate: those that move together with it, itself included. */
  readonly groups: readonly (readonly Candidate[])[];
  /** By sender: the candidates that its adverts reach, and what they do with them. */
  readonly audience: readonly (readonly { readonly to: Candidate; readonly reception: Reception }[])[];
  /** By listener: the candidates whose adverts reach it. */
  readonly sources: readonly (readonly { readonly from: Candidate; readonly reception: Reception }[])[];
  /** What becomes of the adverts of one candidate at another, while all links work. */
  readonly reception: (from: Candidate, to: Candidate) => Reception;
  /** The order of two senders of one priority; 0 where nothing tells. */
  readonly compareSources: (a: Candidate, b: Candidate) => number;
  /** Every virtual address, with the candidates that carry it as masters. */
  readonly carriers: ReadonlyMap<string, readonly Candidate[]>;
}

/** RFC 5798, section 6.4, and keepalived's FAULT. `off`: its daemon does not run. */
export type Phase = 'off' | 'fault' | 'backup' | 'master';

/** One candidate at one moment. */
export interface Seat {
  phase: Phase;
  /** When its one timer ends: the next advert of a master, the master-down interval of a backup. */
  due: number;
  /** Changes with each setting of the timer, so that older events are known to be void. */
  stamp: number;
  priority: number;
  /** Seconds between the adverts of the master it heard last (version 3). */
  masterAdvert: number;
  /** Until then it lets a master of lower priority be. */
  preemptAt: number | undefined;
  /** It waits for its sync group to become master. */
  wants: boolean;
  /** An owner that met another one. */
  deposed: boolean;
}

/** One host at one moment. */
export interface Host {
  powered: boolean;
  running: boolean;
  /** Changes with each start and end of the daemon. */
  life: number;
  /** The daemon ignores adverts until then. */
  deafUntil: number;
  /** Links without carrier, and links that lead nowhere. */
  down: ReadonlySet<string>;
  cut: ReadonlySet<string>;
  /** Checks that would fail if they ran now. */
  failing: ReadonlySet<string>;
  /** Checks that the daemon has come to know as bad. */
  bad: ReadonlySet<string>;
}

export type Event = { readonly at: number; readonly order: number } & (
  | { readonly kind: 'timer'; readonly candidate: number; readonly stamp: number }
  | {
      readonly kind: 'advert';
      readonly from: number;
      readonly to: number;
      readonly dropped: boolean;
      readonly priority: number;
    }
  | { readonly kind: 'boot'; readonly host: number; readonly life: number }
  | {
      readonly kind: 'check';
      readonly host: number;
      readonly life: number;
      readonly check: string;
      readonly good: boolean;
    }
);

/** Seconds that one address went without a holder since the step began. */
export interface Service {
  holders: number;
  gap: number;
  since: number;
}

export interface State {
  readonly network: Network;
  readonly clock: Clock;
  now: number;
  seed: number;
  order: number;
  seats: Seat[];
  hosts: Host[];
  /** `from\0to` where VRRP is blocked. */
  blocked: ReadonlySet<string>;
  /** Candidates whose addresses stayed on the host when their daemon was killed. */
  leftovers: ReadonlySet<number>;
  queue: Event[];
  /** Adverts, boots and results of checks that are still to come. */
  pending: number;
  changedAt: number;
  services: Map<string, Service>;
}

/** The network that `participants` form, in segments that others of the election may tell. */
export function networkOf(
  participants: readonly Participant[],
  segments: Segments = segmentsOf(participants),
): Network {
  const candidates = participants.flatMap((each) => each.candidates);
  const around = surroundings(participants, segments);
  // receptionOf(): those of another family or number never hear it.
  const channelOf = ({ family, virtualRouterId }: Candidate): string => `${family} ${virtualRouterId}`;
  const channels = groupBy(candidates, channelOf);
  const audience = candidates.map((from) =>
    channels.get(channelOf(from))!.flatMap((to) => {
      const reception = receptionOf(from, to, around);
      return reception.kind === 'unheard' ? [] : [{ to, reception }];
    }),
  );
  const sources = candidates.map((): { from: Candidate; reception: Reception }[] => []);
  for (const from of candidates) {
    for (const { to, reception } of audience[from.index]!) sources[to.index]!.push({ from, reception });
  }
  const carriers = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    for (const address of candidate.addresses) {
      const others = carriers.get(address);
      if (others) others.push(candidate);
      else carriers.set(address, [candidate]);
    }
  }
  const groups = new Map(
    participants.flatMap((each) =>
      each.groups.flatMap((group) => group.map((member) => [member, group] as const)),
    ),
  );
  return {
    participants,
    candidates,
    hosts: participants.flatMap((each, host) => each.candidates.map(() => host)),
    groups: candidates.map((candidate) => groups.get(candidate)!),
    audience,
    sources,
    reception: (from, to) => receptionOf(from, to, around),
    compareSources: around.compareSources,
    carriers,
  };
}

/** Before anything is started. */
export function initialState(network: Network, clock: Clock): State {
  return {
    network,
    clock,
    now: 0,
    seed: clock.seed,
    order: 0,
    seats: network.candidates.map(({ advert }) => ({
      phase: 'off',
      due: 0,
      stamp: 0,
      priority: 0,
      masterAdvert: advert,
      preemptAt: undefined,
      wants: false,
      deposed: false,
    })),
    hosts: network.participants.map(() => ({
      powered: true,
      running: false,
      life: 0,
      deafUntil: 0,
      down: new Set(),
      cut: new Set(),
      failing: new Set(),
      bad: new Set(),
    })),
    blocked: new Set(),
    leftovers: new Set(),
    queue: [],
    pending: 0,
    changedAt: 0,
    services: new Map(
      [...network.carriers.keys()].map((address) => [address, { holders: 0, gap: 0, since: 0 }]),
    ),
  };
}

/** The same moment once more: what happens to the copy does not happen to the original. */
export const copyOf = (state: State): State => ({
  ...state,
  seats: state.seats.map((seat) => ({ ...seat })),
  hosts: state.hosts.map((host) => ({ ...host })),
  queue: [...state.queue],
  services: new Map([...state.services].map(([address, service]) => [address, { ...service }])),
});

/** A number from 0 to 1 that depends on the clock and on how often it was asked (mulberry32). */
export function chance(state: State): number {
  state.seed = (state.seed + 0x6d2b79f5) | 0;
  let t = state.seed;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

/** Whether a candidate carries its addresses: as master, or because a killed daemon left them. */
export const carries = (state: State, index: number): boolean =>
  state.seats[index]!.phase === 'master' || state.leftovers.has(index);

/** The nodes that carry an address, each once. */
export const holdersOf = (state: State, address: string): readonly string[] => [
  ...new Set(
    (state.network.carriers.get(address) ?? []).flatMap(({ index, node }) =>
      carries(state, index) ? [node] : [],
    ),
  ),
];

/** Whether an advert gets from one candidate to the other: links, partition and firewall let it through. */
export const isOpen = (state: State, from: Candidate, to: Candidate): boolean =>
  isConnected(state, from) &&
  isConnected(state, to) &&
  !(state.blocked.size > 0 && state.blocked.has(`${from.node}\0${to.node}`));

function isConnected({ network, hosts }: State, { index, link }: Candidate): boolean {
  const host = hosts[network.hosts[index]!]!;
  return host.powered && !host.down.has(link) && !host.cut.has(link);
}

/** Puts an event into the queue, which is a binary heap by time. */
export function schedule(state: State, event: Pick<Event, 'at'> & Record<string, unknown>): void {
  const entry = { ...event, order: state.order++ } as unknown as Event;
  if (entry.kind !== 'timer') state.pending++;
  const { queue } = state;
  let at = queue.length;
  queue.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(entry, queue[parent]!)) break;
    queue[at] = queue[parent]!;
    at = parent;
  }
  queue[at] = entry;
}

/** Takes the next event out of the queue. */
export function next(state: State): Event | undefined {
  const { queue } = state;
  const first = queue[0];
  const last = queue.pop();
  if (!first || !last) return undefined;
  if (first.kind !== 'timer') state.pending--;
  if (queue.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= queue.length) break;
    if (child + 1 < queue.length && isBefore(queue[child + 1]!, queue[child]!)) child++;
    if (!isBefore(queue[child]!, last)) break;
    queue[at] = queue[child]!;
    at = child;
  }
  queue[at] = last;
  return first;
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
