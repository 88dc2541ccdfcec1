/** From what was read to what it means: the nodes of a run, and the clusters that they form. */
import type { Loaded, LoadedNode, NginxFiles } from '../load/loaded.ts';
import { type Cluster, clustersOf, declaredCluster } from './cluster.ts';
import { hostModel } from './host/index.ts';
import { keepalivedModel } from './keepalived/index.ts';
import type { Prefixed } from './net.ts';
import { type NginxModel, nginxModel } from './nginx/index.ts';
import type { Node } from './node.ts';
import type { Version } from './version.ts';

/** The versions that run, where the operator says so for all nodes; they count more than the facts of a node. */
export interface Versions {
  readonly keepalived?: Version | undefined;
  readonly nginx?: Version | undefined;
}

/** The nodes of `loaded` and its clusters: those that the operator declares, or else those that share virtual routers. */
export function understand(
  loaded: Loaded,
  versions: Versions = {},
): { readonly nodes: readonly Node[]; readonly clusters: readonly Cluster[] } {
  const models: Models = new Map();
  const nodes = new Map(loaded.nodes.map((node) => [node, nodeOf(node, versions, models)]));
  const known = (list: readonly LoadedNode[]): readonly Node[] => list.map((node) => nodes.get(node)!);
  return {
    nodes: [...nodes.values()],
    clusters:
      loaded.clusters?.map((each) => declaredCluster(each, known(each.nodes), known(each.backends))) ??
      clustersOf(known(loaded.nodes)),
  };
}

type Models = Map<NginxFiles, NginxModel>;

/** The same files, shared by several nodes, are understood once. */
function nodeOf(
  { name, keepalived, nginx, host, addresses, facts }: LoadedNode,
  versions: Versions,
  models: Models,
): Node {
  const version = {
    keepalived: versions.keepalived ?? facts.keepalived,
    nginx: versions.nginx ?? facts.nginx,
  };
  const model = (files: NginxFiles): NginxModel => {
    const known = models.get(files) ?? nginxModel(files, { version: version.nginx });
    models.set(files, known);
    return known;
  };
  const balancer = keepalived && keepalivedModel(keepalived, { version: version.keepalived });
  const isShared = ({ text }: Prefixed): boolean =>
    (balancer?.instances ?? []).some((instance) =>
      [...instance.addresses, ...instance.excluded].some(({ address }) => address?.text === text),
    );
  return {
    name,
    keepalived: balancer,
    nginx: nginx.map(model),
    host: hostModel(host, addresses, isShared),
    addresses,
    facts: { ...facts, ...version },
  };
}
