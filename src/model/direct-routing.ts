/** Direct routing (LVS): the director passes frames on, and the real servers hold the address without saying so. */
import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import type { Cluster } from './cluster.ts';
import { forwardingOf, type Statement, statementsOf } from './keepalived/index.ts';
import { parseAddress } from './net.ts';
import type { Node } from './node.ts';
import { isSilent } from './placement.ts';

/** A real server that answers ARP requests for an address that is the director's. */
export interface Talkative {
  readonly node: Node;
  /** The switches that are off. */
  readonly missing: readonly string[];
  /** Where it has the address, for which no switch helps: not on loopback. */
  readonly interface: string | undefined;
  /** The virtual address, or what stands for it. */
  readonly address: string;
  /** The line of the real server, or of the method. */
  readonly at: Span;
  /** Where the address is, or a switch is set, to too little or for loopback alone. */
  readonly places: readonly Span[];
}

/** The least that each switch must be, so that loopback’s addresses are neither answered for nor announced (ip-sysctl). */
const wanted = { arp_ignore: 1, arp_announce: 2 } as const;

/** Real servers that answer for the virtual address: they have it on a link, or their kernel settings are at hand and let them. */
export function talkativeServers({ balancers, nodes }: Cluster): readonly Talkative[] {
  const direct = balancers.flatMap(({ keepalived }) => keepalived?.virtualServers ?? []).filter(isDirect);
  if (direct.length === 0) return [];
  return nodes.flatMap((node): Talkative[] => {
    if (node.keepalived) return [];
    const server = direct.find((each) => isServed(node, each));
    if (!server) return [];
    const line = realServers(server).find((each) => isOwn(node, each)) ?? forwardingOf(server.body)!;
    const virtual = parseAddress(server.args[0]?.text ?? '')?.text;
    const common = { node, address: virtual ?? 'the virtual address', at: headSpan(line.directive) };
    for (const { name, addresses } of node.host.network.interfaces) {
      const own = isSilent(name) ? undefined : addresses.find(({ value }) => value.text === virtual);
      if (own) return [{ ...common, missing: [], interface: name, places: own.at ? [own.at] : [] }];
    }
    if (!node.host.sysctl.given) return [];
    const faults = (Object.keys(wanted) as (keyof typeof wanted)[]).flatMap((name) => {
      const state = stateOf(node, name);
      return state.enough === false ? [{ name, at: state.at }] : [];
    });
    if (faults.length === 0) return [];
    const missing = faults.map(({ name }) => name);
    return [{ ...common, missing, interface: undefined, places: faults.flatMap(({ at }) => at ?? []) }];
  });
}

const isDirect = ({ body }: Statement): boolean => forwardingOf(body)?.args[0]?.text.toUpperCase() === 'DR';

const realServers = ({ body }: Statement): readonly Statement[] => statementsOf(body, 'real_server');

/** Whether a node is one of a virtual server's real servers: by its addresses, or because nothing else is known of it. */
function isServed(node: Node, server: Statement): boolean {
  const known = addressesOf(node);
  return known.size === 0 ? node.nginx.length > 0 : realServers(server).some((each) => isOwn(node, each));
}

const isOwn = (node: Node, server: Statement): boolean => {
  const word = server.args[0];
  const address = word && parseAddress(word.text);
  return address !== undefined && addressesOf(node).has(address.text);
};

function addressesOf({ host, nginx }: Node): ReadonlySet<string> {
  return new Set([
    ...host.network.interfaces.flatMap(({ addresses }) => addresses.map(({ value }) => value.text)),
    ...nginx.flatMap(({ servers }) =>
      servers.flatMap(({ listens }) =>
        listens.flatMap(({ value }) => parseAddress(value.host ?? '')?.text ?? []),
      ),
    ),
  ]);
}

/** Whether a switch is high enough; the kernel takes the higher of `all` and the interface's own. */
function stateOf({ host }: Node, name: keyof typeof wanted): { enough: boolean | undefined; at?: Span } {
  const values = [...host.sysctl.keys].filter(
    ([key]) => key.startsWith('net.ipv4.conf.') && key.endsWith(`.${name}`) && !/\.lo\./.test(key),
  );
  if (values.some(([, { value }]) => Number(value) >= wanted[name])) return { enough: true };
  const all = host.sysctl.value(`net.ipv4.conf.all.${name}`);
  if (all === 'unknown') return { enough: undefined };
  const written = all === 'unset' ? host.sysctl.keys.get(`net.ipv4.conf.lo.${name}`) : all;
  return written ? { enough: false, at: written.at } : { enough: false };
}
