/** Directors that pass packets to each other: by direct routing and by tunnels a packet comes as the client sent it. */
import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import type { Cluster } from './cluster.ts';
import { forwardingOf, type Statement, spelledArgs, statementsOf } from './keepalived/index.ts';
import { parseAddress } from './net.ts';
import type { Node } from './node.ts';
import { ownAddressesOf } from './serving.ts';

/** Two nodes that balance one virtual server, and are real servers of it for each other. */
export interface Circle {
  readonly node: Node;
  readonly other: Node;
  /** The virtual server in words: `10.0.0.100 80`. */
  readonly server: string;
  /** The real server that is the other node, and where that one has this node. */
  readonly at: Span;
  readonly back: Span;
}

/** The first circle of each two nodes. */
export function* circles({ balancers }: Cluster): Generator<Circle> {
  const open = balancers.filter((node) => node.keepalived?.complete && !isGuarded(node));
  if (open.length < 2) return;
  const owners = new Map(
    open.flatMap((node) => ownAddressesOf(node).map(({ text }) => [text, node] as const)),
  );
  const passed = new Map(open.map((node) => [node, passedTo(node, owners)]));
  for (const [node, here] of passed) {
    const told = new Set<Node>();
    for (const [server, others] of here) {
      for (const [other, at] of others) {
        const back = passed.get(other)?.get(server)?.get(node);
        // Seen from the first of the two.
        if (!back || told.has(other) || open.indexOf(other) < open.indexOf(node)) continue;
        told.add(other);
        yield { node, other, server: server.slice(0, server.lastIndexOf('/')), at, back };
      }
    }
  }
}

/** For each virtual server, the other nodes that are real servers of it and get packets as they came. */
function passedTo(
  node: Node,
  owners: ReadonlyMap<string, Node>,
): ReadonlyMap<string, ReadonlyMap<Node, Span>> {
  const found = new Map<string, Map<Node, Span>>();
  for (const server of node.keepalived!.virtualServers) {
    // What a firewall marks can be told apart by where it came from.
    if (!addressOf(server)) continue;
    const protocol = statementsOf(server.body, 'protocol').at(-1)?.args[0]?.text ?? 'UDP';
    const others = new Map<Node, Span>();
    for (const real of statementsOf(server.body, 'real_server')) {
      const method = (forwardingOf(real.body) ?? forwardingOf(server.body))?.args[0]?.text;
      const owner = owners.get(addressOf(real) ?? '');
      if (owner && owner !== node && (method === 'DR' || method === 'TUN'))
        others.set(owner, headSpan(real.directive));
    }
    if (others.size > 0) found.set(`${spelledArgs(server).join(' ')}/${protocol}`, others);
  }
  return found;
}

const addressOf = ({ args: [word] }: Statement): string | undefined => word && parseAddress(word.text)?.text;

/** It may know packets of another director: by the state of its sync daemon, or as its scripts take the virtual servers away. */
function isGuarded({ keepalived, host }: Node): boolean {
  const { statements, scripts } = keepalived!;
  const syncs = statements.some(({ body }) =>
    body.some(({ keyword }) => keyword?.name.startsWith('lvs_sync_daemon')),
  );
  const only = host.sysctl.value('net.ipv4.vs.backup_only');
  const isOff = host.sysctl.given && (only === 'unset' || (only !== 'unknown' && Number(only.value) === 0));
  return (
    (syncs && !isOff) ||
    scripts.some(({ statement }) => statement.keyword?.name.startsWith('notify') === true)
  );
}
