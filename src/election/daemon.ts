/** The state machine of every candidate, and the events that drive it. Functions bear the names of what they do in vrrp.c. */
import type { Candidate, Check } from './candidates.ts';
import { lag } from './clock.ts';
import { effectivePriority, isFault, owner } from './priority.ts';
import { carries, chance, type Event, type Host, isOpen, type Seat, type State, schedule } from './state.ts';
import { masterDownInterval, skewTime } from './timers.ts';

/** Seconds that an advert is on its way, at most. */
const latency = 0.001;

/** Where a candidate stands at this moment. */
export const seatOf = (state: State, { index }: Candidate): Seat => state.seats[index]!;
const hostOf = (state: State, { index }: Candidate): Host => state.hosts[state.network.hosts[index]!]!;

/** Starts the one timer of a candidate anew. */
function setTimer(state: State, candidate: Candidate, seconds: number): void {
  const seat = seatOf(state, candidate);
  const host = state.network.hosts[candidate.index]!;
  seat.due = state.now + seconds + lag(state.clock, host, state.hosts.length) + chance(state) * latency;
  seat.stamp++;
  schedule(state, { kind: 'timer', at: seat.due, candidate: candidate.index, stamp: seat.stamp });
}

const waitForMaster = (state: State, candidate: Candidate): void =>
  setTimer(
    state,
    candidate,
    masterDownInterval(candidate, seatOf(state, candidate).priority, seatOf(state, candidate).masterAdvert),
  );

/** Moves a candidate to another phase, and its addresses with it. */
function enter(state: State, candidate: Candidate, phase: Seat['phase']): void {
  const seat = seatOf(state, candidate);
  if (seat.phase === phase) return;
  const before = carries(state, candidate.index);
  seat.phase = phase;
  seat.wants = false;
  seat.preemptAt = undefined;
  seat.stamp++;
  state.changedAt = state.now;
  noteHolders(state, candidate, before);
}

/** Counts the time in which an address has no holder. */
function noteHolders(state: State, candidate: Candidate, before: boolean): void {
  const now = carries(state, candidate.index);
  if (now === before) return;
  for (const address of candidate.addresses) {
    const service = state.services.get(address)!;
    if (now && service.holders === 0) service.gap += state.now - service.since;
    service.holders += now ? 1 : -1;
    if (!now && service.holders === 0) service.since = state.now;
  }
  for (const check of candidate.checks) if (check.wantsAddress !== undefined) look(state, candidate, check);
}

/** vrrp_send_adv(): to everybody whom it reaches. Priority 0 says that the master resigns. */
function sendAdvert(state: State, from: Candidate, priority = seatOf(state, from).priority): void {
  for (const { to, reception } of state.network.audience[from.index]!) {
    if (!isOpen(state, from, to)) continue;
    const { phase } = seatOf(state, to);
    if (phase === 'off' || phase === 'fault') continue;
    const at = state.now + latency * (0.2 + 0.8 * chance(state));
    schedule(state, {
      kind: 'advert',
      at,
      from: from.index,
      to: to.index,
      dropped: reception.kind === 'dropped',
      priority,
    });
  }
}

/** vrrp_state_goto_master(): in a sync group only when every member wants to. */
function gotoMaster(state: State, candidate: Candidate): void {
  const group = state.network.groups[candidate.index]!;
  seatOf(state, candidate).wants = true;
  if (group.some((member) => seatOf(state, member).phase !== 'master' && !seatOf(state, member).wants)) {
    waitForMaster(state, candidate);
    return;
  }
  for (const member of group) {
    if (seatOf(state, member).phase !== 'backup') continue;
    enter(state, member, 'master');
    sendAdvert(state, member);
    setTimer(state, member, member.advert);
  }
}

/** vrrp_state_leave_master() for a better one: no word of it to the others, and a sync group goes together. */
function becomeBackup(state: State, candidate: Candidate): void {
  for (const member of state.network.groups[candidate.index]!) {
    if (member !== candidate && seatOf(state, member).phase !== 'master') continue;
    enter(state, member, 'backup');
    waitForMaster(state, member);
  }
}

/** down_instance(): a master resigns with priority 0; a sync group falls together. */
function goFault(state: State, candidate: Candidate): void {
  for (const member of state.network.groups[candidate.index]!) {
    const { phase } = seatOf(state, member);
    if (phase === 'off' || phase === 'fault') continue;
    if (phase === 'master') sendAdvert(state, member, 0);
    enter(state, member, 'fault');
  }
}

