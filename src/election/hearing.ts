/** Who hears whom: the receive path of vrrp_check_packet(), as far as the configurations decide it. */
import { type Address, compareAddresses, sameNetwork } from '../model/net.ts';
import { atLeast } from '../model/version.ts';
import type { Candidate, Participant } from './candidates.ts';

/**
 * What becomes of the adverts of one candidate at another: `heard`; `dropped`: they arrive and are refused; `unheard`: they
 * do not even arrive. `why` is the first reason, in words.
 */
export interface Hearing {
  readonly kind: 'heard' | 'dropped' | 'unheard';
  readonly why: string;
}

const heard: Hearing = { kind: 'heard', why: '' };
const dropped = (why: string): Hearing => ({ kind: 'dropped', why });
const unheard = (why: string): Hearing => ({ kind: 'unheard', why });

/** What decides besides the two candidates. */
interface Surroundings {
  /** Whether two candidates' interfaces are in one network segment. */
  readonly together: (a: Candidate, b: Candidate) => boolean;
  /** The source address of a candidate, as written, or as the others' peer lists tell. */
  readonly sourceOf: (candidate: Candidate) => Address | undefined;
  /** Adverts that list other addresses are refused (vrrp_check_packet() before 2.3.3). */
  readonly comparesAddresses: (candidate: Candidate) => boolean;
  /** The order of two senders of one priority, as vrrp_saddr_cmp() sees it; 0 where nothing tells. */
  readonly compareSources: (a: Candidate, b: Candidate) => number;
}

/** What becomes of the adverts that `from` sends when they come to `to`. */
export function hearingOf(from: Candidate, to: Candidate, around: Surroundings): Hearing {
  if (from.node === to.node) return unheard('they are one node');
  if (from.family !== to.family) return unheard('one speaks IPv4, the other IPv6');
  if (from.virtualRouterId !== to.virtualRouterId) {
    return unheard(`virtual_router_id is ${from.virtualRouterId} and ${to.virtualRouterId}`);
  }
  const transport = transportGap(from, to, around);
  if (transport !== undefined) return unheard(transport);
  if (from.version !== to.version) return dropped(`VRRP version is ${from.version} and ${to.version}`);
  const proof = authenticationGap(from, to);
  if (proof !== undefined) return dropped(proof);
  if (from.version === 2 && from.advert !== to.advert) {
    return dropped(`advert_int is ${from.advert} and ${to.advert}`);
  }
  if (around.comparesAddresses(to) && from.advertised.join() !== to.advertised.join()) {
    return dropped('their virtual addresses differ');
  }
  return heard;
}

/** Why adverts do not even reach the other socket. */
function transportGap(
  from: Candidate,
  to: Candidate,
  { together, sourceOf }: Surroundings,
): string | undefined {
  if ((from.peers === undefined) !== (to.peers === undefined))
    return 'one sends multicast, the other unicast';
  const [source, target] = [sourceOf(from), sourceOf(to)];
  // The kernel takes what claims to come from an address of its own for a martian.
  if (source && source.text === target?.text) return `both send from ${source.text}`;
  if (from.peers) {
    // open_vrrp_read_socket() binds to the source address.
    if (!target || from.peers.some(({ text }) => text === target.text)) return undefined;
    return `unicast_peer of ${from.node} does not list ${target.text} of ${to.node}`;
  }
  if (from.group !== to.group) return `the multicast group is ${from.group} and ${to.group}`;
  return together(from, to) ? undefined : 'their interfaces are in different networks';
}

function authenticationGap(from: Candidate, to: Candidate): string | undefined {
  const [a, b] = [from.instance.authentication, to.instance.authentication];
  if (a.type !== b.type) return `authentication is ${a.type} and ${b.type}`;
  return a.type !== 'none' && a.secret?.value !== b.secret?.value ? 'auth_pass differs' : undefined;
}

/** What `participants` are surrounded by. */
export function surroundings(participants: readonly Participant[]): Surroundings {
  const versions = new Map(participants.map(({ name, version }) => [name, version]));
  const all = participants.flatMap(({ candidates }) => candidates);
  const segments = segmentsOf(participants);
  const sources = new Map(all.map((each) => [each, each.source ?? guessedSource(each, all)]));
  return {
    together: (a, b) => segments.get(linkKey(a)) === segments.get(linkKey(b)),
    sourceOf: (candidate) => sources.get(candidate),
    comparesAddresses: ({ node }) => atLeast(versions.get(node), '2.3.3') === false,
    compareSources: (a, b) => {
      const [left, right] = [sources.get(a), sources.get(b)];
      return left && right ? compareAddresses(left, right) : 0;
    },
  };
}

const linkKey = ({ node, link }: Pick<Candidate, 'node' | 'link'>): string => `${node}\0${link}`;

/**
 * Interfaces by network segment: those with addresses in one subnet; where the addresses of some are not known, the nodes
 * of one virtual router are taken to share one.
 */
function segmentsOf(participants: readonly Participant[]): ReadonlyMap<string, string> {
  const segments = new Map<string, string>();
  const find = (key: string): string => {
    let at = key;
    for (let next = segments.get(at); next !== undefined && next !== at; next = segments.get(at)) at = next;
    return at;
  };
  const join = (a: string, b: string): void => {
    segments.set(find(a), find(b));
  };
  const candidates = participants.flatMap((participant) =>
    participant.candidates.map((candidate) => ({
      candidate,
      addresses: participant.node.addresses?.get(candidate.link),
    })),
  );
  for (const { candidate } of candidates) segments.set(linkKey(candidate), linkKey(candidate));
  for (const [index, { candidate: a, addresses: here }] of candidates.entries()) {
    for (const { candidate: b, addresses: there } of candidates.slice(index + 1)) {
      const shared =
        here && there
          ? here.some((x) => there.some((y) => x.prefix === y.prefix && sameNetwork(x, y, x.prefix)))
          : a.router === b.router;
      if (shared) join(linkKey(a), linkKey(b));
    }
  }
  return new Map([...segments.keys()].map((key) => [key, find(key)]));
}

/** The address that the others list as a peer and nobody else has; undefined where that leaves a choice. */
function guessedSource(candidate: Candidate, all: readonly Candidate[]): Address | undefined {
  if (!candidate.peers) return undefined;
  const fellows = all.filter((each) => each.router === candidate.router && each !== candidate);
  const taken = new Set([
    ...fellows.flatMap(({ source }) => source?.text ?? []),
    ...candidate.peers.map(({ text }) => text),
  ]);
  const left = new Map(
    fellows
      .flatMap(({ peers }) => peers ?? [])
      .flatMap((peer) => (taken.has(peer.text) ? [] : [[peer.text, peer] as const])),
  );
  return left.size === 1 ? [...left.values()][0] : undefined;
}
