/** Where a node's virtual addresses are to be, against the interfaces and addresses that its host has. */
import { grouped } from '../../grammar/group-by.ts';
import type { Span } from '../../grammar/text.ts';
import type { HostAddress, HostInterface } from './host/index.ts';
import { hasOwnInterface, type Instance, trackersFor } from './keepalived/index.ts';
import { isLinkLocal, sameNetwork } from './net.ts';
import type { Node } from './node.ts';
import { virtualAddressesOf } from './serving.ts';
import { suggest } from './suggest.ts';

/** A virtual address that is a node's own besides. */
export interface Permanent {
  readonly at: Span;
  readonly text: string;
  /** What else it is, in words: `a permanent address of eth0`. */
  readonly where: string;
  readonly places: readonly Span[];
}

/** Whether an interface holds addresses that no ARP request asks for. */
export const isSilent = (name: string): boolean => /^(?:lo|dummy\d*)$/.test(name);

/** Virtual addresses that the host, or the conversation of the nodes, has for good; the owner's may be. */
export function permanentAddresses(node: Node): readonly Permanent[] {
  const found = virtualAddressesOf(node).flatMap(({ instance, virtual, address }): Permanent[] => {
    if (instance.priority.value === undefined || instance.priority.value === 255) return [];
    const at = { ...virtual.at, end: virtual.at.start + virtual.text.length };
    const { text } = address;
    for (const { name, addresses } of node.host.network.interfaces) {
      const own = isSilent(name) ? undefined : addresses.find(({ value }) => value.text === text);
      if (own) return [{ at, text, where: `a permanent address of ${name}`, places: own.at ? [own.at] : [] }];
    }
    const source = instance.unicastSource;
    const whose = instance.name.value;
    if (source?.value.text === text)
      return [{ at, text, where: `the unicast_src_ip of ${whose}`, places: [source.at] }];
    const peer = instance.unicastPeers.find(({ value }) => value?.text === text);
    return peer ? [{ at, text, where: `a unicast_peer of ${whose}`, places: [peer.at] }] : [];
  });
  return grouped(found, ({ text }) => text).map(([first]) => first);
}

/** An interface that the host does not have. */
export interface StrangeInterface {
  readonly name: string;
  readonly at: Span;
  /** Those that it has. */
  readonly known: readonly string[];
  readonly meant: string | undefined;
  readonly related: readonly Span[];
}

/** Kinds of interfaces that other programs than the network's managers make. */
const madeElsewhere =
  /^(?:lo|dummy|docker|br-|virbr|veth|wg|tun|tap|vrrp|macvlan|cali|flannel|cni|vxlan|gre|sit|ppp)/;

/** Interfaces that keepalived is to use and the host has not; none where not all of the host's are known. */
export function strangeInterfaces({ keepalived, host }: Node): readonly StrangeInterface[] {
  const { interfaces, complete } = host.network;
  if (!keepalived || !complete || interfaces.length === 0) return [];
  const names = new Set(interfaces.map(({ name }) => name));
  const made = new Set<string>();
  const found: StrangeInterface[] = [];
  for (const instance of keepalived.instances) {
    const used = [
      ...(instance.interface.written && instance.interface.value !== undefined
        ? [{ value: instance.interface.value, at: instance.interface.at }]
        : []),
      ...[...instance.addresses, ...instance.excluded].flatMap(({ dev }) => dev ?? []),
      ...trackersFor(keepalived, instance).flatMap(({ kind, name }) => (kind === 'interface' ? [name] : [])),
    ];
    for (const { value, at } of used) {
      // `eth0.20` may be made of eth0 by anybody.
      if (names.has(value) || madeElsewhere.test(value) || names.has(value.replace(/\.\d+$/, ''))) continue;
      if (made.has(value)) continue;
      made.add(value);
      const known = [...names].filter((name) => !madeElsewhere.test(name));
      if (known.length === 0) continue;
      found.push({
        name: value,
        at,
        known,
        meant: suggest(value, known)?.word ?? (known.length === 1 ? known[0] : undefined),
        related: interfaces.flatMap((each) => each.at ?? []).slice(0, 1),
      });
    }
  }
  return found;
}

/** An interface whose manager takes virtual addresses away. */
export interface Cleared {
  readonly at: Span;
  readonly name: string;
  readonly address: string;
  readonly instance: Instance;
}

/** The interfaces of virtual addresses on which systemd-networkd keeps nothing that is not its own. */
export function clearedInterfaces(node: Node): readonly Cleared[] {
  const found = new Map<HostInterface, Cleared>();
  for (const { instance, virtual, address } of virtualAddressesOf(node)) {
    const name = virtual.dev?.value ?? (hasOwnInterface(instance) ? undefined : instance.interface.value);
    // A .netdev of the same name tells nothing of it.
    const home = node.host.network.interfaces.find(
      (each) => each.name === name && each.manager === 'networkd' && each.keepsAddresses !== undefined,
    );
    if (!home?.at || home.keepsAddresses || found.has(home)) continue;
    found.set(home, { at: home.at, name: home.name, address: address.text, instance });
  }
  return [...found.values()];
}

/** A virtual address on an interface whose networks are others, where another interface has its network. */
export interface Misplaced {
  readonly at: Span;
  readonly text: string;
  readonly name: string;
  readonly other: string;
  /** An address of either interface. */
  readonly own: HostAddress;
  readonly like: HostAddress;
  /** What says that it goes there. */
  readonly choice: Span;
}

/** Virtual addresses that the host has on the wrong one of its interfaces, the first of each. */
export function misplacedAddresses(node: Node): readonly Misplaced[] {
  // Every link has a link-local address of IPv6.
  const networks = node.host.network.interfaces.flatMap(({ name, addresses }) =>
    addresses.flatMap(({ value, at }) =>
      value.explicit && !isLinkLocal(value) && !madeElsewhere.test(name) ? [{ name, value, at }] : [],
    ),
  );
  const found = virtualAddressesOf(node).flatMap(({ instance, virtual, address }): Misplaced[] => {
    const { value: name, at: choice } = virtual.dev ?? instance.interface;
    const own = networks.filter((each) => each.name === name && each.value.family === address.family);
    const fit = networks.filter(({ value }) => sameNetwork(address, value, value.prefix));
    if (name === undefined || !own[0] || !fit[0] || fit.some((each) => each.name === name)) return [];
    const at = { ...virtual.at, end: virtual.at.start + virtual.text.length };
    return [
      {
        at,
        text: address.text,
        name,
        own: own[0],
        other: fit[0].name,
        like: fit[0],
        choice,
      },
    ];
  });
  return grouped(found, ({ name, other }) => `${name} ${other}`).map(([first]) => first);
}
