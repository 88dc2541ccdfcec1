/** Carries out the steps of a story, each until nothing changes any more. */
import { act } from './act.ts';
import type { Candidate } from './candidates.ts';
import { handle, isPreferred, seatOf } from './daemon.ts';
import { owner } from './priority.ts';
import { holdersOf, isOpen, next, type State } from './state.ts';
import { masterDownInterval } from './timers.ts';
import type { Step } from './types.ts';

/** Most events of one step: what has not settled by then never will. */
const maxEvents = 20_000;

/** Seconds for which each set of holders of an address lasted, while it went to and fro. */
export type Swings = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Takes a step, and goes on until nothing changes any more; gives what it swings between where it never does. */
export function play(state: State, step: Step): Swings | undefined {
  for (const service of state.services.values()) {
    service.gap = 0;
    service.since = state.now;
  }
  for (const action of step) act(state, action);
  return settle(state);
}

/** Goes on to the moment between two adverts at which the clock lets the next fault fall. */
export function advanceToFault(state: State, step: Step): void {
  const named = new Set(step.map((action) => ('from' in action ? action.from : action.node)));
  const masters = state.network.candidates.filter((each) => seatOf(state, each).phase === 'master');
  const master = masters.find(({ node }) => named.has(node)) ?? masters[0];
  if (!master) return;
  const last = seatOf(state, master).due - master.advert;
  const phase = state.clock.advertPhase * master.advert;
  const moment = last + phase > state.now ? last + phase : last + phase + master.advert;
  while ((state.queue[0]?.at ?? moment) < moment) advance(state);
  state.now = moment;
}

function advance(state: State): boolean {
  const event = next(state);
  if (!event) return false;
  state.now = Math.max(state.now, event.at);
  handle(state, event);
  return true;
}

function settle(state: State): Swings | undefined {
  const { candidates } = state.network;
  const advert = Math.max(1, ...candidates.map((each) => each.advert));
  const patience = Math.max(...candidates.map((each) => masterDownInterval(each, 1, advert)), 1) + 2 * advert;
  const delays = Math.max(0, ...candidates.map(({ preemptDelay }) => preemptDelay));
  const begin = state.now;
  const swings = new Map([...state.services.keys()].map((address) => [address, new Map<string, number>()]));
  let held: ReadonlyMap<Map<string, number>, string> | undefined;
  for (let events = 0; events < maxEvents; events++) {
    if (state.pending === 0 && isSettled(state)) return undefined;
    const before = state.now;
    if (!advance(state)) return undefined;
    const lasted = state.now - Math.max(before, state.changedAt);
    // Nothing is to come but timers, and all of them have run out in vain.
    if (state.pending === 0 && lasted > patience + delays) return undefined;
    if (state.now - begin < 3 * patience + delays) continue;
    if (state.changedAt >= before) held = undefined;
    held ??= new Map([...swings].map(([address, lasted]) => [lasted, holdersOf(state, address).join('\0')]));
    for (const [lasted, holders] of held)
      lasted.set(holders, (lasted.get(holders) ?? 0) + state.now - before);
    if (state.now - begin > 12 * patience + delays) break;
  }
  return swings;
}

/** Whether nothing will change any more without a fault: nobody has a reason to yield, and every backup is kept back. */
function isSettled(state: State): boolean {
  for (const candidate of state.network.candidates) {
    const { phase } = seatOf(state, candidate);
    if (phase === 'master' && hearsMaster(state, candidate, beats)) return false;
    if (
      phase === 'backup' &&
      !state.network.groups[candidate.index]!.some((each) => isKeptBack(state, each))
    ) {
      return false;
    }
  }
  return true;
}

/** Whether a candidate accepts the adverts of some master of which `holds` is true. This is asked after every event. */
function hearsMaster(
  state: State,
  candidate: Candidate,
  holds: (state: State, master: Candidate, candidate: Candidate) => boolean,
): boolean {
  for (const { from, reception } of state.network.sources[candidate.index]!) {
    if (state.seats[from.index]!.phase !== 'master' || reception.kind !== 'heard') continue;
    if (holds(state, from, candidate) && isOpen(state, from, candidate)) return true;
  }
  return false;
}

/** Whether a master makes another one yield. */
function beats(state: State, other: Candidate, candidate: Candidate): boolean {
  const [mine, its] = [seatOf(state, candidate).priority, seatOf(state, other).priority];
  return (
    its > mine ||
    (its === mine && (isPreferred(state, other, candidate) || (mine === owner && candidate.canBeDeposed)))
  );
}

/** Whether a backup hears a master that it lets be, and goes on hearing it. */
const isKeptBack = (state: State, candidate: Candidate): boolean =>
  seatOf(state, candidate).phase === 'backup' && hearsMaster(state, candidate, keepsBack);

function keepsBack(state: State, master: Candidate, candidate: Candidate): boolean {
  const [seat, other] = [seatOf(state, candidate), seatOf(state, master)];
  const accepted = other.priority >= seat.priority || candidate.nopreempt;
  return accepted && other.due < seat.due && !isDrownedOut(state, master);
}

/** Whether refused adverts of another master keep this one from sending its own in time. */
const isDrownedOut = (state: State, master: Candidate): boolean =>
  !master.silent &&
  state.network.sources[master.index]!.some(
    ({ from, reception }) =>
      reception.kind === 'dropped' && seatOf(state, from).phase === 'master' && isOpen(state, from, master),
  );
