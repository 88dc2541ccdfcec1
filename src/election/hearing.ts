/** Who hears whom: the receive path of vrrp_check_packet(), as far as the configurations decide it. */
import { grouped } from '../../grammar/group-by.ts';
import type { Span } from '../../grammar/text.ts';
import { dropBetween } from '../model/adverts.ts';
import { dropsOtherAddresses, keywordSpan, lastOf, valueSpan } from '../model/keepalived/index.ts';
import { type Address, compareAddresses, isLinkLocal, networkOf, type Prefixed } from '../model/net.ts';
import type { Candidate, Participant } from './candidates.ts';
import { setsOf } from './sets.ts';

/**
 * What becomes of the adverts of one candidate at another: `heard`; `dropped`: they arrive and are refused; `unheard`: they
 * do not even arrive. `why` is the first reason, in words.
 */
export interface Reception {
  readonly kind: 'heard' | 'dropped' | 'unheard';
  readonly why: string;
  /** The lines that decide it, of either node. */
  readonly at: readonly Span[];
  /** Whether a setting decides that must be the same, the place of the hosts in the network, or who sends by a virtual MAC or listens on a link-local address. */
  readonly topic: 'setting' | 'network' | 'virtual-mac' | 'link-local';
}

const heard: Reception = { kind: 'heard', why: '', at: [], topic: 'setting' };
const dropped = ({ why, at }: Gap): Reception => ({ kind: 'dropped', why, at, topic: 'setting' });
const unheard = ({ why, at, topic = 'setting' }: Gap): Reception => ({ kind: 'unheard', why, at, topic });

/** Something in which two candidates differ. */
interface Gap {
  readonly why: string;
  readonly at: readonly Span[];
  readonly topic?: Reception['topic'];
}

/** What both of two candidates say of one setting. */
const gap = (why: string, from: Candidate, to: Candidate, place: (candidate: Candidate) => Span): Gap => ({
  why,
  at: [place(from), place(to)],
});

/** What decides besides the two candidates. */
interface Surroundings {
  /** Whether two candidates' interfaces are in one network segment. */
  readonly together: (a: Candidate, b: Candidate) => boolean;
  /** The source address of a candidate, as written, or as the others' peer lists tell. */
  readonly sourceOf: (candidate: Candidate) => Address | undefined;
  /** Why a packet filter of one of them keeps the adverts of the first from the second. */
  readonly filterGap: (from: Candidate, to: Candidate) => Gap | undefined;
  /** Adverts that list other addresses are refused (vrrp_check_packet() before 2.3.3). */
  readonly comparesAddresses: (candidate: Candidate) => boolean;
  /** The order of two senders of one priority, as vrrp_saddr_cmp() sees it; 0 where nothing tells. */
  readonly compareSources: (a: Candidate, b: Candidate) => number;
}

/** What becomes of the adverts that `from` sends when they come to `to`. */
export function receptionOf(from: Candidate, to: Candidate, around: Surroundings): Reception {
  const differ = (why: string, place: (candidate: Candidate) => Span): Gap => gap(why, from, to, place);
  if (from.node === to.node) return unheard({ why: 'they are one node', at: [] });
  if (from.family !== to.family) {
    return unheard(differ('one speaks IPv4, the other IPv6', ({ instance }) => instance.addressList));
  }
  if (from.virtualRouterId !== to.virtualRouterId) {
    const why = `virtual_router_id is ${from.virtualRouterId} and ${to.virtualRouterId}`;
    return unheard(differ(why, ({ instance }) => instance.virtualRouterId.at));
  }
  const transport = transportGap(from, to, around) ?? around.filterGap(from, to);
  if (transport) return unheard(transport);
  if (from.version !== to.version) {
    const why = `VRRP version is ${from.version} and ${to.version}`;
    return dropped(differ(why, ({ instance }) => instance.version.at));
  }
  if (to.checksSource && from.peers) {
    const source = around.sourceOf(from);
    if (source && !to.peers?.some(({ text }) => text === source.text)) {
      return dropped(
        differ(`${to.node} takes adverts of its peers only, not of ${source.text}`, placeOfTransport),
      );
    }
  }
  const proof = authenticationGap(from, to);
  if (proof !== undefined) return dropped(differ(proof, ({ instance }) => instance.authentication.at));
  if (from.version === 2 && from.advert !== to.advert) {
    const why = `advert_int is ${from.advert} and ${to.advert}`;
    return dropped(differ(why, ({ instance }) => instance.advertInterval.at));
  }
  if (around.comparesAddresses(to) && from.advertised.join() !== to.advertised.join()) {
    return dropped(differ('their virtual addresses differ', ({ instance }) => instance.addressList));
  }
  return heard;
}