/** try_up_instance(): out of FAULT, once no member of the group has a reason left. */
function tryUp(state: State, candidate: Candidate): void {
  const group = state.network.groups[candidate.index]!;
  if (group.some((member) => seatOf(state, member).phase === 'off' || hasFault(state, member))) return;
  for (const member of group) {
    if (seatOf(state, member).phase === 'fault') start(state, member);
  }
}

/** vrrp_init_state(): only an owner that wishes to be master does not wait. */
function start(state: State, candidate: Candidate): void {
  const seat = seatOf(state, candidate);
  seat.masterAdvert = candidate.advert;
  enter(state, candidate, 'backup');
  const group = state.network.groups[candidate.index]!;
  const wait = Math.max(0, hostOf(state, candidate).deafUntil - state.now);
  if (group.every((member) => member.startsAsMaster)) setTimer(state, candidate, wait);
  else setTimer(state, candidate, wait + masterDownInterval(candidate, seat.priority, candidate.advert));
}

/** Whether a check would pass if it ran now. */
function passes(state: State, candidate: Candidate, { name, wantsAddress }: Check): boolean {
  if (hostOf(state, candidate).failing.has(name)) return false;
  return wantsAddress === undefined || carries(state, candidate.index) === wantsAddress;
}

/** What the daemon takes a check for. */
const isGood = (host: Host, { kind, name }: Check): boolean =>
  kind === 'interface' ? !host.down.has(name) : !host.bad.has(name);

function hasFault(state: State, candidate: Candidate): boolean {
  const host = hostOf(state, candidate);
  if (candidate.broken !== undefined) return true;
  for (const link of candidate.needs) if (host.down.has(link)) return true;
  return candidate.checks.some((check) => isFault(check, isGood(host, check)));
}

/** Draws the consequences of what a candidate has come to know of its host. */
export function reconsider(state: State, candidate: Candidate): void {
  const seat = seatOf(state, candidate);
  if (seat.phase === 'off') return;
  setPriority(state, candidate);
  const fault = hasFault(state, candidate);
  if (fault && seat.phase !== 'fault') goFault(state, candidate);
  else if (!fault && seat.phase === 'fault') tryUp(state, candidate);
}

function setPriority(state: State, candidate: Candidate): void {
  const host = hostOf(state, candidate);
  const seat = seatOf(state, candidate);
  const before = seat.priority;
  const priority = effectivePriority(candidate, (check) => isGood(host, check));
  seat.priority = seat.deposed ? owner - 1 : priority;
  if (before !== seat.priority) state.changedAt = state.now;
}

/** A check runs in its rounds: the daemon believes it after so many looks. */
export function look(state: State, candidate: Candidate, check: Check): void {
  const index = state.network.hosts[candidate.index]!;
  const host = state.hosts[index]!;
  if (!host.running) return;
  const good = passes(state, candidate, check);
  if (good === !host.bad.has(check.name)) return;
  const rounds = (good ? check.rise : check.fall) - 1;
  const at = state.now + (state.clock.checkPhase + rounds) * check.interval + 0.01;
  schedule(state, { kind: 'check', at, host: index, life: host.life, check: check.name, good });
}

/** The candidates of a host. */
export const candidatesOn = (state: State, index: number): readonly Candidate[] =>
  state.network.participants[index]!.candidates;

/** The daemon starts: it takes leftover addresses away, and runs every check once. */
function boot(state: State, index: number): void {
  const host = state.hosts[index]!;
  const candidates = candidatesOn(state, index);
  host.deafUntil = state.now + state.network.participants[index]!.startupDelay;
  const bad = new Set<string>();
  for (const candidate of candidates) {
    for (const check of candidate.checks) {
      const good = passes(state, candidate, check);
      if (!good || check.startsFailed) bad.add(check.name);
      if (!good || !check.startsFailed) continue;
      const at = state.now + (check.rise - 1) * check.interval + 0.02;
      schedule(state, { kind: 'check', at, host: index, life: host.life, check: check.name, good });
    }
  }
  host.bad = bad;
  for (const candidate of candidates) {
    enter(state, candidate, 'fault');
    seatOf(state, candidate).deposed = false;
    setPriority(state, candidate);
  }
  for (const candidate of candidates) tryUp(state, candidate);
}

/** The daemon is no more. `resign`: it says so, and takes its addresses away; `leave`: they stay. */
export function end(state: State, index: number, how: 'resign' | 'leave' | 'vanish'): void {
  const host = state.hosts[index]!;
  host.running = false;
  host.life++;
  for (const candidate of candidatesOn(state, index)) {
    const { phase } = seatOf(state, candidate);
    if (phase === 'master' && how === 'resign') sendAdvert(state, candidate, 0);
    const before = carries(state, candidate.index);
    if (phase === 'master' && how === 'leave')
      state.leftovers = new Set([...state.leftovers, candidate.index]);
    if (how === 'leave' && before) {
      seatOf(state, candidate).phase = 'off';
      seatOf(state, candidate).stamp++;
      state.changedAt = state.now;
      continue;
    }
    enter(state, candidate, 'off');
  }
}

