// A cluster of the lab: nodes with real keepalived daemons on real segments, and the faults that can befall them.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Action, Step } from '../../src/election/index.ts';
import type { AddressEvent, World } from './world.ts';

/** One node: what its keepalived.conf says, and its interfaces with their permanent addresses. */
export interface NodePlan {
  readonly conf: string;
  /** Interface → addresses with prefix length. Interfaces of one name lie on one segment. */
  readonly interfaces: Readonly<Record<string, readonly string[]>>;
}

/** What a step led to, once nothing changed any more. */
export interface Outcome {
  /** Address → the nodes that carry it. */
  readonly holders: Readonly<Record<string, readonly string[]>>;
  /** Address → seconds in which no node carried it. */
  readonly gaps: Readonly<Record<string, number>>;
  /** Nothing changed any more before time was up. */
  readonly settled: boolean;
}

export interface LabCluster {
  /** Does all of a step at once, waits until nothing changed for `quiet` seconds, and looks. */
  step(actions: Step, quiet: number): Promise<Outcome>;
  /** What the daemon of a node wrote so far. */
  log(node: string): string;
  end(): Promise<void>;
}

interface LabNode {
  readonly name: string;
  readonly namespace: string;
  readonly number: number;
  /** Its folder in the world; the node has it as /etc/keepalived. */
  readonly folder: string;
  readonly plan: NodePlan;
}

const home = '/etc/keepalived';
const pause = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));

let clusters = 0;
let nodes = 0;

/** The handlers of address events, by the number of the namespace. */
const listeners = new Map<number, (event: AddressEvent) => void>();

/** Passes an address event on to the cluster whose node it is about. */
export const notice = (event: AddressEvent): void => listeners.get(event.namespace)?.(event);

