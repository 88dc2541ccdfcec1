/** The VRRP adverts of a node as packets, for the filters that they meet. */
import { type Drop, dropOf, type Packet } from './host/index.ts';
import {
  hasOwnInterface,
  type Instance,
  type KeepalivedModel,
  sourceOf,
  transportOf,
} from './keepalived/index.ts';
import { type Address, parseAddress } from './net.ts';
import type { Node } from './node.ts';
import type { Member, VirtualRouter } from './router.ts';

/** An advert that the host's own filter drops. */
export interface LostAdvert extends Drop {
  readonly instance: Instance;
  readonly packet: Packet;
}

/** The first advert of each instance and direction that does not get through. */
export function lostAdverts({ keepalived, host }: Node): readonly LostAdvert[] {
  if (!keepalived || host.firewall.length === 0) return [];
  return keepalived.instances.flatMap((instance) =>
    (['in', 'out'] as const).flatMap((direction): LostAdvert[] => {
      for (const packet of packetsOf(keepalived, instance, direction)) {
        const drop = dropOf(host.firewall, packet);
        if (drop) return [{ ...drop, instance, packet }];
      }
      return [];
    }),
  );
}

/**
 * What drops, for certain, the adverts of one part of a router on their way to another, by the filter of either host; an
 * address that nobody knows is undefined.
 */
export function dropBetween(
  from: Member,
  to: Member,
  [source, target]: readonly [from: Address | undefined, to: Address | undefined],
): (Drop & { readonly node: Node }) | undefined {
  for (const [{ node, instance }, direction, other] of [
    [from, 'out', target],
    [to, 'in', source],
  ] as const) {
    if (!node.keepalived || node.host.firewall.length === 0) continue;
    for (const packet of packetsOf(node.keepalived, instance, direction)) {
      const peer = direction === 'in' ? packet.source : packet.destination;
      if (!packet.multicast && (!peer || peer.text !== other?.text)) continue;
      const drop = dropFrom(source ? [source] : sourcesOf(from), node, packet);
      if (drop) return { ...drop, node };
    }
  }
  return undefined;
}

/** The adverts of one node that the filter of another drops because of where they come from. */
export interface LostPeer extends Drop {
  readonly from: Member;
  readonly to: Member;
  readonly source: Address;
}

/** The first of each node that a node does not let in, although it lets in adverts of some address. */
export function* lostPeers({ members }: VirtualRouter): Generator<LostPeer> {
  for (const to of members) {
    const { node, instance } = to;
    if (!node.keepalived || node.host.firewall.length === 0) continue;
    const [packet] = packetsOf(node.keepalived, instance, 'in');
    if (!packet?.multicast || dropOf(node.host.firewall, packet)) continue;
    for (const from of members) {
      const [source] = sourcesOf(from);
      const isOther =
        from.node !== node && transportOf(from.node.keepalived!, from.instance).kind === 'multicast';
      const drop = isOther && source ? dropFrom(sourcesOf(from), node, packet) : undefined;
      if (drop) yield { ...drop, from, to, source: source! };
    }
  }
}

/** What drops a packet whichever of these addresses it comes from; only multicast does not tell by itself. */
function dropFrom(sources: readonly Address[], { host }: Node, packet: Packet): Drop | undefined {
  const isOpen = packet.multicast && packet.direction === 'in' && sources.length > 0;
  const drops = isOpen
    ? sources.map((source) => dropOf(host.firewall, { ...packet, source }))
    : [dropOf(host.firewall, packet)];
  return drops.includes(undefined) ? undefined : drops[0];
}

/** Where the multicast adverts of IPv4 may come from: as written, or else the addresses of the interface, as far as they are known. */
function sourcesOf({ node, instance }: Member): readonly Address[] {
  const { family, interface: link } = instance;
  const written = sourceOf(instance);
  if (written) return [written.value];
  return node.host.network.interfaces.flatMap(({ name, addresses }) =>
    name === link.value
      ? addresses.flatMap(({ value }) => (family === 'inet' && value.family === family ? value : []))
      : [],
  );
}

/** What an instance sends or hears: one packet per peer, or one to the group; none where it is not known. */
function packetsOf(
  keepalived: KeepalivedModel,
  instance: Instance,
  direction: Packet['direction'],
): readonly Packet[] {
  const { family, authentication, unicastPeers, unicastSource } = instance;
  if (!family || authentication.type === undefined) return [];
  const common = {
    direction,
    family,
    // vrrp_build_ah() puts an authentication header around it.
    protocol: authentication.type === 'AH' ? 51 : 112,
    interface: hasOwnInterface(instance) ? undefined : instance.interface.value,
  };
  if (unicastPeers.length > 0) {
    const own = unicastSource?.value;
    return unicastPeers.flatMap(({ value: peer }) =>
      peer
        ? [
            {
              ...common,
              multicast: false,
              source: direction === 'in' ? peer : own,
              destination: direction === 'in' ? own : peer,
            },
          ]
        : [],
    );
  }
  const destination = parseAddress(transportOf(keepalived, instance).group?.value ?? '');
  return destination ? [{ ...common, multicast: true, source: undefined, destination }] : [];
}
