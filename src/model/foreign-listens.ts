/** Sockets of a node's nginx on addresses that are another node's for good. */
import { groupBy } from '../../grammar/group-by.ts';
import type { Span } from '../../grammar/text.ts';
import type { Cluster } from './cluster.ts';
import type { Node } from './node.ts';
import { type Door, doorsOf, isBoundApart, ownAddressesOf, virtualAddressesOf } from './serving.ts';

/** A listen on an address that another node has. */
export interface ForeignListen {
  readonly node: Node;
  readonly door: Door;
  readonly owner: Node;
  /** Where it is said that the owner has it; undefined where the operator stated it. */
  readonly at: Span | undefined;
}

/** Listens that nginx cannot bind, for the address is the one that another node speaks from or has on an interface. */
export function* foreignListens({ nodes }: Cluster): Generator<ForeignListen> {
  const virtual = new Set(nodes.flatMap(virtualAddressesOf).map(({ address }) => address.text));
  const claims = nodes.flatMap((node) => ownAddressesOf(node).map((each) => ({ node, ...each })));
  const owners = groupBy(claims, ({ text }) => text);
  if (owners.size === 0) return;
  for (const node of nodes) {
    const doors = doorsOf(node);
    for (const door of doors) {
      const found = door.host === undefined || virtual.has(door.host) ? [] : (owners.get(door.host) ?? []);
      const [first] = found;
      // An address that several nodes claim is nobody's: that is a finding of its own, or each has it on a loopback.
      if (!first || found.some((each) => each.node !== first.node) || first.node === node) continue;
      if (isBoundApart(door, doors)) yield { node, door, owner: first.node, at: first.at };
    }
  }
}
