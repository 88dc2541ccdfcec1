/** What to say of a moment: the verdict on one virtual router, and the sentence that says why. */
import type { Span } from '../../grammar/text.ts';
import { trackersFor } from '../model/keepalived/index.ts';
import type { Member, VirtualRouter } from '../model/router.ts';
import type { Candidate } from './candidates.ts';
import { isFault } from './priority.ts';
import { carries, holdersOf, isOpen, type State } from './state.ts';
import type { Verdict } from './types.ts';

/** A verdict with its sentence, and the lines that decide it. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly why: string;
  readonly inherent: boolean;
  readonly at: readonly Span[];
}

/** The verdict on a router whose state is the same whatever the clocks do. */
export function judge(state: State, router: VirtualRouter, addresses: readonly string[]): Judgement {
  const holders = addresses.map((address) => holdersOf(state, address));
  const several = holders.findIndex((nodes) => nodes.length > 1);
  if (several >= 0) return split(state, addresses[several]!);
  const none = holders.findIndex((nodes) => nodes.length === 0);
  if (none >= 0) return lost(state, router, addresses[none]!);
  const broken = stranded(state, router, holders.flat());
  if (broken) return broken;
  return judgement('ok', okWhy(state, router, holders.flat()));
}

const judgement = (
  verdict: Verdict,
  why: string,
  { inherent = false, at = [] }: { inherent?: boolean; at?: readonly Span[] } = {},
): Judgement => ({ verdict, why, inherent, at });

const carriersNow = (state: State, address: string): readonly Candidate[] =>
  (state.network.carriers.get(address) ?? []).filter(({ index }) => carries(state, index));

function split(state: State, address: string): Judgement {
  const carriers = carriersNow(state, address);
  const left = carriers.find(({ index }) => state.leftovers.has(index));
  if (left) {
    const why = `the killed daemon left ${address} on ${left.node}, and nobody takes it away`;
    return judgement('split-brain', why, { inherent: true });
  }
  for (const from of carriers) {
    for (const to of carriers) {
      if (from.node === to.node) continue;
      const { kind, why, at } = state.network.reception(from, to);
      if (kind === 'heard') continue;
      const verb = kind === 'dropped' ? 'refuses the adverts of' : 'never hears';
      return judgement('split-brain', `${to.node} ${verb} ${from.node}: ${why}`, { at });
    }
  }
  for (const from of carriers) {
    const deaf = carriers.find((to) => from.node !== to.node && !isOpen(state, from, to));
    if (!deaf) continue;
    const cable = [from, deaf].some((each) => hostState(state, each).down.has(each.link));
    const why = `${deaf.node} no longer hears ${from.node} and takes it for dead`;
    return judgement('split-brain', why, { inherent: !cable });
  }
  const names = carriers.map(({ node }) => node).join(' and ');
  return judgement(
    'split-brain',
    `neither of ${names} yields: they have one priority and one source address`,
  );
}

const hostState = (state: State, candidate: Candidate) => state.hosts[state.network.hosts[candidate.index]!]!;

function lost(state: State, router: VirtualRouter, address: string): Judgement {
  const reasons = router.members.map((member) => absence(state, member, address));
  return judgement('nobody', reasons.map(({ why }) => why).join('; '), {
    inherent: reasons.every(({ natural }) => natural),
    at: reasons.flatMap(({ at }) => at ?? []),
  });
}

interface Absence {
  readonly why: string;
  readonly natural: boolean;
  readonly at: Span | undefined;
}

/** Why a node of the router does not carry an address; natural where it is switched off. */
function absence(state: State, { node, instance }: Member, address: string): Absence {
  const { name } = node;
  const index = state.network.participants.findIndex((each) => each.name === name);
  const participant = state.network.participants[index]!;
  const host = state.hosts[index]!;
  const because = (why: string, at?: Span, natural = false): Absence => ({
    why: `${name} ${why}`,
    natural,
    at,
  });
  if (participant.stops) return because(`does not run: ${participant.stops.why}`, participant.stops.at);
  if (!host.powered) return because('is off', undefined, true);
  if (!host.running) return because('does not run keepalived', undefined, true);
  const candidate = participant.candidates.find((each) => each.addresses.includes(address));
  if (!candidate) {
    const { directive, guess } = instance.statement;
    const isRead = participant.candidates.some((each) => each.instance.head.start === instance.head.start);
    if (guess && !isRead)
      return because(`has no vrrp_instance: ${directive.name.text} is no keyword`, instance.head);
    const other = participant.candidates.find(({ index: each }) => state.seats[each]!.phase === 'master');
    return because(other ? `is master without ${address}` : `has no ${address}`, instance.addressList);
  }
  const { phase } = state.seats[candidate.index]!;
  if (phase === 'fault') return because(`is in FAULT${faultWhy(state, candidate)}`);
  const master = state.network.sources[candidate.index]!.find(
    ({ from, reception }) => reception.kind === 'heard' && state.seats[from.index]!.phase === 'master',
  );
  if (master) return because(`hears ${master.from.node}, and leaves it to that node`);
  return because('waits for the rest of its sync group');
}

function faultWhy(state: State, candidate: Candidate): string {
  const group = state.network.groups[candidate.index]!;
  const host = hostState(state, candidate);
  for (const each of [candidate, ...group]) {
    if (each.broken !== undefined) return `: ${each.broken}`;
    const link = [...each.needs].find((need) => host.down.has(need));
    if (link !== undefined) return `: ${link} is down`;
    const check = each.checks.find((one) =>
      isFault(one, one.kind === 'interface' ? !host.down.has(one.name) : !host.bad.has(one.name)),
    );
    if (check) return `: ${check.name} fails`;
  }
  return '';
}

