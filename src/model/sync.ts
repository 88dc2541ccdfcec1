/** Whether the sync groups of the nodes join the same virtual routers. */
import { groupBy } from '../../grammar/group-by.ts';
import { remembered } from '../../grammar/remembered.ts';
import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import { type Cluster, sharedRouters } from './cluster.ts';
import {
  forwardingOf,
  instanceNamed,
  routesOf,
  type SyncGroup,
  syncGroupOf,
  trackersFor,
} from './keepalived/index.ts';
import type { Node } from './node.ts';
import { deviations, type Member, normalPriority, type VirtualRouter } from './router.ts';

/** Two nodes that join other virtual routers in a sync group. */
export interface GroupDifference {
  readonly member: Member;
  readonly other: Member;
  readonly group: SyncGroup | undefined;
  readonly otherGroup: SyncGroup | undefined;
  /** The names of the instances that each joins, of those routers that both nodes have. */
  readonly names: readonly string[];
  readonly otherNames: readonly string[];
  /** The heads of the instances that the other node joins and theirs does not. */
  readonly left: readonly Span[];
}

const nothing: readonly VirtualRouter[] = [];

const groupOf = ({ node, instance }: Member): SyncGroup | undefined =>
  syncGroupOf(node.keepalived!, instance);

/** The routers by the instances that are part of them. */
const byInstance = (routers: readonly VirtualRouter[]): ReadonlyMap<unknown, VirtualRouter> =>
  new Map(routers.flatMap((router) => router.members.map(({ instance }) => [instance, router] as const)));

/** The groups of a node have members, and each is one of its instances: else that is the fault, and it is said already. */
function isSound({ keepalived }: Node): boolean {
  const names = new Set(keepalived!.instances.map(({ name }) => name.value));
  return (
    keepalived!.complete &&
    keepalived!.syncGroups.every(
      ({ members }) => members.length > 0 && members.every(({ value }) => names.has(value)),
    )
  );
}

/** The shared routers that each group joins, in the order of its node's instances. */
const joinedRouters = (cluster: Cluster, home: ReadonlyMap<unknown, VirtualRouter>) =>
  groupBy(
    cluster.balancers.flatMap((node) =>
      node.keepalived!.instances.flatMap((instance) => {
        const [group, router] = [groupOf({ node, instance }), home.get(instance)];
        return group && router ? [{ group, router }] : [];
      }),
    ),
    ({ group }) => group,
  );

const namesOf = ({ members }: VirtualRouter): readonly string[] => members.map(({ node }) => node.name);

/** The differences of a cluster, each pair of groups once. */
export function groupDifferences(cluster: Cluster): readonly GroupDifference[] {
  const routers = sharedRouters(cluster);
  const home = byInstance(routers);
  const number = new Map(routers.map((router, index) => [router, index]));
  const sound = new Set(cluster.balancers.filter(isSound));
  const told = new Map<SyncGroup, Set<Node>>();
  /** Whether a group was told of beside the node; from now on it is. */
  const toldOf = (group: SyncGroup | undefined, node: Node): boolean => {
    if (!group) return false;
    const partners = told.get(group) ?? new Set();
    told.set(group, partners);
    const isTold = partners.has(node);
    partners.add(node);
    return isTold;
  };
  const all = joinedRouters(cluster, home);
  /** What a group joins of the routers that all of some nodes have, which each of these routers asks for. */
  const joined = remembered((group: SyncGroup) =>
    remembered((names: string): readonly VirtualRouter[] => {
      const nodes = names.split('\0');
      const routers = (all.get(group) ?? []).map(({ router }) => router);
      const common = routers.filter((router) => {
        const here = new Set(namesOf(router));
        return nodes.every((name) => here.has(name));
      });
      return common.length > 1 ? common : nothing;
    }),
  );
  const key = remembered((list: readonly VirtualRouter[]): string =>
    list
      .map((each) => number.get(each)!)
      .sort()
      .join(),
  );
  return routers.flatMap((router) => {
    const names = namesOf(router).join('\0');
    const read = (member: Member): readonly VirtualRouter[] | undefined => {
      const group = groupOf(member);
      if (!sound.has(member.node)) return undefined;
      return group ? joined(group)(names) : nothing;
    };
    return deviations(router.members, read, key).flatMap(({ member, value, other, expected }) => {
      const [group, otherGroup] = [groupOf(member), groupOf(other)];
      // What a group joins besides is told with it.
      const partners = [toldOf(group, other.node), toldOf(otherGroup, member.node)];
      if (partners.includes(true)) return [];
      const instances = (list: readonly VirtualRouter[], { node }: Member): readonly string[] =>
        list.flatMap(({ members }) => members.find((each) => each.node === node)?.instance.name.value ?? []);
      const missed = (from: readonly VirtualRouter[], list: readonly VirtualRouter[], { node }: Member) =>
        from
          .filter((each) => !list.includes(each))
          .flatMap(({ members }) => members.find((each) => each.node === node)?.instance.head ?? []);
      return [
        {
          member,
          other,
          group,
          otherGroup,
          left: [...missed(expected, value, member), ...missed(value, expected, other)],
          names: instances(value, member),
          otherNames: instances(expected, other),
        },
      ];
    });
  });
}

