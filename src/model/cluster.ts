/** The nodes of one run, and the virtual routers that they share. */
import { testsNetwork, trackersFor } from './keepalived/index.ts';
import { routersOf } from './match.ts';
import { isComplete, type Node } from './node.ts';
import { grouped, type Member, type VirtualRouter } from './router.ts';

export interface Cluster {
  /** The name it has in the configuration file; undefined without one. */
  readonly name: string | undefined;
  readonly nodes: readonly Node[];
  /** Nodes that run keepalived. */
  readonly balancers: readonly Node[];
  /** Nodes that run nginx without keepalived beside balancers: the web servers behind them. */
  readonly backends: readonly Node[];
  readonly routers: readonly VirtualRouter[];
  /** Everything of every node could be read. */
  readonly complete: boolean;
}

/**
 * The clusters that `nodes` form: nodes that share a virtual router belong together, and files that share nothing are
 * clusters of their own. Nodes without an instance of their own join all of them (web servers, plain proxies).
 */
export function clustersOf(nodes: readonly Node[]): readonly Cluster[] {
  const members = nodes.flatMap((node) =>
    (node.keepalived?.instances ?? []).map((instance): Member => ({ node, instance })),
  );
  const routers = routersOf(members);
  const others = nodes.filter((node) => !members.some((member) => member.node === node));
  const groups: Node[][] = [];
  for (const router of routers) {
    const joined = router.members.map(({ node }) => node);
    const touched = groups.filter((group) => group.some((node) => joined.includes(node)));
    const merged = [...new Set([...touched.flat(), ...joined])];
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
    groups.push(merged);
  }
  if (groups.length === 0) groups.push([]);
  return groups.map((group) => {
    const all = nodes.filter((node) => group.includes(node) || others.includes(node));
    const balancers = all.filter(({ keepalived }) => keepalived);
    return {
      name: undefined,
      nodes: all,
      balancers,
      backends:
        balancers.length > 0 ? all.filter(({ keepalived, nginx }) => !keepalived && nginx.length > 0) : [],
      routers: routers.filter((router) => router.members.every(({ node }) => group.includes(node))),
      complete: all.every(isComplete),
    };
  });
}

/** The routers of a cluster that several nodes share. */
export const sharedRouters = ({ routers }: Cluster): readonly VirtualRouter[] =>
  routers.filter(({ members }) => members.length > 1);

/** The parts that nodes have in the routers they share. */
export const sharedMembers = (cluster: Cluster): readonly Member[] =>
  sharedRouters(cluster).flatMap(({ members }) => members);

/**
 * The members of a cluster in which some node hears the others over one interface only; none where every node has a second
 * path, or an interface is not known.
 */
export function singlePath(cluster: Cluster): readonly Member[] {
  const members = sharedMembers(cluster);
  const interfaces = grouped(members, ({ node }) => node).map(
    (own) => new Set(own.map(({ instance }) => instance.interface.value)),
  );
  if (interfaces.some((names) => names.has(undefined))) return [];
  return interfaces.some(({ size }) => size === 1) ? members : [];
}

/** Whether some node can tell that it was cut off: it asks a third party, such as the gateway. */
export const hasArbiter = (members: readonly Member[]): boolean =>
  members.some(({ node, instance }) =>
    trackersFor(node.keepalived!, instance).some(
      (tracker) => tracker.kind !== 'interface' && testsNetwork(node.keepalived!, tracker),
    ),
  );

/** `lb1, lb2 and lb3`. */
export function nodeNames(members: readonly Member[]): string {
  const names = [...new Set(members.map(({ node }) => node.name))];
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
