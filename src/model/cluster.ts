/** The nodes of one run, and the virtual routers that they share. */
import { grouped } from '../../grammar/group-by.ts';
import type { LoadedCluster } from '../load/loaded.ts';
import { instanceNamed, testsNetwork, trackersFor } from './keepalived/index.ts';
import { routersOf } from './match.ts';
import { isComplete, type Node } from './node.ts';
import type { Member, VirtualRouter } from './router.ts';

export interface Cluster {
  /** The name it has in the configuration file; undefined without one. */
  readonly name: string | undefined;
  readonly nodes: readonly Node[];
  /** Nodes that run keepalived. */
  readonly balancers: readonly Node[];
  /** Web servers behind the balancers: as declared, or else the nodes that run nginx without keepalived beside balancers. */
  readonly backends: readonly Node[];
  readonly routers: readonly VirtualRouter[];
  /** Everything of every node could be read. */
  readonly complete: boolean;
  /** The network segment that the operator says its virtual routers live in. */
  readonly segment: string | undefined;
  /** Names of directives and objects in which its nodes may differ, as the operator says. */
  readonly allowDifferences: ReadonlySet<string>;
}

/**
 * The clusters that `nodes` form: nodes that share a virtual router belong together, and files that share nothing are
 * clusters of their own. Nodes without an instance of their own join all of them (web servers, plain proxies).
 */
export function clustersOf(nodes: readonly Node[]): readonly Cluster[] {
  const routers = routersOf(membersOf(nodes));
  const homes = new Map<Node, Group>();
  for (const router of routers) {
    const touched = new Set(router.members.flatMap(({ node }) => homes.get(node) ?? []));
    // The largest takes the others in, so that no node moves often.
    const [first = { nodes: [], routers: [] }, ...others] = [...touched].sort(
      (a, b) => b.nodes.length - a.nodes.length,
    );
    const joined = router.members.map(({ node }) => node).filter((node) => !homes.has(node));
    for (const node of [...joined, ...others.flatMap((group) => group.nodes)]) {
      first.nodes.push(node);
      homes.set(node, first);
    }
    for (const each of [...others.flatMap((group) => group.routers), router]) first.routers.push(each);
  }
  const others = nodes.filter((node) => !homes.has(node));
  const groups = homes.size > 0 ? new Set(homes.values()) : [{ nodes: [], routers: [] }];
  const order = new Map(nodes.map((node, index) => [node, index]));
  return [...groups].map((group): Cluster => {
    const all = [...group.nodes, ...others].sort((a, b) => order.get(a)! - order.get(b)!);
    const balancers = all.filter(({ keepalived }) => keepalived);
    return {
      name: undefined,
      nodes: all,
      balancers,
      backends: balancers.length > 0 ? all.filter(isPlainProxy) : [],
      routers: group.routers,
      complete: all.every(isComplete),
      segment: undefined,
      allowDifferences: new Set(),
    };
  });
}

/** Nodes that share routers, while they are found. */
interface Group {
  readonly nodes: Node[];
  readonly routers: VirtualRouter[];
}

/** The cluster that the operator declares: its nodes belong together, whatever they share. */
export function declaredCluster(
  { name, segment, allowDifferences }: Pick<LoadedCluster, 'name' | 'segment' | 'allowDifferences'>,
  nodes: readonly Node[],
  backends: readonly Node[],
): Cluster {
  const all = [...nodes, ...backends];
  const balancers = nodes.filter(({ keepalived }) => keepalived);
  return {
    name,
    nodes: all,
    balancers,
    backends: backends.length > 0 || balancers.length === 0 ? backends : nodes.filter(isPlainProxy),
    routers: routersOf(membersOf(nodes), true),
    complete: all.every(isComplete),
    segment,
    allowDifferences,
  };
}

const membersOf = (nodes: readonly Node[]): readonly Member[] =>
  nodes.flatMap((node) => (node.keepalived?.instances ?? []).map((instance): Member => ({ node, instance })));

const isPlainProxy = ({ keepalived, nginx }: Node): boolean => !keepalived && nginx.length > 0;

/** The routers of a cluster that several nodes share. */
export const sharedRouters = ({ routers }: Cluster): readonly VirtualRouter[] =>
  routers.filter(({ members }) => members.length > 1);

/** The parts that nodes have in the routers they share. */
export const sharedMembers = (cluster: Cluster): readonly Member[] =>
  sharedRouters(cluster).flatMap(({ members }) => members);

/**
 * The members of a cluster in which some node hears the others over one interface only; none where every node has a second
 * path. Undefined where an interface is not known.
 */
export function singlePath(cluster: Cluster): readonly Member[] | undefined {
  const members = sharedMembers(cluster);
  const interfaces = grouped(members, ({ node }) => node).map(
    (own) => new Set(own.map(({ instance }) => instance.interface.value)),
  );
  if (interfaces.some((names) => names.has(undefined))) return undefined;
  return interfaces.some(({ size }) => size === 1) ? members : [];
}

/** Whether some node can tell that it was cut off: it asks a third party, such as the gateway. */
export const hasArbiter = (members: readonly Member[]): boolean =>
  members.some(({ node, instance }) =>
    trackersFor(node.keepalived!, instance).some(
      (tracker) => tracker.kind !== 'interface' && testsNetwork(node.keepalived!, tracker),
    ),
  );

/** `lb1, lb2 and lb3`; of many the first ones, and how many more there are. */
export function nodeNames(members: readonly Member[]): string {
  const names = [...new Set(members.map(({ node }) => node.name))];
  if (names.length > 5) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more nodes`;
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** The only members of routers that have one node, where the nodes of the cluster share others. */
export function loneRouters({ routers }: Cluster): readonly Member[] {
  if (!routers.some(({ members }) => members.length > 1)) return [];
  return routers.flatMap(({ members: [only, ...more] }) => {
    if (more.length > 0) return [];
    // A second block of one name is skipped by the daemon, which is another matter.
    return instanceNamed(only.node.keepalived!, only.instance.name.value) === only.instance ? [only] : [];
  });
}
