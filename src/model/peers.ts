/** Whether the nodes of a virtual router that talk by unicast reach each other. */
import { grouped } from '../../grammar/group-by.ts';
import type { Span } from '../../grammar/text.ts';
import { repeatedPeers, sourceOf, transportOf } from './keepalived/index.ts';
import type { Located } from './located.ts';
import type { Address } from './net.ts';
import { type Member, slipBetween, type VirtualRouter } from './router.ts';

/** Why a node does not hear another. */
export interface PeerFault {
  /**
   * `copied-source`: both send from one address; `own-address`: a node lists itself instead; `swapped`: both do;
   * `other-address`: an address of nobody is listed instead; `wrong-source`: all others list another address than the node
   * sends from; `unlisted`: nothing stands for it.
   */
  readonly kind: 'copied-source' | 'own-address' | 'swapped' | 'other-address' | 'wrong-source' | 'unlisted';
  /** The node whose configuration is the first to look at. */
  readonly member: Member;
  readonly other: Member;
  readonly at: Span;
  /** The listed address that reaches nobody, or the shared source. */
  readonly listed: Located<string> | undefined;
  /** What it should be, as far as the files tell. */
  readonly wanted: Located<string> | undefined;
}

interface Party {
  readonly member: Member;
  readonly source: Located<string> | undefined;
  /** Undefined where one cannot be read. */
  readonly peers: readonly Located<string>[] | undefined;
  readonly at: Span;
}

const textOf = ({ value, at }: Located<Address>): Located<string> => ({ value: value.text, at });

function partyOf(member: Member): Party {
  const { instance, node } = member;
  const source = sourceOf(instance);
  const known = instance.unicastPeers.flatMap(({ value, at }) => (value ? [{ value: value.text, at }] : []));
  const readable = known.length === instance.unicastPeers.length && node.keepalived?.complete;
  return {
    member,
    source: source && textOf(source),
    peers: readable ? known : undefined,
    at: transportOf(node.keepalived!, instance).at,
  };
}

const unicastParties = ({ members }: VirtualRouter): readonly Party[] =>
  members
    .filter(({ node, instance }) => transportOf(node.keepalived!, instance).kind === 'unicast')
    .map(partyOf);

const lists = ({ peers }: Party, address: string | undefined): boolean | undefined =>
  address === undefined ? undefined : peers?.some(({ value }) => value === address);

/** The faults of one router, each cause once. */
export function peerFaults(router: VirtualRouter): readonly PeerFault[] {
  const copied = copiedSources(router);
  const parties = unicastParties(router);
  const sources = new Set(parties.flatMap(({ source }) => source?.value ?? []));
  const spare = ({ peers }: Party): readonly Located<string>[] =>
    (peers ?? []).filter(({ value }) => !sources.has(value));
  const isCopied = (party: Party): boolean =>
    copied.some(({ member, other }) => party.member === member || party.member === other);
  const deaf = new Map<Party, Set<Party>>(parties.map((party) => [party, new Set()]));
  for (const from of parties) {
    for (const to of parties) {
      if (from === to || isCopied(from) || isCopied(to) || !from.peers) continue;
      const reached = lists(from, to.source?.value);
      // Where the other's address is not known, any address that is nobody's may be it.
      const provable = reached === false || (to.source === undefined && spare(from).length === 0);
      if (provable && reached !== true && !standsFor(from, to, parties)) deaf.get(from)!.add(to);
    }
  }
  return [
    ...copied,
    ...[...deaf].flatMap(([from, deafTo]) =>
      [...deafTo].flatMap((to) => faultOf(from, to, deaf, parties, spare)),
    ),
  ];
}

/** Two nodes without a known address each may share the only address that is nobody's: then one of them is missing. */
const standsFor = (from: Party, to: Party, parties: readonly Party[]): boolean =>
  to.source === undefined &&
  parties.some((each) => each !== from && each !== to && each.source === undefined);

