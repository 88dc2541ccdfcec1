// What a packet filter does to connections, asked of the kernel: the model may call a port closed only where nobody gets in.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { source } from '../../grammar/text.ts';
import { dropOf, hostModel } from '../../src/model/host/index.ts';
import { parseAddress } from '../../src/model/net.ts';
import { describeWith } from './harness.ts';
import { environment, filter, inside, run, space } from './netns.ts';

const ports = [80, 443, 8080] as const;

interface Case {
  readonly name: string;
  readonly file: 'iptables-save' | 'nftables.conf';
  readonly rules: string;
  /** The ports that answer. */
  readonly open: readonly number[];
  /** Those of the others that the rules alone do not prove closed. */
  readonly unproven?: readonly number[];
}

const nft = (rules: string): string =>
  `table inet filter {\n    chain input {\n        type filter hook input priority filter; policy drop;\n${rules}\n    }\n}\n`;

const cases: readonly Case[] = [
  {
    name: 'a list of ports',
    file: 'iptables-save',
    rules: filter(`
      -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A INPUT -p tcp -m multiport --dports 22,80,8000:8100 -j ACCEPT`),
    open: [80, 8080],
  },
  {
    name: 'all but one port',
    file: 'iptables-save',
    rules: filter('-A INPUT -p tcp -m tcp ! --dport 443 -j ACCEPT'),
    open: [80, 8080],
  },
  {
    name: 'new connections that do not begin with SYN are dropped, and UDP is let in',
    file: 'iptables-save',
    rules: filter(`
      -A INPUT -p tcp -m tcp ! --syn -m conntrack --ctstate NEW -j DROP
      -A INPUT -p udp -m udp --dport 443 -j ACCEPT
      -A INPUT -p tcp -m tcp --dport 80 --syn -j ACCEPT
      -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT`),
    open: [80],
  },
  {
    name: 'a chain of its own, and a refusal before what would accept',
    file: 'iptables-save',
    rules: `*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:web - [0:0]
-A INPUT -p tcp -j web
-A INPUT -p tcp -m tcp --dport 8080 -j ACCEPT
-A web -p tcp -m tcp --dport 443 -j REJECT --reject-with tcp-reset
-A web -p tcp -m tcp --dport 80:443 -j ACCEPT
COMMIT
`,
    open: [80, 8080],
  },
  {
    name: 'other clients',
    file: 'iptables-save',
    rules: filter('-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 80 -j ACCEPT'),
    open: [],
    unproven: [80],
  },
  {
    name: 'nftables, ranges and names',
    file: 'nftables.conf',
    rules: nft('        ct state established accept\n        tcp dport { 22, 8000-8100, https } accept'),
    open: [443, 8080],
  },
  {
    name: 'nftables, not these',
    file: 'nftables.conf',
    rules: nft('        tcp dport != { 443, 8080 } accept'),
    open: [80],
  },
  {
    name: 'nftables, states, any transport and a jump',
    file: 'nftables.conf',
    rules: nft(
      '        ct state vmap { established : accept, related : accept, invalid : drop }\n        meta l4proto tcp th dport 80 accept\n        udp dport 443 accept',
    ),
    open: [80],
  },
  {
    name: 'nftables, a verdict map of ports',
    file: 'nftables.conf',
    rules: nft('        tcp dport vmap { 80 : accept, 443 : drop }'),
    open: [80],
  },
  {
    name: 'nftables, a port that is sent on to another one',
    file: 'nftables.conf',
    rules: `${nft('        tcp dport 80 accept')}table ip forwarded {
    chain prerouting {
        type nat hook prerouting priority dstnat; policy accept;
        tcp dport 443 redirect to :80
    }
}
`,
    open: [80, 443],
  },
];

const address = '10.99.1.2';

/** Whether the model calls a port closed for everybody. */
function isClosed({ file, rules }: Case, port: number): boolean {
  const { firewall } = hostModel([
    { kind: file === 'nftables.conf' ? 'nftables' : 'iptables', source: source(file, rules) },
  ]);
  const destination = parseAddress(address);
  const packet = {
    direction: 'in',
    family: 'inet',
    protocol: 6,
    destination,
    multicast: false,
    port,
  } as const;
  return dropOf(firewall, { ...packet, source: undefined, interface: 'eth0' }) !== undefined;
}

describeWith(['nft', 'iptables-restore'], 'packet filters and connections', () => {
  let server: ChildProcess;

  const answers = (port: number): boolean =>
    spawnSync(
      'ip',
      ['netns', 'exec', space('c'), 'timeout', '0.4', 'bash', '-c', `exec 3<>/dev/tcp/${address}/${port}`],
      { env: environment },
    ).status === 0;

  beforeAll(async () => {
    for (const node of ['c', 's']) run(`ip netns add ${space(node)}`);
    inside('c', `ip link add eth0 type veth peer name eth0 netns ${space('s')}`);
    for (const [index, node] of ['c', 's'].entries()) {
      inside(node, `ip addr add 10.99.1.${index + 1}/24 dev eth0`);
      inside(node, 'ip link set eth0 up');
    }
    const listen = `for (const port of [${ports}]) require('node:net').createServer((s) => s.end()).listen(port);`;
    server = spawn('ip', ['netns', 'exec', space('s'), process.execPath, '-e', listen], {
      env: environment,
      stdio: 'ignore',
    });
    for (let tries = 0; tries < 100 && !answers(8080); tries++) await setTimeout(100);
    expect(ports.filter(answers)).toEqual(ports);
  }, 30_000);

  afterAll(() => {
    server.kill('SIGKILL');
    for (const node of ['c', 's']) run(`ip netns del ${space(node)}`);
  });

  test.each(cases.map((each) => [each.name, each] as const))('%s', (_, each) => {
    inside('s', 'nft flush ruleset');
    inside('s', each.file === 'nftables.conf' ? 'nft -f -' : 'iptables-restore', each.rules);
    expect(ports.filter(answers)).toEqual(each.open);
    const closed = ports.filter((port) => !each.open.includes(port) && !each.unproven?.includes(port));
    expect(ports.filter((port) => isClosed(each, port))).toEqual(closed);
    // What the kernel lists says the same as what was written.
    const rules = inside('s', each.file === 'nftables.conf' ? 'nft list ruleset' : each.file);
    expect(ports.filter((port) => isClosed({ ...each, rules }, port))).toEqual(closed);
  });
});
