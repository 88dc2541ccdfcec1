/** The connections of clients to a node's nginx as packets, for the filters that they meet. */
import type { Cluster } from './cluster.ts';
import { type Drop, dropOf, type Packet } from './host/index.ts';
import { hasOwnInterface } from './keepalived/index.ts';
import { protocolOf } from './nginx/index.ts';
import type { Node } from './node.ts';
import { type Door, doorsOf, doorsTo, type Held, virtualAddressesOf } from './serving.ts';

/** A connection that one node's filter drops, and another's does not. */
export interface LostConnection extends Drop {
  readonly node: Node;
  readonly other: Node;
  /** `A:P`, with what the port is of where that is not TCP. */
  readonly target: string;
  readonly door: Door;
}

/**
 * The ports of virtual addresses that nginx listens on, where the filter of one node lets nobody in and that of another
 * lets somebody. What is closed everywhere may be meant to be.
 */
export function* lostConnections({ balancers }: Cluster): Generator<LostConnection> {
  // What the kernel balances reaches no socket of the node.
  const nodes = balancers.filter(
    ({ keepalived, host }) => host.firewall.length > 0 && keepalived!.virtualServers.length === 0,
  );
  if (nodes.length < 2) return;
  const ways = nodes.map((node) => ({ node, ways: waysInto(node) }));
  for (const { node, ways: own } of ways) {
    for (const [target, { packet, door }] of own) {
      const drop = dropOf(node.host.firewall, packet);
      if (!drop) continue;
      const other = ways.find((each) => {
        const way = each.ways.get(target);
        return way && !dropOf(each.node.host.firewall, way.packet);
      });
      if (other) yield { ...drop, node, other: other.node, target, door };
    }
  }
}

/** The first packet of a connection to each address and port that nginx answers on. */
function waysInto(node: Node): ReadonlyMap<string, { readonly packet: Packet; readonly door: Door }> {
  const ways = new Map<string, { packet: Packet; door: Door }>();
  const doors = doorsOf(node);
  for (const held of virtualAddressesOf(node)) {
    for (const door of doorsTo(doors, held.address)) {
      const { port, lastPort } = door.listen.value;
      if (port === undefined || lastPort !== undefined) continue;
      const { text, family } = held.address;
      const protocol = protocolOf(door.listen);
      const target = `${family === 'inet6' ? `[${text}]` : text}:${port}${protocol === 'udp' ? ' (UDP)' : ''}`;
      if (!ways.has(target)) ways.set(target, { packet: packetTo(held, port, protocol), door });
    }
  }
  return ways;
}

const packetTo = ({ instance, virtual, address }: Held, port: number, protocol: string): Packet => ({
  direction: 'in',
  family: address.family,
  protocol: protocol === 'udp' ? 17 : 6,
  source: undefined,
  destination: address,
  interface: hasOwnInterface(instance) ? undefined : (virtual.dev?.value ?? instance.interface.value),
  multicast: false,
  port,
});
