/** What the files of a host mean, and that no text in them can do harm. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { source } from '../grammar/text.ts';
import { check, memory } from '../src/index.ts';
import { disk } from '../src/load/disk.ts';
import { hostKindOf } from '../src/load/host-files.ts';
import { load } from '../src/load/index.ts';
import type { HostFile, HostKind } from '../src/load/loaded.ts';
import { dropOf, hostModel, type Packet } from '../src/model/host/index.ts';
import { shellScript, slipIn, syntaxFault } from '../src/model/keepalived/shell/index.ts';
import { secretsIn } from '../src/model/secrets.ts';

const file = (kind: HostKind, path: string, text: string): HostFile => ({ kind, source: source(path, text) });
const sysctl = (files: Readonly<Record<string, string>>) =>
  hostModel(Object.entries(files).map(([path, text]) => file('sysctl', path, text))).sysctl;

describe('kernel settings', () => {
  const key = 'net.ipv4.ip_nonlocal_bind';
  const value = (files: Readonly<Record<string, string>>): string => {
    const found = sysctl(files).value(key);
    return typeof found === 'string' ? found : found.value;
  };

  it.each([
    [
      'by name across folders',
      { 'usr/lib/sysctl.d/90-a.conf': `${key}=1`, 'etc/sysctl.d/10-b.conf': `${key}=0` },
      '1',
    ],
    ['the last one of a file', { 'etc/sysctl.d/a.conf': `${key} = 1\n# ${key} = 2\n${key} = 0` }, '0'],
    [
      'of equal names the one in /etc',
      { 'etc/sysctl.d/a.conf': '# empty', 'usr/lib/sysctl.d/a.conf': `${key}=1` },
      'unset',
    ],
    [
      '/run before /usr/lib',
      { 'run/sysctl.d/a.conf': `${key}=0`, 'usr/lib/sysctl.d/a.conf': `${key}=1` },
      '0',
    ],
    ['slashes, and a minus that forgives', { 'etc/sysctl.d/a.conf': '-net/ipv4/ip_nonlocal_bind=1' }, '1'],
    ['a pattern', { 'etc/sysctl.d/a.conf': 'net.ipv4.ip_*_bind = 1' }, '1'],
    ['a key out of a pattern', { 'etc/sysctl.d/a.conf': `net.ipv4.ip_*_bind = 1\n-${key}` }, 'unset'],
    ['a key before a pattern', { 'etc/sysctl.d/a.conf': `${key} = 0\nnet.ipv4.ip_*_bind = 1` }, '0'],
    [
      'sysctl.conf after drop-ins',
      { 'etc/sysctl.conf': `${key}=1`, 'etc/sysctl.d/10-a.conf': `${key}=0` },
      '1',
    ],
    [
      'who reads last is not known',
      { 'etc/sysctl.conf': `${key}=1`, 'etc/sysctl.d/z.conf': `${key}=0` },
      'unknown',
    ],
    ['a dump of the kernel', { 'sysctl-a.txt': `${key} = 1`, 'etc/sysctl.d/z.conf': `${key}=0` }, '1'],
    ['nothing of it', { 'etc/sysctl.conf': 'vm.swappiness=1' }, 'unset'],
  ] as const)('%s', (_, files, expected) => {
    expect(value(files)).toBe(expected);
  });

  it('an interface with a dot in its name is written with slashes', () => {
    expect(
      sysctl({ 'a.conf': 'net/ipv4/conf/eth0.20/arp_ignore = 1' }).value('net.ipv4.conf.eth0/20.arp_ignore'),
    ).toMatchObject({
      value: '1',
    });
  });
});

describe('networks', () => {
  const interfaces = (kind: HostKind, path: string, text: string) => {
    const { interfaces, complete } = hostModel([file(kind, path, text)]).network;
    return {
      complete,
      interfaces: interfaces.map(({ name, manager, addresses, keepsAddresses }) =>
        [
          name,
          manager,
          ...addresses.map(({ value }) => `${value.text}/${value.prefix}`),
          keepsAddresses,
        ].join(' '),
      ),
    };
  };

  it.each([
    [
      'netplan',
      'netplan/a.yaml',
      'network:\n  ethernets:\n    eth0:\n      critical: yes\n      addresses: [10.0.0.1/24, {"10.0.0.2/24": {label: x}}]\n',
      ['eth0 networkd 10.0.0.1/24 10.0.0.2/24 true'],
    ],
    [
      'netplan',
      'netplan/a.yaml',
      'network:\n  renderer: NetworkManager\n  vlans:\n    eth0.5: {id: 5, link: eth0}\n',
      ['eth0.5 network-manager '],
    ],
    [
      'netplan',
      'netplan/a.yaml',
      'network:\n  ethernets:\n    lan:\n      match: {macaddress: "00:00:00:00:00:01"}\n      set-name: eth7\n',
      ['eth7 networkd false'],
    ],
    [
      'networkd',
      'a.network',
      '[Match]\nName=eth0 eth1\n[Network]\nAddress=10.0.0.1/24\n[Address]\nAddress=10.0.0.2/24\n',
      ['eth0 networkd 10.0.0.1/24 10.0.0.2/24 false', 'eth1 networkd 10.0.0.1/24 10.0.0.2/24 false'],
    ],
    [
      'ifcfg',
      'ifcfg-eth0',
      'DEVICE="eth0"\nIPADDR=10.0.0.1\nPREFIX=24\nIPADDR1=10.0.0.2\nPREFIX1=25\n',
      ['eth0 ifcfg 10.0.0.1/24 10.0.0.2/25 '],
    ],
    [
      'network-manager',
      'x.nmconnection',
      '[connection]\nid=lan\ninterface-name=eth0\n[ipv4]\naddress1=10.0.0.1/24,10.0.0.254\nmethod=manual\n',
      ['eth0 network-manager 10.0.0.1/24 '],
    ],
    [
      'interfaces',
      'interfaces',
      'auto lo\niface lo inet loopback\niface eth0 inet static\n    address 10.0.0.1/24\n    gateway 10.0.0.254\n',
      ['lo interfaces ', 'eth0 interfaces 10.0.0.1/24 '],
    ],
    [
      'interfaces',
      'interfaces',
      'auto lo eth1\niface lo inet loopback\niface br0 inet static\n    address 10.0.0.1\n    netmask 255.255.255.0\n    bridge_ports eth0 eth1\n',
      [
        'lo interfaces ',
        'br0 interfaces 10.0.0.1/24 ',
        'eth1 interfaces ',
        'eth0 interfaces ',
        'eth1 interfaces ',
      ],
    ],
    [
      'ifcfg',
      'ifcfg-eth0',
      'DEVICE=eth0\nIPADDR=10.0.0.1\nNETMASK=255.255.255.128\n',
      ['eth0 ifcfg 10.0.0.1/25 '],
    ],
    [
      'ifcfg',
      'ifcfg-br0',
      "BRIDGE='yes'\nBRIDGE_PORTS='eth0'\nIPADDR='10.0.0.1/24'\nIPADDR_1='10.0.0.2/24'\n",
      ['br0 ifcfg 10.0.0.1/24 10.0.0.2/24 ', 'eth0 ifcfg '],
    ],
    [
      'ip-addr',
      'ip-addr.txt',
      '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n2: ens3.7@ens3: <BROADCAST,UP> mtu 1500\n    link/ether 52:54:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n    inet 10.0.0.1/24 brd 10.0.0.255 scope global ens3\n    inet 10.0.0.9/24 scope global secondary proto keepalived ens3\n       valid_lft forever preferred_lft forever\n    inet6 fe80::1/64 scope link\n',
      ['lo kernel 127.0.0.1/8 ', 'ens3.7 kernel 10.0.0.1/24 fe80::1/64 '],
    ],
    [
      'ip-addr',
      'ip-br-addr.txt',
      'lo               UNKNOWN        127.0.0.1/8 ::1/128 \neth0@if5         UP             10.0.0.1/24 \neth1             DOWN           \n',
      ['lo kernel 127.0.0.1/8 ::1/128 ', 'eth0 kernel 10.0.0.1/24 ', 'eth1 kernel '],
    ],
    [
      'ip-addr',
      'ip-o-addr.txt',
      '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever\n2: eth0    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0\n2: eth0    inet6 fe80::1/64 scope link\n',
      ['lo kernel 127.0.0.1/8 ', 'eth0 kernel 10.0.0.1/24 fe80::1/64 '],
    ],
  ] as const)('%s: %s', (kind, path, text, expected) => {
    expect(interfaces(kind, path, text)).toEqual({ complete: true, interfaces: expected });
  });

  it.each([
    ['netplan', 'netplan/a.yaml', 'network:\n  ethernets:\n    all:\n      match: {name: "en*"}\n'],
    ['networkd', 'a.network', '[Match]\nName=en*\n'],
    ['networkd', 'a.network', '[Match]\nMACAddress=00:00:00:00:00:01\n'],
    ['network-manager', 'a.nmconnection', '[connection]\nid=x\n'],
    ['ifcfg', 'ifcfg-lan', 'UUID=1\nBOOTPROTO=dhcp\n'],
    ['ip-addr', 'ip-addr.txt', '2: eth0: <BROADCAST,UP> mtu 1500\n    inet 10.0.0.1/24 scope global eth0\n'],
    ['netplan', 'netplan/a.yaml', 'network: {{\n'],
  ] as const)('%s leaves names open: %s %s', (kind, path, text) => {
    expect(interfaces(kind, path, text).complete).toBe(false);
  });
});

it('networkd keeps addresses where a file beside its own says so', () => {
  const part = file(
    'networkd',
    'lb1/etc/systemd/network/x.network.d/keep.conf',
    '[Network]\nKeepConfiguration=yes\n',
  );
  const kept = (name: string, ...files: HostFile[]) => {
    const beside = { ...part, source: source(part.source.path.replace('x.network', name), part.source.text) };
    return hostModel([...files, beside]).network.interfaces.map(({ keepsAddresses }) => keepsAddresses);
  };
  const own = file('networkd', 'lb1/etc/systemd/network/10-eth0.network', '[Match]\nName=eth0\n');
  const plan = file(
    'netplan',
    'lb1/etc/netplan/a.yaml',
    'network:\n  ethernets:\n    eth0: {}\n    eth1: {}\n',
  );
  expect(kept('10-eth0.network', own)).toEqual([true]);
  expect(kept('10-eth1.network', own)).toEqual([false]);
  expect(kept('10-netplan-eth0.network', plan)).toEqual([true, false]);
});

it.each([
  ['networkd', '[Match]\nName=eth0\n[DHCP]\nCriticalConnection=true\n', true],
  ['networkd', '[Match]\nName=eth0\n[DHCPv4]\nCriticalConnection=yes\n', true],
  [
    'networkd',
    '[Match]\nName=eth0\n[Network]\nKeepConfiguration=no\n[DHCP]\nCriticalConnection=yes\n',
    false,
  ],
  ['networkd', '[Match]\nName=eth0\n[Network]\nKeepConfiguration=dhcp\n', false],
  ['networkd', '[Match]\nName=eth0\n[Link]\nUnmanaged=no\n', false],
  ['netplan', 'network:\n  ethernets:\n    eth0: { critical: static }\n', true],
  ['netplan', 'network:\n  ethernets:\n    eth0: { critical: dhcp-on-stop }\n', false],
] as const)('%s keeps what others add, or not: %j', (kind, text, keeps) => {
  const path = kind === 'netplan' ? 'etc/netplan/a.yaml' : 'etc/systemd/network/a.network';
  const { interfaces } = hostModel([file(kind, path, text)]).network;
  expect(interfaces.map(({ keepsAddresses }) => keepsAddresses)).toEqual([keeps]);
});

it('what the kernel shows are all interfaces, less the addresses of keepalived', () => {
  const shown = 'lo UNKNOWN 127.0.0.1/8\neth0 UP 10.0.0.1/24 10.0.0.100/24\n';
  const plan = 'network:\n  ethernets:\n    all:\n      match: {name: "en*"}\n';
  const files = [file('netplan', 'netplan/a.yaml', plan), file('ip-addr', 'ip-addr.txt', shown)];
  const { network } = hostModel(files, undefined, ({ text }) => text === '10.0.0.100');
  expect(network.complete).toBe(true);
  expect(network.interfaces.flatMap(({ addresses }) => addresses.map(({ value }) => value.text))).toEqual([
    '127.0.0.1',
    '10.0.0.1',
  ]);
});

describe('packet filters and connections', () => {
  const zone = (parts: string): string => `<zone><interface name="eth0"/>${parts}</zone>\n`;
  const status = (lines: string): string =>
    `Status: active\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n${lines}`;
  const nft = (rule: string, more = ''): string =>
    `table inet f {\n${more}\nchain i {\ntype filter hook input priority 0; policy drop;\n${rule}\n}\n}\n`;
  const nat = (rule: string): string =>
    `*nat\n:PREROUTING ACCEPT [0:0]\n${rule}\nCOMMIT\n*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 80 -j ACCEPT\nCOMMIT\n`;
  it.each([
    ['firewalld', 'zones/public.xml', zone('<service name="https"/>'), [80, 8080]],
    ['firewalld', 'zones/public.xml', zone('<port port="8000-8100" protocol="tcp"/>'), [80, 443]],
    ['firewalld', 'zones/public.xml', zone('<port port="443" protocol="udp"/>'), [80, 443, 8080]],
    ['firewalld', 'zones/public.xml', zone('<service name="our-web"/>'), []],
    ['firewalld', 'zones/public.xml', zone('<forward-port port="80" protocol="tcp" to-port="8080"/>'), []],
    ['firewalld', 'zones/public.xml', zone('<rule><service name="http"/><accept/></rule>'), [443, 8080]],
    ['ufw', 'ufw.txt', status('80,443/tcp                 ALLOW IN    Anywhere\n'), [8080]],
    [
      'ufw',
      'ufw.txt',
      status('80                         ALLOW IN    10.0.0.0/8\n443/udp  ALLOW IN  Anywhere\n'),
      [443, 8080],
    ],
    ['ufw', 'ufw.txt', status('Nginx Full                 ALLOW IN    Anywhere\n'), []],
    ['nftables', 'nftables.conf', nft('tcp dport >= 443 accept'), [80]],
    ['nftables', 'nftables.conf', nft('meta l4proto . th dport { tcp . 80, udp . 443 } accept'), [443, 8080]],
    [
      'nftables',
      'nftables.conf',
      nft('tcp dport @web accept', 'set web { type inet_service; elements = { 80 } }'),
      [443, 8080],
    ],
    ['nftables', 'nftables.conf', nft('tcp dport @web accept', 'set web { type inet_service; }'), []],
    [
      'nftables',
      'nftables.conf',
      nft('tcp dport vmap { 80 : accept, 443: goto c }', 'chain c { }'),
      [443, 8080],
    ],
    [
      'nftables',
      'nftables.conf',
      nft(
        'tcp dport 80 accept',
        'chain n { type nat hook prerouting priority dstnat; tcp dport 443 redirect to :80; }',
      ),
      [8080],
    ],
    ['nftables', 'nftables.conf', nft('ct status dnat accept'), []],
    [
      'nftables',
      'nftables.conf',
      nft(
        'ct status dnat accept',
        'chain n { type nat hook prerouting priority dstnat; tcp dport 80 dnat to 10.0.0.9; }',
      ),
      [443, 8080],
    ],
    ['iptables', 'iptables-save', nat('-A PREROUTING -p tcp --dport 443 -j REDIRECT --to-ports 80'), [8080]],
  ] as const)('of %s: %s %s', (kind, path, text, closed) => {
    const { firewall } = hostModel([file(kind, path, text)]);
    const isClosed = (port: number): boolean =>
      dropOf(firewall, {
        direction: 'in',
        family: 'inet',
        protocol: 6,
        source: undefined,
        destination: { family: 'inet', text: '10.0.0.100' },
        interface: 'eth0',
        multicast: false,
        port,
      }) !== undefined;
    expect([80, 443, 8080].filter(isClosed)).toEqual(closed);
  });
});

describe('packet filters', () => {
  const packet: Packet = {
    direction: 'in',
    family: 'inet',
    protocol: 112,
    source: undefined,
    destination: { family: 'inet', text: '224.0.0.18' },
    interface: 'eth0',
    multicast: true,
  };
  const dropped = (kind: HostKind, path: string, text: string): boolean =>
    dropOf(hostModel([file(kind, path, text)]).firewall, packet) !== undefined;
  const filter = (...rules: string[]): string =>
    ['*filter', ':INPUT DROP [0:0]', ...rules, 'COMMIT', ''].join('\n');
  const input = (...rules: string[]): string =>
    `table inet f {\nchain i {\ntype filter hook input priority 0; policy drop;\n${rules.join('\n')}\n}\n}\n`;
  const ingress = (devices: string, ...rules: string[]): string =>
    `table netdev f {\nchain i {\ntype filter hook ingress ${devices} priority -500; policy drop;\n${rules.join('\n')}\n}\n}\n`;

  it.each([
    filter('-A INPUT -m set --match-set peers src -j ACCEPT'),
    filter('-A INPUT -m mark --mark 0x1 -j ACCEPT'),
    filter('-A INPUT -j somewhere'),
    filter('-A INPUT -j NFQUEUE --queue-num 1'),
    filter(':loop - [0:0]', '-A INPUT -j loop', '-A loop -j loop'),
    filter('-A INPUT -p 112 -j ACCEPT').replace('COMMIT', ''),
    filter('-A INPUT --proto=vrrp -jACCEPT'),
    filter('-A INPUT -p vrrp -j DROP', '-F INPUT', '-A INPUT -p vrrp -j ACCEPT'),
    filter('-P INPUT ACCEPT'),
    filter('-A INPUT -p vrrp -j DROP', '-D INPUT 1'),
    `${filter()}${filter('-A INPUT -p vrrp -j ACCEPT')}`,
    filter('-I INPUT -j DROP', '-I INPUT 1 -s ! 224.0.0.0/4 -j ACCEPT'),
    `*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 224.0.0.0/4 -j DNAT --to-destination 10.0.0.9\nCOMMIT\n${filter()}`,
    `*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j CT --notrack\nCOMMIT\n${filter('-A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT')}`,
  ])('iptables is silent: %s', (text) => {
    expect(dropped('iptables', 'iptables-save', text)).toBe(false);
  });

  it.each([
    filter(),
    filter('-A INPUT -p tcp -j ACCEPT', '-A INPUT -m limit --limit 1/s -j LOG --log-prefix "x y "'),
    filter('-A INPUT -m mark --mark 0x1 -j DROP'),
    filter('-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT'),
    filter('-A INPUT -p vrrp -j ACCEPT', '-I INPUT -j REJECT'),
    filter('-A INPUT -6 -j ACCEPT'),
    filter('-P INPUT DROP', '-A INPUT -p icmp --icmp-type any -j ACCEPT').replace(
      'INPUT DROP',
      'INPUT ACCEPT',
    ),
    '*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n',
    filter('[5:300] -A INPUT -s 224.0.0.0/4 -p 112 -j ACCEPT'),
    filter(':x - [0:0]', '-A INPUT -p 112 -g x', '-A INPUT -j ACCEPT', '-A x -p tcp -j ACCEPT'),
  ])('iptables drops: %s', (text) => {
    expect(dropped('iptables', 'iptables-save', text)).toBe(true);
  });

  it.each([
    input('ip saddr @peers accept'),
    input('socket wildcard 0 accept'),
    input('ip protocol vmap { tcp : jump x, vrrp : accept }'),
    input('queue num 1'),
    input('include "/etc/nftables.d/*.nft"'),
    `include "/etc/nftables.d/*.nft"\n${input()}`,
    input('meta l4proto { tcp, vrrp } accept'),
    input('ip daddr 224.0.0.0-224.0.0.255 accept'),
    input('jump missing'),
    input('iifname vmap { "lo" : accept, "eth0" : accept }'),
    input('reject with tcp reset', 'accept'),
    input('reject with icmpv6 no-route', 'accept'),
    input('meta pkttype vmap { broadcast : drop, multicast : accept }'),
    input('fib daddr type vmap { multicast : accept, local : drop }'),
    input('ct state != established,related accept'),
    input('ip saddr . meta l4proto { 10.0.0.1 . vrrp } accept'),
    input('ip protocol != $other accept'),
    input('ip protocol @open accept').replace(
      '{',
      '{\nset open { type inet_proto; flags dynamic; elements = { tcp } }\n',
    ),
    `define group = { 224.0.0.18, 224.0.0.22 }\n${input('ip daddr $group accept')}`,
    `${input()}insert rule inet f i meta l4proto vrrp accept\n`,
    `${input()}add rule inet f i position 4 accept\n`,
    `${input()}delete table inet f\n`,
    `table inet f { flags dormant; }\n${input()}`,
    `${input()}}`,
    `${input('ct state untracked accept')}table inet r {\nchain p {\ntype filter hook prerouting priority raw;\nnotrack\n}\n}\n`,
    'table inet f {\nchain i {\ntype filter hook forward priority 0; policy drop;\n}\n}\n',
    input('iifname "eth0" jump { tcp dport 22 accept; goto { meta l4proto vrrp accept }\n}'),
    input('goto { return\n}').replace('drop', 'accept'),
    input(`${'jump { '.repeat(20_000)}${'}'.repeat(20_000)}`),
    input('meta l4proto vrrp # match-set peers src counter packets 0 bytes 0 accept'),
    input('meta l4proto vrrp xt match "set" counter packets 0 bytes 0 accept'),
    ingress('devices = { "eth1", "eth2" }'),
    ingress('device $uplink'),
    ingress('device "eth0"', 'ether type ip accept'),
  ])('nft is silent: %s', (text) => {
    expect(dropped('nftables', 'nftables.conf', text)).toBe(false);
  });

  it.each([
    input(),
    input('tcp dport vmap { 22 : accept, 80 : accept }', 'ct state established,related accept'),
    input('ip6 nexthdr vrrp accept'),
    input('iifname != "eth0" accept', 'log prefix "dropped: " flags all counter drop'),
    input('meta l4proto vrrp ip daddr 224.0.0.22 accept'),
    input('iifname vmap { "lo" : accept, "eth1" : accept }'),
    input('ct status dnat accept', 'jump z').replace(
      'chain i',
      'chain z { iifname "eth0" goto y; }\nchain y { reject with icmpx admin-prohibited; }\nchain i',
    ),
    input('ct state vmap { established : accept, related : accept, new : continue }'),
    input(
      'tcp flags & (fin|syn|rst|ack) == syn accept',
      'meta mark set 0x1',
      'ip saddr & 0.0.0.1 == 0.0.0.1 drop',
    ),
    input('ip protocol @open accept').replace('{', '{\nset open { type inet_proto; elements = { tcp } }\n'),
    `define open = { tcp, udp }\n${input('meta l4proto { $open, icmp } accept')}`,
    'add table f\nadd chain f i { type filter hook input priority 0; policy drop; }\nadd rule f i tcp dport 22 accept\n',
    'table ip r { chain p { type filter hook prerouting priority -300; ct state invalid drop; }; }\n',
    input('jump {\n tcp dport 22 accept\n jump { tcp dport 80 accept; }\n} comment "web"'),
    input('iifname eth0 goto { meta l4proto icmp accept; }', 'meta l4proto vrrp accept'),
    input('meta l4proto tcp # recent: UPDATE seconds: 60 side: source counter packets 0 bytes 0 accept'),
    input('#', '# meta l4proto vrrp accept'),
    ingress('device eth0'),
    ingress('devices = { "eth1", "eth0" }', 'ether type { arp, ip6 } accept'),
  ])('nft drops: %s', (text) => {
    expect(dropped('nftables', 'nftables.conf', text)).toBe(true);
  });

  it('where a file and a dump both drop, the file is the one to mend', () => {
    const at = (...paths: string[]): string | undefined =>
      dropOf(hostModel(paths.map((path) => file('nftables', path, input()))).firewall, packet)?.at.source
        .path;
    expect(at('lb1/nft-ruleset.txt', 'lb1/etc/nftables.conf')).toBe('lb1/etc/nftables.conf');
    expect(at('lb1/etc/nftables.conf', 'lb1/nft-ruleset.txt')).toBe('lb1/etc/nftables.conf');
  });

  it('nft: what is included counts where it is included', () => {
    const main = 'flush ruleset\ninclude "/etc/nftables.d/*.nft"\n';
    const chain =
      'table inet f {\nchain i {\ntype filter hook input priority 0; policy drop;\ninclude "./allowed.nft"\n}\n}\n';
    const drops = (allowed: string): boolean => {
      const files = {
        'lb1/etc/nftables.conf': main,
        'lb1/etc/nftables.d/10-f.nft': chain,
        'lb1/etc/allowed.nft': allowed,
      };
      const host = Object.entries(files).map(([path, text]) => file('nftables', path, text));
      return dropOf(hostModel(host).firewall, packet) !== undefined;
    };
    expect(drops('tcp dport 22 accept\n')).toBe(true);
    expect(drops('meta l4proto vrrp accept\n')).toBe(false);
    expect(drops('include "allowed.nft"\n')).toBe(false);
    expect(dropped('nftables', 'lb1/etc/nftables.conf', main)).toBe(false);
  });

  it('nft: definitions of definitions do not grow without end', () => {
    const bombs = Array.from({ length: 60 }, (_, n) => `define a${n + 1} = { $a${n}, $a${n} }\n`).join('');
    expect(
      dropped('nftables', 'nftables.conf', `define a0 = tcp\n${bombs}${input('meta l4proto $a60 accept')}`),
    ).toBe(false);
  });

  it('a status of ufw does not tell of VRRP: it leaves out the rules before the operator’s own', () => {
    const status = (more: string): string =>
      `Status: active\n${more}\nTo                         Action      From\n--                         ------      ----\n22/tcp                     ALLOW IN    Anywhere\n`;
    expect(dropped('ufw', 'ufw-status.txt', status('Default: deny (incoming), allow (outgoing)'))).toBe(
      false,
    );
    expect(dropped('ufw', 'ufw-status.txt', status(''))).toBe(false);
  });

  const before = ':ufw-before-input - [0:0]\n-A ufw-before-input -i lo -j ACCEPT\n';
  it.each([
    ['nothing for VRRP', before, '-A ufw-user-input -p tcp --dport 22 -j ACCEPT', true],
    ['among the operator’s own', before, '-A ufw-user-input -d 224.0.0.18 -j ACCEPT', false],
    ['before them', `${before}-A ufw-before-input -p 112 -j ACCEPT\n`, '', false],
    ['what is before them is not at hand', undefined, '', false],
  ])('ufw: %s', (_, rules, own, expected) => {
    const files = [
      file('ufw', 'etc/default/ufw', 'DEFAULT_INPUT_POLICY="DROP"\nIPV6=no\n'),
      file('ufw', 'etc/ufw/ufw.conf', 'ENABLED=yes\n'),
      file('ufw', 'etc/ufw/user.rules', `*filter\n:ufw-user-input - [0:0]\n${own}\nCOMMIT\n`),
      ...(rules === undefined ? [] : [file('ufw', 'etc/ufw/before.rules', `*filter\n${rules}COMMIT\n`)]),
    ];
    const { firewall } = hostModel(files);
    expect(dropOf(firewall, packet) !== undefined).toBe(expected);
    const six: Packet = { ...packet, family: 'inet6', destination: { family: 'inet6', text: 'ff02::12' } };
    expect(dropOf(firewall, six)?.chain.name).toBe('ufw6 INPUT');
  });

  it('firewalld: direct rules, sources and services of one’s own may let adverts in', () => {
    const zone = (inner: string) => `<zone target="DROP"><interface name="eth0"/>${inner}</zone>`;
    expect(dropped('firewalld', 'zones/a.xml', zone('<service name="ssh"/>'))).toBe(true);
    expect(dropped('firewalld', 'zones/a.xml', zone('<service name="keepalived"/>'))).toBe(false);
    expect(dropped('firewalld', 'zones/a.xml', zone('<source address="10.0.0.0/24"/>'))).toBe(false);
    expect(dropped('firewalld', 'zones/a.xml', zone('<protocol value="112"/>'))).toBe(false);
    expect(dropped('firewalld', 'zones/a.xml', zone('').replace('eth0', 'eth1'))).toBe(false);
  });

  it.each([
    ['<rule><tcp-mss-clamp/></rule>', true],
    ['<rule><protocol value="vrrp"/><log/></rule>', true],
    ['<rule><protocol value="vrrp"/><nflog/><accept/></rule>', false],
    ['<rule family="ipv4"><source address="10.0.0.0/24"/><accept/></rule>', false],
    ['<rule family="ipv6"><accept/></rule>', true],
  ])('firewalld: a rich rule lets in what it accepts: %s', (rule, expected) => {
    const text = `<zone><interface name="eth0"/>${rule}</zone>`;
    expect(dropped('firewalld', 'zones/public.xml', text)).toBe(expected);
  });

  it('firewalld: a zone whose interfaces NetworkManager knows may be the one', () => {
    const files = ['public', 'internal'].map((name) =>
      file(
        'firewalld',
        `zones/${name}.xml`,
        name === 'public' ? '<zone></zone>' : '<zone><protocol value="vrrp"/></zone>',
      ),
    );
    const conf = file('firewalld', 'firewalld.conf', 'DefaultZone=public\n');
    expect(dropOf(hostModel([conf, files[0]!]).firewall, packet)).toBeDefined();
    expect(dropOf(hostModel([conf, ...files]).firewall, packet)).toBeUndefined();
  });

  it.each([
    ['<egress-zone name="HOST"/><rule><protocol value="vrrp"/><accept/></rule>', false],
    ['<egress-zone name="ANY"/><protocol value="vrrp"/>', false],
    [
      '<egress-zone name="HOST"/><rule family="ipv6"><icmp-type name="neighbour-advertisement"/><accept/></rule>',
      true,
    ],
    ['<egress-zone name="dmz"/><rule><protocol value="vrrp"/><accept/></rule>', true],
  ])('firewalld: a policy for what comes to the host may let adverts in: %s', (inner, expected) => {
    const files = [
      file('firewalld', 'zones/a.xml', '<zone target="DROP"><interface name="eth0"/></zone>'),
      file(
        'firewalld',
        'policies/a.xml',
        `<policy target="CONTINUE"><ingress-zone name="ANY"/>${inner}</policy>`,
      ),
    ];
    expect(dropOf(hostModel(files).firewall, packet) !== undefined).toBe(expected);
  });
});

describe('check scripts', () => {
  const ending = (text: string): string | undefined =>
    shellScript(source('check.sh', `#!/bin/sh\n${text}\n`))?.ending;

  it.each([
    ['pidof nginx; echo 1', 'success'],
    ['if pidof nginx; then echo 0; else echo 1; fi', 'success'],
    ['pidof nginx\nexit 0', 'success'],
    ['f() { pidof nginx; }\nf || logger down\nexit 0 # 1', 'success'],
    ['pidof nginx || true', 'success'],
    ['case $1 in a) exit 0 ;; *) echo ;; esac', 'success'],
    ['(exit 1)\n:', 'success'],
    ['curl -s http://127.0.0.1/ | logger', 'success'],
    ['systemctl is-active --quite nginx', 'failure'],
    ['kilall -0 nginx && exit 0\nexit 1', 'failure'],
    ['if pidof nginx; then exit 1; else exit 2; fi', 'failure'],
    ['false', 'failure'],
    ['! true', 'failure'],
    ['false\nexit $?', 'failure'],
    ['logger x\nif [[ $? != 0 ]]; then exit 1; fi', 'success'],
    ['kilall -0 nginx\nif [ $? -ne 0 ]; then exit 1; else exit 0; fi', 'failure'],
    ['false\ntest $? -eq 0', 'failure'],
  ] as const)('%s: %s', (text, expected) => {
    expect(ending(text)).toBe(expected);
  });

  it.each([
    'pidof nginx',
    'pidof nginx || exit 1\nexit 0',
    'pidof nginx\nexit $?',
    'pidof nginx\n[ $? -eq 0 ] || exit 1',
    'pidof nginx\nif [ "$?" -ne 0 ]; then exit 1; fi',
    'true\n[ $? -eq 1 ]',
    'set -e\npidof nginx\nexit 0',
    'set -o pipefail\npidof nginx | true',
    'trap "exit 1" EXIT\nexit 0',
    '. /etc/lib.sh\nexit 0',
    'f() { return 1; }\nf',
    'f() { exit 1; }\npidof nginx || f\nexit 0',
    'kill $$\nexit 0',
    'exec /usr/bin/check\nexit 0',
    'cat <<EOF\nexit 0\nEOF\nexit 0',
    'A=$(false)',
    'if pidof nginx; then exit 0; fi\n[ -e /run/x ]',
    'echo "unclosed\nexit 0',
    'x=(1 2)\nexit 0',
    'while :; do pidof nginx && exit 0; sleep 1; exit 1; done',
    'f() { f; }\nf',
    'pgrep nginx && echo up',
  ])('it is open how this ends: %s', (text) => {
    expect(ending(text)).toBeUndefined();
  });

  it.each([
    ['if true\nfi', 'then is missing before fi'],
    ['if true; then\n:', 'if has no fi'],
    ['while :; do echo; fi', 'done is missing before fi'],
    ['for x in a; do\n:', 'for has no done'],
    ['f() {\necho', '{ has no }'],
    ['case $1 in a) :', 'case has no esac'],
    ['echo\ndone', 'done has no loop'],
    ['if :; then { echo; fi', '} is missing before fi'],
  ])('a shell stops in %j: %s', (text, says) => {
    expect(syntaxFault(source('x.sh', text))?.says).toBe(says);
    expect(spawnSync('sh', ['-n'], { input: text }).status).not.toBe(0);
  });

  it.each([
    'function f {\n:\n}',
    '#!/bin/zsh\nif (( 1 )) {\n:\n}',
    'cat <<x\nfi\nx',
    'x=(a\nfi)',
    'for x do :; done',
  ])('what only some shells read is left open: %j', (text) => {
    expect(syntaxFault(source('x.sh', text))).toBeUndefined();
  });

  describe('called with words', () => {
    const script = (text: string) => shellScript(source('notify.sh', `#!/bin/bash\n${text}\n`))!;
    const backup = ['INSTANCE', 'VI_1', 'BACKUP', undefined];
    const said = (run: { readonly words: readonly string[] }[]) =>
      run.flatMap(({ words: [name, word] }) => (name === 'say' ? [word] : [])).join(' ');

    it.each([
      ['case $3 in MASTER) say a ;; BACKUP) say b ;; *) say c ;; esac; say d', 'b d'],
      ['case "${3}" in (MASTER|BACKUP) say a; exit ;; esac; say b', 'a'],
      ['S=$3; case "$S" in M*) say a ;; [AB]ACK*) say b ;; esac', 'b'],
      ['case $3 in MASTER) exit 1 ;; esac; say a', 'a'],
      ['if [ "$3" = MASTER ]; then say a; elif [[ $3 == BACKUP ]]; then say b; else say c; fi', 'b'],
      ['if test "x$3" != xMASTER; then say a; fi', 'a'],
      ['[ "$3" = MASTER ] && say a; [ "$3" = MASTER ] || say b; [ -z "$3" ] || say c', 'b c'],
      ['[ "$3" = BACKUP ] || exit 0; say a', 'a'],
      ['f() { [ "$1" = "$3" ] || return 0; say a; }; f 1 2 1; f 1 2 3; say b', 'a b'],
      ['main() { case $3 in BACKUP) say a ;; esac; }; main "$@"', 'a'],
      ['shift; [ $2 = BACKUP ] && say a; shift 2; say $1', 'a $1'],
      ['f() { local S=$1; say $S; }; S=x; f y; say $S', 'y $S'],
      ['S=x; (S=y; say $S); say $S', 'y $S'],
      ["S='$3'; say $S; say '$3'", '$S $3'],
      ['if ! true; then say a; else say b; fi', 'b'],
    ])('%s: certainly %s', (text, expected) => {
      expect(said([...script(text).run(backup).always])).toBe(expected);
    });

    it.each([
      ['case $4 in MASTER) say a ;; BACKUP) say b ;; esac', 'a b'],
      ['case $3 in "B"*) say a ;; esac', 'a'],
      ['case $(hostname) in a) say a ;; *) say b ;; esac', 'a b'],
      ['case ${3,,} in backup) say a ;; esac', 'a'],
      ['if pidof x; then S=$3; else S=a; fi; [ "$S" = BACKUP ] && say a', 'a'],
      ['S=$3; for S in a b; do [ $S = b ] && say a; done; [ $S = b ] && say b', 'a b'],
      ['S=$3; read S < /run/state; [ "$S" = MASTER ] && say a', 'a'],
      ['set -- MASTER; [ "$1" = MASTER ] && say a', 'a'],
      ['if x; then f() { say a; }; fi; f; [ $3 = BACKUP ] && g || say b', 'b'],
      ['f() { exit; }; pidof x && f; say a', 'a'],
      ['[ "$3" = BACKUP -a -e /run/x ] && say a', 'a'],
      ['[[ $3 == B* ]] && say a', 'a'],
      ['pidof x || exit 1; S=$3; if [ "$S" = MASTER ]; then say a; else say b; fi', 'b'],
      ['S=$3; pidof x || { S=MASTER; exit; }; pidof y; [ "$S" = MASTER ] && say a || say b', 'b'],
    ])('%s: perhaps %s', (text, expected) => {
      const { all, always } = script(text).run(backup);
      expect([said([...all]), said([...always])]).toEqual([expected, '']);
    });

    it('nothing is certain where something can end the script anywhere', () => {
      expect(script('set -e\nsay a').run(backup).always).toEqual([]);
      expect(script('f() { f; f; }; f; say a').run(backup).always.length).toBe(0);
    });
  });

  it('other languages are not looked into', () => {
    expect(shellScript(source('check.py', '#!/usr/bin/python3\nexit(0)\n'))).toBeUndefined();
    expect(shellScript(source('check', 'exit 0\n'))).toBeUndefined();
  });

  it.each([
    ['systemctl is-active --quiet nginx'],
    ['systemctl is-active --quie nginx'],
    ['killall5 -0'],
    ['killall -q -0 nginx'],
    ['curl --fail-with-body http://127.0.0.1/'],
    ['/opt/bin/pidoff nginx'],
    ['grep --line-buffered x'],
  ])('no slip: %s', (line) => {
    const words = line.split(' ');
    const at = { source: source('x', ''), start: 0, end: 0 };
    expect(slipIn({ words, places: words.map(() => at) })).toBeUndefined();
  });
});

describe('files of a host are recognised', () => {
  it.each([
    ['etc/sysctl.conf', 'net.ipv4.ip_forward=1', 'sysctl'],
    ['rules.v4', '*filter\nCOMMIT\n', 'iptables'],
    ['etc/sysconfig/ip6tables', '*filter\nCOMMIT\n', 'iptables'],
    ['etc/nftables.conf', 'table ip x {\n}\n', 'nftables'],
    ['etc/nftables.d/vrrp.conf', 'add rule inet filter input meta l4proto vrrp accept\n', 'nftables'],
    ['etc/firewalld/zones/public.xml', '<zone>\n</zone>', 'firewalld'],
    ['etc/firewalld/policies/ha.xml', '<policy>\n</policy>', 'firewalld'],
    ['etc/ufw/user.rules', '*filter\nCOMMIT\n', 'ufw'],
    ['etc/netplan/01.yaml', 'network:\n', 'netplan'],
    ['ip-addr.txt', '1: lo: <LOOPBACK,UP> mtu 65536\n', 'ip-addr'],
    ['host/ip_a.txt', 'lo   UNKNOWN   127.0.0.1/8\n', 'ip-addr'],
    ['ip-o-addr', '1: lo    inet 127.0.0.1/8 scope host lo\n', 'ip-addr'],
    ['ip-allow.conf', 'lo UP down\n', undefined],
    ['docker-compose.yaml', 'services:\n', undefined],
    ['pom.xml', '<project>', undefined],
    ['etc/nginx/nginx.conf', 'events { }', undefined],
    ['etc/sysctl.conf.bak', 'net.ipv4.ip_forward=1', undefined],
  ] as const)('%s', (path, text, expected) => {
    expect(hostKindOf(`/${path}`, text)).toBe(expected);
  });

  const keepalived = 'vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id 51\n}\n';
  const hosts = (args: readonly string[], files: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      load(args, { fs: memory(files), cwd: '/' }).nodes.map(({ name, host }) => [
        name,
        host.map(({ source }) => source.path),
      ]),
    );

  it('each machine has those of its own folder', () => {
    const files = {
      'lb1/etc/keepalived/keepalived.conf': keepalived,
      'lb1/etc/sysctl.d/60-a.conf': 'a.b = 1\n',
      'lb1/etc/systemd/network/10-netplan-eth0.network.d/keep.conf': '[Network]\n',
      'lb2/keepalived.conf': keepalived,
      'lb2/nft.conf': 'table ip f {\n}\n',
      'web1/sysctl.conf': 'a.b = 1\n',
    };
    const expected = {
      lb1: ['lb1/etc/sysctl.d/60-a.conf', 'lb1/etc/systemd/network/10-netplan-eth0.network.d/keep.conf'],
      lb2: ['lb2/nft.conf'],
      web1: ['web1/sysctl.conf'],
    };
    expect(hosts(['.'], files)).toEqual(expected);
    expect(hosts(Object.keys(files), files)).toEqual(expected);
  });

  it('the operator says whose they are', () => {
    const files = {
      'a.conf': keepalived,
      'sysctl.conf': 'a.b = 1\n',
      dump: '# Generated by iptables-save v1\n*filter\nCOMMIT\n',
    };
    expect(hosts(['lb1=a.conf', 'lb1=sysctl.conf', 'lb1=dump'], files)).toEqual({
      lb1: ['sysctl.conf', 'dump'],
    });
  });

  it('a name tells the machine where they share a folder', () => {
    const files = {
      'keepalived-master.conf': keepalived,
      'keepalived-backup.conf': keepalived,
      'sysctl-backup.conf': 'a.b = 1\n',
      'iptables.txt': '*filter\nCOMMIT\n',
    };
    expect(hosts(['.'], files)).toEqual({
      master: ['iptables.txt'],
      backup: ['iptables.txt', 'sysctl-backup.conf'],
    });
  });

  it('alone they are nothing to check', () => {
    const { nodes, skipped } = load(['.'], { fs: memory({ 'etc/sysctl.conf': 'a.b = 1\n' }), cwd: '/' });
    expect(nodes).toEqual([]);
    expect(skipped).toHaveLength(1);
  });
});

it('no line of a host’s file is shown with its secrets', () => {
  const text = 'psk=hunter22\npassword: "hunter22"\ncurl -u admin:hunter22 x\nwget http://u:hunter22@h/\n';
  const file = source('x', text);
  expect(secretsIn(file).map(({ start, end }) => text.slice(start, end))).toEqual(Array(4).fill('hunter22'));
});

describe('no text does harm', () => {
  const words = [
    '*filter',
    ':INPUT DROP [0:0]',
    '-A INPUT',
    '-j',
    '!',
    '-p',
    'vrrp',
    'table',
    'inet',
    '{',
    '}',
    'chain',
    ';',
    '\n',
    'ip',
    'saddr',
    '==',
    ',',
    'type filter hook input priority 0',
    'policy drop',
    'ct state vmap',
    '<zone>',
    '</zone>',
    '<rule',
    '"',
    "'",
    'network:',
    '  - &a',
    '*a',
    '[Match]',
    'Name=',
    'if',
    'then',
    'fi',
    '$(',
    ')',
    '`',
    'exit',
    '#!/bin/sh\n',
    'case',
    'esac',
    'in',
    'for',
    'do',
    'done',
    '|',
    '&&',
    'COMMIT',
    '\\',
    '\0',
    '\u2028',
    '=',
    'iface',
    'address',
  ];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 60 })
    .map((parts) => parts.join(' '));
  const paths: Readonly<Record<HostKind, string>> = {
    sysctl: 'sysctl.conf',
    iptables: 'iptables-save',
    nftables: 'nftables.conf',
    firewalld: 'zones/x.xml',
    ufw: 'user.rules',
    netplan: 'netplan/x.yaml',
    networkd: 'x.network',
    ifcfg: 'ifcfg-x',
    'network-manager': 'x.nmconnection',
    'ip-addr': 'ip-addr.txt',
    interfaces: 'interfaces',
  };

  it.each(Object.entries(paths) as [HostKind, string][])('%s', (kind, path) => {
    fc.assert(
      fc.property(text, (given) => {
        const host = hostModel([file(kind, path, given)]);
        const packet: Packet = {
          direction: 'in',
          family: 'inet',
          protocol: 112,
          source: undefined,
          destination: undefined,
          interface: undefined,
          multicast: false,
        };
        const drop = dropOf(host.firewall, packet);
        if (drop) expect(drop.at.end).toBeLessThanOrEqual(given.length);
        for (const { at } of host.network.interfaces) expect(at?.end ?? 0).toBeLessThanOrEqual(given.length);
        for (const { at } of host.sysctl.keys.values()) expect(at.end).toBeLessThanOrEqual(given.length);
      }),
      { numRuns: 300 },
    );
  });

  it('shell', () => {
    fc.assert(
      fc.property(text, (given) => {
        const read = shellScript(source('x.sh', given));
        for (const { at } of read?.commands ?? []) expect(given.slice(at.start, at.end)).not.toBe('');
        const { all = [], always = [] } = read?.run(['a', undefined]) ?? {};
        expect(all).toEqual(expect.arrayContaining([...always]));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['nested braces', `table ip x {\n${'chain a { '.repeat(20_000)}`, 'nftables.conf'],
    ['nested elements', '<zone>'.repeat(50_000), 'zones/x.xml'],
    ['nested lists', `network: ${'['.repeat(20_000)}`, 'netplan/x.yaml'],
    [
      'chains that jump on and on',
      `*filter\n:INPUT DROP [0:0]\n${Array.from({ length: 5000 }, (_, i) => `-A ${i ? `c${i}` : 'INPUT'} -j c${i + 1}\n-A ${i ? `c${i}` : 'INPUT'} -j c${i + 1}`).join('\n')}\nCOMMIT\n`,
      'iptables-save',
    ],
    ['a long line', `net.${'*'.repeat(100_000)} = 1\n`, 'sysctl.conf'],
  ])('%s takes no time', (_, text, path) => {
    const files = {
      'lb1/keepalived.conf':
        'vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id 51\n    virtual_ipaddress {\n        10.0.0.1/24\n    }\n}\n',
      [`lb1/etc/${path}`]: text,
    };
    const start = performance.now();
    expect(check(['lb1'], { fs: memory(files) }).internalErrors).toEqual([]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('nor does a script of nothing but openings', () => {
    const start = performance.now();
    shellScript(source('x.sh', '$('.repeat(30_000)));
    shellScript(source('x.sh', 'if '.repeat(20_000)));
    shellScript(source('x.sh', '( '.repeat(30_000)));
    const calls = Array.from({ length: 40 }, (_, i) => `f${i}() { f${i + 1}; f${i + 1}; }`).join('\n');
    shellScript(source('x.sh', `${calls}\nf0`))!.run([]);
    const chain = Array.from({ length: 3000 }, (_, i) => `f${i}(){ f${i + 1};}`).join('\n');
    shellScript(source('x.sh', `${chain}\nf0`))!.run([]);
    shellScript(source('x.sh', `case $1 in ${'*a'.repeat(50)}b) : ;; esac`))!.run(['a'.repeat(250)]);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

it('a script that an interpreter reads needs no execute bit, and what starts the same file itself does', () => {
  const keepalived = `
    vrrp_script chk_nginx {
        script "/bin/sh /etc/keepalived/nginx.sh"
        user root
    }
    vrrp_instance VI_1 {
        interface eth0
        virtual_router_id 51
        notify_master /etc/keepalived/nginx.sh
        notify_backup /etc/keepalived/nginx.sh
        notify_fault /etc/keepalived/fault.sh
        virtual_ipaddress {
            10.0.0.100/24
        }
        track_script {
            chk_nginx
        }
    }
  `;
  const files = {
    'lb1/etc/keepalived/keepalived.conf': keepalived,
    'lb1/etc/keepalived/nginx.sh': '#!/bin/sh\npidof nginx\n',
    'lb1/etc/keepalived/fault.sh': '#!/bin/sh\nlogger fault\n',
  };
  const fs = memory(files, { 'lb1/etc/keepalived/fault.sh': { executable: true } });
  const found = check(['lb1'], { fs }).diagnostics.filter(({ rule }) => rule === 'script-missing');
  expect(found.map(({ line, message }) => `${line} ${message}`)).toEqual([
    '9 /etc/keepalived/nginx.sh is not executable: nobody is told',
  ]);
});

it('the real disk tells whether a script can be run', () => {
  expect(disk.status('/bin/sh').executable).toBe(true);
});