/** A sync group that joins nothing, as it has one member. */
export function loneGroups(
  cluster: Cluster,
): readonly { readonly group: SyncGroup; readonly at: Span; readonly node: string }[] {
  const home = byInstance(cluster.routers);
  return cluster.balancers.flatMap(({ name, keepalived }) =>
    (keepalived?.syncGroups ?? []).flatMap((group) => {
      const [only, ...more] = group.members;
      if (!only || more.length > 0 || !keepalived?.complete) return [];
      const instance = instanceNamed(keepalived, only.value);
      const router = instance && home.get(instance);
      // Where another node's group has more members, that is what differs.
      const fuller = router?.members.some((member) => (groupOf(member)?.members.length ?? 0) > 1);
      return instance && !fuller ? [{ group, at: headSpan(group.statement.directive), node: name }] : [];
    }),
  );
}

/** Two virtual routers that a sync group keeps on one node, though each prefers another; the node that is preferred first. */
export interface OpposedRouters {
  readonly group: SyncGroup;
  readonly first: readonly [Member, Member];
  readonly second: readonly [Member, Member];
}

/** The first such pair of each group, seen from the first of its nodes. */
export function* opposedRouters(cluster: Cluster): Generator<OpposedRouters> {
  const home = byInstance(sharedRouters(cluster));
  for (const [group, joined] of joinedRouters(cluster, home)) {
    const [reference, ...others] = joined.map(({ router }) => router);
    if (reference && groupOf(reference.members[0]) === group) {
      const found = opposedTo(reference, others);
      if (found) yield { group, ...found };
    }
  }
}

function opposedTo(
  { members: [mine, ...rest] }: VirtualRouter,
  others: readonly VirtualRouter[],
): Omit<OpposedRouters, 'group'> | undefined {
  for (const { members } of others) {
    const byNode = new Map(members.map((member) => [member.node, member]));
    const partner = byNode.get(mine.node);
    for (const its of rest) {
      const other = byNode.get(its.node);
      if (!partner || !other || !groupOf(its) || groupOf(its) !== groupOf(other)) continue;
      if ([mine, its, partner, other].every(isSticky)) continue;
      // There a priority was slipped, and it is said already.
      if (isContrary(mine, its) || isContrary(partner, other)) continue;
      const [here, there] = [lead(mine, its), lead(partner, other)];
      if (here > 0 && there < 0) return { first: [mine, its], second: [other, partner] };
      if (here < 0 && there > 0) return { first: [its, mine], second: [partner, other] };
    }
  }
  return undefined;
}

/** By how much a member's priority is above another's; NaN where one is not known. */
const lead = (a: Member, b: Member): number => (normalPriority(a) ?? NaN) - (normalPriority(b) ?? NaN);

/** One of them is to be MASTER, and the other has the higher priority. */
const isContrary = (a: Member, b: Member): boolean =>
  a.instance.state.value !== b.instance.state.value &&
  (a.instance.state.value === 'MASTER' ? lead(a, b) : lead(b, a)) < 0;

/** Whoever has the address keeps it. */
const isSticky = ({ instance }: Member): boolean =>
  instance.nopreempt.value === true && instance.state.value === 'BACKUP';

/** Virtual routers that one node is to hold together, and that nothing holds together. */
export interface LooseRouters {
  readonly first: Member;
  readonly second: Member;
  /** Packets go in by one and out by the other, as far as the files tell. */
  readonly routes: boolean;
}

/** Routers on different links that prefer the same nodes in the same order, without a sync group on any node. */
export function* looseRouters(cluster: Cluster): Generator<LooseRouters> {
  const routers = sharedRouters(cluster).filter(({ members }) =>
    members.every((member) => member.node.keepalived?.complete && !groupOf(member)),
  );
  const byOrder = new Map<string, VirtualRouter>();
  for (const router of routers) {
    const ranked = [...router.members].sort((a, b) => (normalPriority(b) ?? 0) - (normalPriority(a) ?? 0));
    const order = ranked.map(({ node }) => node.name).join('\0');
    const first = byOrder.get(order);
    if (!first) {
      byOrder.set(order, router);
      continue;
    }
    const [a, b] = [first.members[0], router.members.find(({ node }) => node === first.members[0].node)!];
    if (
      [undefined, linkOf(a)].includes(linkOf(b)) ||
      linkOf(a) === undefined ||
      a.instance.family !== b.instance.family
    )
      continue;
    if (watchesLinkOf(a, b) && watchesLinkOf(b, a)) continue;
    yield { first: a, second: b, routes: forwards(a) || forwards(b) };
    return;
  }
}

/** VLANs of one port fall together. */
const linkOf = ({ instance }: Member): string | undefined =>
  instance.interface.value?.replace(/[.:@][\s\S]*$/, '');

const watchesLinkOf = ({ node, instance }: Member, other: Member): boolean =>
  trackersFor(node.keepalived!, instance).some(
    ({ kind, name }) => kind === 'interface' && name.value === other.instance.interface.value,
  );

/** The node forwards packets: it sets routes with the address, or balances by NAT in the kernel. */
function forwards({ node, instance }: Member): boolean {
  const nat = node.keepalived!.virtualServers.some(({ body }) => forwardingOf(body)?.args[0]?.text === 'NAT');
  return nat || (routesOf(instance) ?? []).length > 0;
}