/** Takes away the addresses that a killed daemon left on its host. */
export function clearLeftovers(state: State, index: number): void {
  for (const candidate of candidatesOn(state, index)) {
    if (!state.leftovers.has(candidate.index)) continue;
    state.leftovers = new Set([...state.leftovers].filter((each) => each !== candidate.index));
    noteHolders(state, candidate, true);
  }
}

/** vrrp_state_backup() */
function hearAsBackup(state: State, candidate: Candidate, from: Candidate, priority: number): void {
  const seat = seatOf(state, candidate);
  if (priority === 0) {
    setTimer(state, candidate, skewTime(candidate, seat.priority, seat.masterAdvert));
    return;
  }
  const lower = priority < seat.priority;
  if (candidate.preemptDelay > 0) {
    if (!lower) seat.preemptAt = undefined;
    else seat.preemptAt ??= state.now + candidate.preemptDelay;
  }
  const waits = seat.preemptAt !== undefined && seat.preemptAt > state.now;
  // Discarded: the timer goes on, and its end is the preemption.
  if (lower && !candidate.nopreempt && !waits) return;
  if (candidate.version === 3) seat.masterAdvert = from.advert;
  seat.wants = false;
  waitForMaster(state, candidate);
}

/** vrrp_state_master_rx() */
function hearAsMaster(state: State, candidate: Candidate, from: Candidate, priority: number): void {
  const seat = seatOf(state, candidate);
  if (priority === owner && seat.priority === owner && candidate.canBeDeposed) {
    seat.deposed = true;
    setPriority(state, candidate);
  }
  const better =
    priority > seat.priority || (priority === seat.priority && isPreferred(state, from, candidate));
  if (better) {
    if (candidate.version === 3) seat.masterAdvert = from.advert;
    becomeBackup(state, candidate);
    return;
  }
  if (candidate.silent && priority !== 0) return;
  sendAdvert(state, candidate);
  setTimer(state, candidate, candidate.advert);
}

/** Whether the source address of one is the higher; where nobody knows the addresses, some clocks say this and some that. */
export function isPreferred({ network, clock }: State, from: Candidate, to: Candidate): boolean {
  const order = network.compareSources(from, to);
  return order !== 0 ? order > 0 : from.index > to.index === clock.lastPreferred;
}

/** Lets an event happen; one that something has overtaken is nothing. */
export function handle(state: State, event: Event): void {
  switch (event.kind) {
    case 'timer': {
      const candidate = state.network.candidates[event.candidate]!;
      const seat = seatOf(state, candidate);
      if (seat.stamp !== event.stamp) return;
      if (seat.phase === 'backup') gotoMaster(state, candidate);
      else if (seat.phase === 'master') {
        sendAdvert(state, candidate);
        setTimer(state, candidate, candidate.advert);
      }
      return;
    }
    case 'advert': {
      const [from, to] = [state.network.candidates[event.from]!, state.network.candidates[event.to]!];
      const { phase } = seatOf(state, to);
      if (phase === 'off' || phase === 'fault' || hostOf(state, to).deafUntil > state.now) return;
      if (event.dropped) {
        // vrrp_dispatcher_read(): even what is refused starts a master's own timer anew.
        if (phase === 'master' && !to.silent) setTimer(state, to, to.advert);
      } else if (phase === 'backup') hearAsBackup(state, to, from, event.priority);
      else hearAsMaster(state, to, from, event.priority);
      return;
    }
    case 'boot':
      if (state.hosts[event.host]!.life === event.life) boot(state, event.host);
      return;
    case 'check': {
      const host = state.hosts[event.host]!;
      if (host.life !== event.life || host.bad.has(event.check) !== event.good) return;
      const tracking = candidatesOn(state, event.host).flatMap((candidate) =>
        candidate.checks.flatMap((check) => (check.name === event.check ? [{ candidate, check }] : [])),
      );
      if (tracking.some(({ candidate, check }) => passes(state, candidate, check) !== event.good)) return;
      const bad = new Set(host.bad);
      if (event.good) bad.delete(event.check);
      else bad.add(event.check);
      host.bad = bad;
      for (const candidate of candidatesOn(state, event.host)) reconsider(state, candidate);
    }
  }
}