function faultOf(
  from: Party,
  to: Party,
  deaf: ReadonlyMap<Party, ReadonlySet<Party>>,
  parties: readonly Party[],
  spare: (party: Party) => readonly Located<string>[],
): readonly PeerFault[] {
  const { member } = from;
  const other = to.member;
  const own = from.peers?.find(({ value }) => value === from.source?.value);
  const back = deaf.get(to)!.has(from);
  const theirs = to.peers?.find(({ value }) => value === to.source?.value);
  if (own && back && theirs) {
    // Said once, of the second of the two.
    if (parties.indexOf(from) < parties.indexOf(to)) return [];
    return [{ kind: 'swapped', member, other, at: own.at, listed: own, wanted: theirs }];
  }
  const others = parties.filter((each) => each !== to && each.peers);
  const misled = others.filter((each) => deaf.get(each)!.has(to));
  const common = spare(from).filter(({ value }) => others.every((each) => lists(each, value)));
  const [meant] = common;
  if (to.source && others.length > 1 && misled.length === others.length && meant && common.length === 1) {
    if (others[0] !== from) return [];
    return [
      {
        kind: 'wrong-source',
        member: other,
        other: member,
        at: to.source.at,
        listed: to.source,
        wanted: meant,
      },
    ];
  }
  if (own) return [{ kind: 'own-address', member, other, at: own.at, listed: own, wanted: to.source }];
  const [first, ...more] = spare(from);
  const near = spare(from).find(({ value }) => to.source && slipBetween(value, to.source.value));
  const instead = near ?? (more.length === 0 ? first : undefined);
  // An address that everybody lists is that of a node that was not given.
  const isThird =
    instead !== undefined && !near && others.length > 1 && others.every((each) => lists(each, instead.value));
  if (instead && !isThird) {
    return [{ kind: 'other-address', member, other, at: instead.at, listed: instead, wanted: to.source }];
  }
  // Of an address that stands there twice one was meant for another node.
  const at = repeatedPeers(member.instance)[0]?.at ?? from.at;
  return [{ kind: 'unlisted', member, other, at, listed: undefined, wanted: to.source }];
}

/** Nodes that send from one address: a file was copied. */
function copiedSources({ members }: VirtualRouter): readonly PeerFault[] {
  const known = members.flatMap((member) => {
    const source = sourceOf(member.instance);
    return source ? [{ member, source: textOf(source) }] : [];
  });
  return grouped(known, ({ source }) => source.value).flatMap((alike): PeerFault[] => {
    if (alike.length < 2) return [];
    // Who lists the address as a peer cannot have it; else the node with the highest priority was there first.
    const isOwn = ({ member, source }: (typeof known)[number]): boolean =>
      member.instance.unicastPeers.some(({ value }) => value?.text === source.value);
    const ordered = [...alike].sort(
      (a, b) =>
        Number(isOwn(a)) - Number(isOwn(b)) ||
        (b.member.instance.priority.value ?? 0) - (a.member.instance.priority.value ?? 0),
    );
    const [right, ...wrong] = ordered;
    return wrong.map(({ member, source }) => {
      const taken = new Set(known.map((each) => each.source.value));
      const [wanted] = right!.member.instance.unicastPeers.filter(
        ({ value }) => value && !taken.has(value.text),
      );
      return {
        kind: 'copied-source',
        member,
        other: right!.member,
        at: source.at,
        listed: right!.source,
        wanted: wrong.length === 1 && wanted?.value ? { value: wanted.value.text, at: wanted.at } : undefined,
      };
    });
  });
}

/** A peer that is no node of the router. */
export interface StalePeer {
  readonly member: Member;
  readonly peer: Located<string>;
  /** A node that does not list it; undefined where all do: it may be a node that was not given. */
  readonly unlike: Member | undefined;
}

/** Listed addresses that nobody sends from, as far as the address of every node is known. */
export function stalePeers(router: VirtualRouter): readonly StalePeer[] {
  const parties = unicastParties(router);
  if (parties.length < 2 || parties.some(({ source, peers }) => !source || !peers)) return [];
  const explained = new Set(
    peerFaults(router).flatMap(({ listed, wanted }) => [listed?.value, wanted?.value]),
  );
  const sources = new Set(parties.map(({ source }) => source?.value));
  return parties.flatMap((party) =>
    (party.peers ?? []).flatMap((peer) => {
      if (sources.has(peer.value) || explained.has(peer.value)) return [];
      const unlike = parties.find((each) => !lists(each, peer.value))?.member;
      return [{ member: party.member, peer, unlike }];
    }),
  );
}

/** A node that lists its own address among its peers, where that is no part of a greater fault. */
export function ownPeers(
  router: VirtualRouter,
): readonly { member: Member; own: Located<string>; source: Located<string> }[] {
  const faults = peerFaults(router);
  return router.members.flatMap((member) => {
    const { unicastPeers, unicastSource } = member.instance;
    const own = unicastPeers.find(({ value }) => value && value.text === unicastSource?.value.text);
    if (!own?.value || !unicastSource) return [];
    const told = faults.some(
      (each) =>
        [each.member, each.other].includes(member) &&
        [each.listed?.value, each.wanted?.value].includes(own.value?.text),
    );
    return told
      ? []
      : [{ member, own: { value: own.value.text, at: own.at }, source: textOf(unicastSource) }];
  });
}