/** Why adverts do not even reach the other socket. */
function transportGap(from: Candidate, to: Candidate, { together, sourceOf }: Surroundings): Gap | undefined {
  const differ = (why: string, place = placeOfTransport): Gap => gap(why, from, to, place);
  if ((from.peers === undefined) !== (to.peers === undefined)) {
    return differ('one sends multicast, the other unicast');
  }
  const [source, target] = [sourceOf(from), sourceOf(to)];
  // The kernel takes what claims to come from an address of its own for a martian.
  if (source && source.text === target?.text)
    return { ...differ(`both send from ${source.text}`), topic: from.peers ? 'setting' : 'network' };
  // Strict mode has taken vmac_xmit_base away, and packets to the host's own address never come by the virtual interface.
  if (from.peers && from.virtualMac === 'own' && to.virtualMac === 'own') {
    return {
      ...differ('strict mode puts unicast on the virtual MAC', placeOfVirtualMac),
      topic: 'virtual-mac',
    };
  }
  if (from.peers) {
    // open_vrrp_read_socket() binds to the source address.
    if (listensOnLinkLocal(to) && !from.peers.some(isLinkLocal)) {
      return {
        ...differ(`without unicast_src_ip ${to.node} has its link-local address`),
        topic: 'link-local',
      };
    }
    if (!target || from.peers.some(({ text }) => text === target.text)) return undefined;
    return differ(`unicast_peer of ${from.node} does not list ${target.text} of ${to.node}`);
  }
  // The kernel gives a frame that comes from the MAC address of a private macvlan to that alone (macvlan_handle_frame()).
  if (from.virtualMac === 'own' && to.virtualMac === 'base') {
    return {
      ...differ(`${to.node} takes the virtual MAC for its own`, placeOfVirtualMac),
      topic: 'virtual-mac',
    };
  }
  if (from.group !== to.group) return differ(`the multicast group is ${from.group} and ${to.group}`);
  if (together(from, to)) return undefined;
  return {
    ...differ('their interfaces are in different networks', ({ instance }) => instance.interface.at),
    topic: 'network',
  };
}

/** Where a candidate says how it sends. */
function placeOfTransport({ instance }: Candidate): Span {
  const source = lastOf(instance.statement.body, 'mcast_src_ip');
  const peer = instance.unicastPeers[0]?.at ?? instance.unicastSource?.at;
  return peer ?? (source ? valueSpan(source) : instance.head);
}

/** Without a source of its own an instance of IPv6 sends from the link-local address and binds to it (vrrp_complete_instance()). */
const listensOnLinkLocal = ({ family, peers, instance: { unicastSource, statement } }: Candidate): boolean =>
  family === 'inet6' && peers !== undefined && !unicastSource && !lastOf(statement.body, 'mcast_src_ip');

function placeOfVirtualMac({ instance: { statement, head } }: Candidate): Span {
  const line = lastOf(statement.body, 'vmac_xmit_base') ?? lastOf(statement.body, 'use_vmac');
  return line ? keywordSpan(line) : head;
}

function authenticationGap(from: Candidate, to: Candidate): string | undefined {
  const [a, b] = [from.instance.authentication, to.instance.authentication];
  if (a.type !== b.type) return `authentication is ${a.type} and ${b.type}`;
  return a.type !== 'none' && a.secret?.value !== b.secret?.value ? 'auth_pass differs' : undefined;
}

/** What `participants` are surrounded by, in the segments of all that take part in the election. */
export function surroundings(participants: readonly Participant[], segments: Segments): Surroundings {
  const versions = new Map(participants.map(({ name, version }) => [name, version]));
  const nodes = new Map(participants.map(({ name, node }) => [name, node]));
  const all = participants.flatMap(({ candidates }) => candidates);
  const sources = new Map(
    grouped(all, ({ router }) => router).flatMap((fellows) =>
      fellows.map((each) => [each, each.source ?? guessedSource(each, fellows)]),
    ),
  );
  return {
    together: (a, b) => segments(linkKey(a)) === segments(linkKey(b)),
    sourceOf: (candidate) => sources.get(candidate),
    filterGap: (from, to) => {
      const [a, b] = [nodes.get(from.node)!, nodes.get(to.node)!];
      const drop = dropBetween({ node: a, instance: from.instance }, { node: b, instance: to.instance }, [
        sources.get(from),
        sources.get(to),
      ]);
      return drop && { why: `${drop.chain.name} of ${drop.node.name} drops them`, at: [drop.at] };
    },
    comparesAddresses: ({ node }) => dropsOtherAddresses(versions.get(node)) === true,
    compareSources: (a, b) => {
      const [left, right] = [sources.get(a), sources.get(b)];
      return left && right ? compareAddresses(left, right) : 0;
    },
  };
}

/** Tells an interface of a node from all others. */
export const linkKey = ({ node, link }: Pick<Candidate, 'node' | 'link'>): string => `${node}\0${link}`;

/** Tells the network segment of an interface. */
export type Segments = (link: string) => string;

/**
 * Interfaces by network segment: those with addresses in one subnet; where the addresses of some are not known, the nodes
 * of one virtual router are taken to share one.
 */
export function segmentsOf(participants: readonly Participant[]): Segments {
  const seats = participants.flatMap(({ node, candidates }) =>
    candidates.map((candidate) => ({ candidate, addresses: node.addresses?.get(candidate.link) })),
  );
  const vague = new Set(seats.flatMap(({ candidate, addresses }) => (addresses ? [] : [candidate.router])));
  return setsOf(
    seats.map(({ candidate, addresses = [] }) => [
      linkKey(candidate),
      ...addresses.map(subnetOf),
      ...(vague.has(candidate.router) ? [`router ${candidate.router}`] : []),
    ]),
  );
}

/** Link-local addresses do not tell one link from another. */
const subnetOf = (address: Prefixed): string => networkOf(address) ?? `${address.family} of any link`;

/** The address that the others of its router list as a peer and nobody else has; undefined where that leaves a choice. */
function guessedSource(candidate: Candidate, members: readonly Candidate[]): Address | undefined {
  if (!candidate.peers) return undefined;
  const fellows = members.filter((each) => each !== candidate);
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
