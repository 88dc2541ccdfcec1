/** Network segments: which virtual routers of different clusters hear each other. */
import type { Cluster } from './cluster.ts';
import { transportOf } from './keepalived/index.ts';
import { networkOf, type Prefixed } from './net.ts';
import type { Member, VirtualRouter } from './router.ts';

/** All clusters of a run. */
export interface Fleet {
  readonly clusters: readonly Cluster[];
}

/** A virtual router with a VRID that it sends to all of its segment. */
export interface Sender {
  readonly cluster: Cluster;
  readonly router: VirtualRouter;
  /** The first of its nodes with this VRID. */
  readonly member: Member;
}

/** Two virtual routers of different clusters with one VRID on one segment. */
export interface Collision {
  readonly sender: Sender;
  /** Of an earlier cluster. */
  readonly other: Sender;
  /** The segment that both clusters are said to live in; undefined where a network tells. */
  readonly segment: string | undefined;
  /** The network that both are in; undefined where the operator says the segment. */
  readonly network: string | undefined;
}

/** Senders of one place that are compared with the next: the first ones, so that the cost stays linear. */
const compared = 8;

/**
 * The virtual routers that meet one with their VRID, each with the first that it meets. What two clusters share is only
 * known where the operator names the segment, or where both have addresses of one network. Two that hold the same address
 * are in different places, or they would have been one cluster.
 */
export function* collisions({ clusters }: Fleet): Generator<Collision> {
  const heard = new Map<string, Sender[]>();
  for (const cluster of clusters) {
    for (const { sender, channel } of cluster.routers.flatMap((router) => sendersOf(cluster, router))) {
      const places = [
        ...(cluster.segment === undefined ? [] : [{ segment: cluster.segment, network: undefined }]),
        ...[...networksOf(sender.router)].map((network) => ({ segment: undefined, network })),
      ];
      let isFound = false;
      for (const place of places) {
        const key = JSON.stringify([channel, place.segment, place.network]);
        const known = heard.get(key) ?? [];
        heard.set(key, known);
        const other = known.find((each) => meets(sender, each, place.segment !== undefined));
        if (other && !isFound) yield { sender, other, ...place };
        isFound ||= other !== undefined;
        if (known.length < compared) known.push(sender);
      }
    }
  }
}

function meets(a: Sender, b: Sender, isDeclared: boolean): boolean {
  if (a.cluster === b.cluster || isSameFile(a, b)) return false;
  if (isDeclared) return true;
  const differ = a.cluster.segment !== undefined && b.cluster.segment !== undefined;
  return !differ && ![...addressesOf(a.router)].some((address) => addressesOf(b.router).has(address));
}

/** Two clusters may name one node. */
const isSameFile = (a: Sender, b: Sender): boolean =>
  a.member.instance.head.source.path === b.member.instance.head.source.path;

/** What a router sends to everybody: nothing where it talks to listed peers only. Its channel is what must be alike to meet. */
function sendersOf(
  cluster: Cluster,
  router: VirtualRouter,
): readonly { readonly sender: Sender; readonly channel: string }[] {
  const senders = new Map<string, Sender>();
  for (const member of router.members) {
    const { node, instance } = member;
    const { kind, group } = transportOf(node.keepalived!, instance);
    const vrid = instance.virtualRouterId.value;
    if (kind !== 'multicast' || !group || vrid === undefined || !instance.family) continue;
    const channel = `${instance.family} ${group.value} ${vrid}`;
    if (!senders.has(channel)) senders.set(channel, { cluster, router, member });
  }
  return [...senders].map(([channel, sender]) => ({ sender, channel }));
}

const addressesOf = ({ members }: VirtualRouter): ReadonlySet<string> =>
  new Set(
    members.flatMap(({ instance }) => instance.addresses.flatMap(({ address }) => address?.text ?? [])),
  );

/** The networks that a router's nodes are in: those of its interfaces where they are known, else those of its addresses. */
function networksOf({ members }: VirtualRouter): ReadonlySet<string> {
  const own = members.flatMap(({ node, instance }) =>
    node.host.network.interfaces
      .filter(({ name }) => name === instance.interface.value)
      .flatMap(({ addresses }) => addresses.map(({ value }) => value)),
  );
  const virtual = members.flatMap(({ instance }) =>
    instance.addresses
      .filter(({ dev }) => dev === undefined || dev.value === instance.interface.value)
      .flatMap(({ address }) => address ?? []),
  );
  const networks = (list: readonly Prefixed[]): readonly string[] =>
    list
      .filter(({ family, prefix }) => prefix < (family === 'inet' ? 31 : 127))
      .flatMap((address) => networkOf(address) ?? []);
  const known = networks(own);
  return new Set(known.length > 0 ? known : networks(virtual));
}