/** Builds the nodes and segments of `plan`; no daemon runs yet. */
export async function createCluster(
  world: World,
  plan: Readonly<Record<string, NodePlan>>,
  addresses: readonly string[],
): Promise<LabCluster> {
  const id = ++clusters;
  const all = Object.entries(plan).map(([name, each]): LabNode => {
    const number = ++nodes;
    return { name, number, namespace: `n${number}`, folder: `/run/lab/n${number}`, plan: each };
  });
  const node = (name: string): LabNode => {
    const found = all.find((each) => each.name === name);
    if (!found) throw new Error(`the lab has no node ${name}`);
    return found;
  };
  const bridge = (iface: string): string => `c${id}${iface}`;
  const port = ({ number }: LabNode, iface: string): string => `p${number}${iface}`;
  const mac = ({ number }: LabNode, iface: string): string =>
    `02:00:00:${hex(number >> 8)}:${hex(number)}:${hex(Number(/\d*$/.exec(iface)![0]))}`;

  // ------------------------------------------------------------------------------------------------------------------
  // Who carries which address, as the kernel tells it

  const carriers = new Map(addresses.map((address) => [address, new Set<string>()]));
  let timeline: { readonly at: number; readonly address: string; readonly carried: boolean }[] = [];
  let lastChange = 0;
  for (const { name, number } of all) {
    listeners.set(number, ({ at, address, gone }) => {
      const set = carriers.get(address);
      if (!set) return;
      if (gone) set.delete(name);
      else set.add(name);
      timeline.push({ at, address, carried: set.size > 0 });
      lastChange = Date.now();
    });
  }

  // ------------------------------------------------------------------------------------------------------------------
  // Building

  for (const { folder, plan: each } of all) {
    const own = join(world.root, folder);
    mkdirSync(own, { mode: 0o755 });
    writeFileSync(join(own, 'keepalived.conf'), each.conf);
    writeFileSync(join(own, 'log'), '');
    for (const [, name, path] of each.conf.matchAll(
      /vrrp_script\s+(\w+)\s*\{[^}]*?script\s+"?(\/[^"\s]+)/g,
    )) {
      const script = `#!/bin/sh\ntest ! -e ${home}/failing-${name}\n`;
      if (path!.startsWith(`${home}/`)) {
        writeFileSync(join(own, path!.slice(home.length)), script, { mode: 0o755 });
      }
    }
  }
  const segments = [...new Set(all.flatMap(({ plan: { interfaces } }) => Object.keys(interfaces)))];
  const permanent = (each: LabNode): string[] =>
    Object.entries(each.plan.interfaces).flatMap(([iface, own]) => [
      ...own.map((address) => `addr replace ${address} dev ${iface}${address.includes(':') ? ' nodad' : ''}`),
      `link set ${iface} up`,
    ]);
  const batch = (where: string, commands: readonly string[]): string =>
    `ip ${where} -batch - <<END\n${commands.join('\n')}\nEND`;
  await world.run(
    [
      batch(
        '',
        segments.flatMap((iface) => [
          `link add ${bridge(iface)} type bridge mcast_snooping 0 forward_delay 0`,
          `link set ${bridge(iface)} up`,
        ]),
      ),
      ...all.flatMap((each) => [
        `ip netns add ${each.namespace}`,
        `ip netns set ${each.namespace} ${each.number}`,
        `ip netns exec ${each.namespace} sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.disable_ipv6=0`,
        batch('', [
          ...Object.keys(each.plan.interfaces).flatMap((iface) => [
            `link add ${port(each, iface)} type veth peer name ${iface} address ${mac(each, iface)} netns ${each.namespace}`,
            `link set ${port(each, iface)} master ${bridge(iface)} up`,
          ]),
        ]),
        batch(`-n ${each.namespace}`, ['link set lo up', ...permanent(each)]),
      ]),
    ].join('\n'),
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Faults

  const daemon = ({ folder }: LabNode): string =>
    `pid=$(cat ${folder}/pid 2>/dev/null) && grep -qs keepalived /proc/$pid/comm`;
  /** Stopped before they are killed, or the children would clean up on the death of their parent. */
  const kill = (each: LabNode): string =>
    `if ${daemon(each)}; then all="$pid $(cat /proc/$pid/task/$pid/children)"; kill -STOP $all; kill -KILL $all; fi`;
  const start = ({ namespace, folder }: LabNode): string =>
    `rm -f ${folder}/*.pid
    ip netns exec ${namespace} sh -c 'mount --bind ${folder} ${home} && exec keepalived -f ${home}/keepalived.conf \
      --dont-fork --vrrp --log-console --log-detail -p ${home}/parent.pid -r ${home}/vrrp.pid' \
      </dev/null >>${folder}/log 2>&1 &
    echo $! >${folder}/pid`;
  const rule = (from: LabNode, to: LabNode): string => {
    const macs = Object.keys(from.plan.interfaces).map((iface) => mac(from, iface));
    return `ip netns exec ${to.namespace} nft -f - <<END
      table inet from${from.number} {
        chain input {
          type filter hook input priority 0;
          ether saddr { ${macs.join(', ')} } meta l4proto { 51, 112 } drop;
        }
      }\nEND`;
  };
  const crashed = new Set<LabNode>();

  /** The shell's words for an action. */
  function words(action: Action): readonly string[] {
    if ('from' in action) {
      const [from, to] = [node(action.from), node(action.to)];
      return action.verb === 'block'
        ? [rule(from, to)]
        : [`ip netns exec ${to.namespace} nft delete table inet from${from.number}`];
    }
    const each = node(action.node);
    const links =
      'interface' in action && action.interface ? [action.interface] : Object.keys(each.plan.interfaces);
    const ports = links.map((iface) => ({ iface, port: port(each, iface), bridge: bridge(iface) }));
    switch (action.verb) {
      case 'start': {
        if (!crashed.delete(each)) return [start(each)];
        const power = ports.map(({ port }) => `ip link set ${port} up`);
        return [...power, batch(`-n ${each.namespace}`, permanent(each)), start(each)];
      }
      case 'crash':
        crashed.add(each);
        return [
          ...ports.map(({ port }) => `ip link set ${port} down`),
          ...ports.map(({ iface }) => `ip -n ${each.namespace} link set ${iface} down`),
          kill(each),
          ...ports.map(({ iface }) => `ip -n ${each.namespace} addr flush dev ${iface}`),
          // What the daemon made of interfaces ends with the machine.
          `for link in $(ip -n ${each.namespace} -br link show type macvlan | cut -d@ -f1); do ip -n ${each.namespace} link del $link; done`,
        ];
      case 'kill':
        return [kill(each)];
      case 'stop':
        return [`if ${daemon(each)}; then kill -TERM $pid; fi`];
      case 'link-down':
        return ports.map(({ port }) => `ip link set ${port} down`);
      case 'link-up':
        return ports.map(({ port }) => `ip link set ${port} up`);
      case 'isolate':
        return ports.map(({ port }) => `ip link set ${port} nomaster`);
      case 'rejoin':
        return ports.map(({ port, bridge }) => `ip link set ${port} master ${bridge}`);
      case 'fail':
        return [`touch ${each.folder}/failing-${action.check}`];
      case 'pass':
        return [`rm -f ${each.folder}/failing-${action.check}`];
    }
  }

  // ------------------------------------------------------------------------------------------------------------------
  // Looking

  async function carried(): Promise<Record<string, string[]>> {
    const found = await world.run(
      all
        .map(({ namespace }) => `ip -n ${namespace} -o addr show | awk '{ print "${namespace}", $4 }'`)
        .join('\n'),
    );
    const lines = found.split('\n').map((line) => line.split('/')[0]);
    return Object.fromEntries(
      addresses.map((address) => [
        address,
        all.flatMap(({ name, namespace }) => (lines.includes(`${namespace} ${address}`) ? [name] : [])),
      ]),
    );
  }

  async function step(actions: Step, quiet: number): Promise<Outcome> {
    const before = new Map([...carriers].map(([address, set]) => [address, set.size > 0]));
    timeline = [];
    const begin = Date.now();
    await world.run(actions.flatMap(words).join('\n'));
    const acted = Date.now();
    const limit = 4 * quiet;
    const still = (): number => (Date.now() - Math.max(acted, lastChange)) / 1000;
    while (still() < quiet && (Date.now() - acted) / 1000 < limit) await pause(0.1);
    const settled = still() >= quiet;
    const end = Date.now();
    const gap = (address: string): number => {
      let [since, total] = [before.get(address) ? undefined : begin, 0];
      for (const { at, address: changed, carried: is } of timeline) {
        if (changed !== address) continue;
        if (is && since !== undefined) total += at - since;
        if (is) since = undefined;
        else since ??= at;
      }
      return (total + (since === undefined ? 0 : end - since)) / 1000;
    };
    return {
      holders: await carried(),
      gaps: Object.fromEntries(addresses.map((address) => [address, gap(address)])),
      settled,
    };
  }

  return {
    step,
    log: (name) => readFileSync(join(world.root, node(name).folder, 'log'), 'utf8'),
    end: async () => {
      for (const { number } of all) listeners.delete(number);
      await world.run(
        [
          ...all.map(kill),
          ...all.map(({ namespace }) => `ip netns del ${namespace}`),
          ...segments.map((iface) => `ip link del ${bridge(iface)}`),
        ].join('\n'),
      );
    },
  };
}

const hex = (byte: number): string => (byte & 255).toString(16).padStart(2, '0');