/** Whether the only holder is a node that cannot serve, while another one could. */
function stranded(state: State, router: VirtualRouter, holders: readonly string[]): Judgement | undefined {
  for (const member of router.members) {
    if (!holders.includes(member.node.name)) continue;
    const fault = brokenness(state, router, member);
    if (!fault) continue;
    const better = router.members.find((other) => other !== member && isFit(state, router, other));
    if (!better) continue;
    const why = fault.unseen
      ? `${fault.what}, and ${member.instance.name.value} does not track it there`
      : `${fault.what}, yet ${keptBy(state, member, better)}`;
    return judgement('stays-on-broken-node', why, {
      inherent: fault.cut,
      at: deciding(state, member, better),
    });
  }
  return undefined;
}

/** What keeps a node from serving although it runs: a check of the router that fails, or a link that leads nowhere. */
interface Brokenness {
  readonly what: string;
  /** It is cut off, which no configuration prevents. */
  readonly cut: boolean;
  /** Only other nodes of the router track what fails. */
  readonly unseen: boolean;
}

function brokenness(state: State, { members }: VirtualRouter, member: Member): Brokenness | undefined {
  const { node, instance } = member;
  const index = state.network.participants.findIndex(({ name }) => name === node.name);
  const host = state.hosts[index]!;
  const link = instance.interface.value ?? '';
  if (host.down.has(link)) return { what: `${link} of ${node.name} is down`, cut: false, unseen: false };
  if (host.cut.has(link)) return { what: `${node.name} is cut off on ${link}`, cut: true, unseen: false };
  const own = trackersFor(node.keepalived!, instance);
  const check = own.find(({ kind, name }) =>
    kind === 'interface' ? host.down.has(name.value) : host.failing.has(name.value),
  );
  if (check) return { what: `${check.name.value} fails on ${node.name}`, cut: false, unseen: false };
  const others = members.flatMap((each) =>
    each === member ? [] : trackersFor(each.node.keepalived!, each.instance),
  );
  const unseen = others.find(({ kind, name }) => kind !== 'interface' && host.failing.has(name.value));
  return unseen && { what: `${unseen.name.value} fails on ${node.name}`, cut: false, unseen: true };
}

function isFit(state: State, router: VirtualRouter, member: Member): boolean {
  const index = state.network.participants.findIndex(({ name }) => name === member.node.name);
  const participant = state.network.participants[index]!;
  const host = state.hosts[index]!;
  return host.powered && host.running && !participant.stops && !brokenness(state, router, member);
}

function keptBy(state: State, holder: Member, better: Member): string {
  const find = (member: Member): Candidate | undefined =>
    state.network.candidates.find((each) => isCandidateOf(each, member));
  const [here, there] = [find(holder), find(better)];
  if (!here || !there) return `${holder.node.name} keeps the address`;
  const [mine, its] = [state.seats[here.index]!.priority, state.seats[there.index]!.priority];
  if (mine > its) return `its priority ${mine} is above ${its} of ${there.node}`;
  if (mine === its) return `its priority ${mine} is that of ${there.node}, and a tie moves nothing`;
  if (there.nopreempt) return `nopreempt keeps ${there.node} (${its}) from replacing it (${mine})`;
  if (state.network.groups[there.index]!.length > 1)
    return `the sync group of ${there.node} moves only as a whole`;
  return `${there.node} does not take over`;
}

/** The lines that keep the address where it is: both priorities, and what weakens or binds them. */
function deciding(state: State, holder: Member, better: Member): readonly Span[] {
  const tracked = state.network.candidates
    .find((each) => isCandidateOf(each, holder))
    ?.checks.map(({ at }) => at);
  const { nopreempt } = better.instance;
  return [
    holder.instance.priority.at,
    ...(tracked ?? []),
    better.instance.priority.at,
    ...(nopreempt.value ? [nopreempt.at] : []),
  ];
}

/** Whether a candidate is what the daemon makes of a member of a router. */
export const isCandidateOf = (candidate: Candidate, { node, instance }: Member): boolean =>
  candidate.node === node.name && candidate.instance.head.start === instance.head.start;

function okWhy(state: State, router: VirtualRouter, holders: readonly string[]): string {
  const [holder] = holders;
  const candidates = state.network.candidates.filter(
    (each) =>
      router.members.some((member) => isCandidateOf(each, member)) &&
      state.seats[each.index]!.phase !== 'off' &&
      state.seats[each.index]!.phase !== 'fault',
  );
  const [first, second] = candidates.filter(({ index }) => state.seats[index]!.phase === 'master');
  if (first && second) {
    const { kind, why } = state.network.reception(first, second);
    const both = `${first.node} and ${second.node} are both master, each with its own addresses`;
    return kind === 'heard' ? both : `${both}: ${why}`;
  }
  const priority = (candidate: Candidate): number => state.seats[candidate.index]!.priority;
  const mine = candidates.find(({ node }) => node === holder);
  const others = candidates.filter(({ node }) => node !== holder);
  if (!mine) return `${holder} carries it`;
  if (others.length === 0) return `only ${holder} is left`;
  const best = others.reduce((a, b) => (priority(b) > priority(a) ? b : a));
  if (priority(mine) > priority(best)) {
    return `priority ${priority(mine)} of ${holder} is above ${priority(best)} of ${best.node}`;
  }
  if (best.nopreempt)
    return `nopreempt lets ${holder} keep it (${priority(mine)} against ${priority(best)} of ${best.node})`;
  return `${holder} became master first, and nothing displaces it`;
}
