/**
 * lbcheck and `keepalived -t` agree: every keyword of the tables that 2.2.7 knows, with values that are right, too small, too
 * large, no value and one word too many, each in an otherwise correct block. What keepalived complains of, lbcheck reports;
 * what keepalived takes, lbcheck calls no error. Differences that are meant stand in `reviewed`, with their reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Arg, keyword, keywordContexts, keywordsIn } from '../../grammar/tables/keywords.ts';
import { check, memory, parseVersion } from '../../src/index.ts';
import { daemonVersion, describeWith, keepalivedTest, type Message } from './harness.ts';

type Variant = 'valid' | 'lowest' | 'highest' | 'below' | 'above' | 'wrong' | 'missing' | 'extra' | 'bare';

interface Case {
  readonly context: string;
  readonly keyword: string;
  readonly variant: Variant;
  /** The statement under test; a block has its body. */
  readonly text: string;
}

const idOf = ({ context, keyword, variant }: Case): string => `${context}/${keyword} ${variant}`;

// ---------------------------------------------------------------------------------------------------------------------
// Values

/** Words that are right where the type alone does not tell. */
const samples: Readonly<Record<string, string>> = {
  'bfd_instance/idle_tx': '1500',
  'bfd_instance/min_rx': '50',
  'bfd_instance/min_tx': '50',
  'bfd_instance/max_hops': '10',
  'global_defs/vrrp_mcast_group4': '224.0.0.19',
  'global_defs/vrrp_mcast_group6': 'ff02::13',
  'global_defs/lvs_timeouts': 'tcp 900 udp 300',
  'global_defs/lvs_sync_daemon': 'eth0 id 7',
  'global_defs/umask': '022',
  'global_defs/vrrp_rx_bufs_policy': 'MTU',
  'global_defs/vrrp_ipsets': 'a b c',
  'global_defs/vrrp_cpu_affinity': '0',
  'global_defs/checker_cpu_affinity': '0',
  'global_defs/bfd_cpu_affinity': '0',
  'global_defs/vmac_prefix': 'vr',
  'global_defs/vmac_addr_prefix': 'va',
  'global_defs/vrrp_garp_extra_if': '60',
  'global_defs/vrrp_vmac_garp_intvl': '60',
  'global_defs/notification_email_from': 'a@example.com',
  'global_defs/tmp_config_directory': '/tmp/keepalived',
  'global_defs/config_save_dir': '/tmp',
  'root/virtual_server': '10.9.9.9 80',
  'virtual_server/persistence_granularity': '255.255.255.0',
  'virtual_server/real_server': '10.9.9.8 80',
  'virtual_server/quorum': '1',
  'virtual_server.real_server.UDP_CHECK/payload': '0aff00',
  'virtual_server.real_server.UDP_CHECK/require_reply': '0aff00',
  'virtual_server.real_server.BFD_CHECK/name': 'bfd1',
  'virtual_server.real_server.FILE_CHECK/track_file': 'file1',
  'virtual_server.real_server.HTTP_GET.url/digest': '0123456789abcdef0123456789abcdef',
  'virtual_server.real_server.SSL_GET.url/digest': '0123456789abcdef0123456789abcdef',
  'virtual_server.real_server.HTTP_GET.url/status_code': '200',
  'virtual_server.real_server.SSL_GET.url/status_code': '200',
  'virtual_server.real_server.HTTP_GET.url/path': '/',
  'virtual_server.real_server.SSL_GET.url/path': '/',
  'vrrp_instance/mcast_dst_ip': '224.0.0.20',
  'vrrp_instance/mcast_src_ip': '192.0.2.1',
  'vrrp_instance/unicast_src_ip': '192.0.2.1',
  'vrrp_instance/advert_int': '2',
  'vrrp_instance/garp_extra_if': '60',
  'vrrp_instance/vmac_garp_intvl': '60',
  'vrrp_instance/priority': '100',
  'vrrp_instance/virtual_router_id': '250',
  'bfd_instance/neighbor_ip': '192.0.2.250',
  'bfd_instance/neighbour_ip': '2001:db8::250',
  'garp_group/interface': 'eth2',
  'vrrp_instance/state': 'BACKUP',
  'vrrp_instance/use_vmac': 'vmac1',
  'vrrp_instance/use_ipvlan': 'ipvl1 10.0.0.5',
  'vrrp_script/interval': '2',
  'vrrp_script/timeout': '2',
};

const commands = '"/usr/bin/true"';

function sample(arg: Arg): string {
  const middle = (): number => {
    const [low, high] = [arg.min ?? 0, Math.min(arg.max ?? 100, 100)];
    return Math.max(low, Math.min(high, Math.ceil(low) + 1));
  };
  switch (arg.type) {
    case 'int':
    case 'uint':
    case 'seconds':
    case 'milliseconds':
      return String(middle());
    case 'port':
      return '80';
    case 'enum':
      return arg.values![0]!;
    case 'bool':
      return 'on';
    case 'interface':
      return 'eth0';
    case 'ip':
    case 'ip_or_cidr':
      return '192.0.2.77';
    case 'user':
    case 'group':
      return 'root';
    case 'path':
      return '/tmp/x';
    case 'quoted_script':
      return commands;
    case 'host':
      return '192.0.2.25';
    case 'hexstring':
      return '00';
    default:
      return 'word1';
  }
}

/** A word that the type rules out; undefined where any word does. */
function wrong(arg: Arg): string | undefined {
  switch (arg.type) {
    case 'int':
    case 'uint':
    case 'seconds':
    case 'milliseconds':
    case 'port':
    case 'enum':
    case 'bool':
    case 'ip':
    case 'ip_or_cidr':
      return 'zzz9';
    case 'hexstring':
      return 'xyz';
    default:
      return undefined;
  }
}

const step = (arg: Arg): number => (/seconds/.test(arg.type) && arg.min !== 0 && (arg.min ?? 1) < 1 ? 0 : 1);

/** The statements to try for one keyword. */
function* casesOf(context: string, name: string): Generator<Case> {
  const known = keyword(context, name)!;
  const make = (variant: Variant, words: string): Case => ({
    context,
    keyword: name,
    variant,
    text: `${name}${words === '' ? '' : ` ${words}`}`,
  });
  const required = known.args.filter(({ optional }) => !optional);
  const first = known.args[0];
  const good = samples[`${context}/${name}`] ?? required.map(sample).join(' ');
  if (known.opens !== undefined || known.items !== undefined) return;
  yield make('valid', good);
  if (required.length > 0) yield make('missing', '');
  else if (first && !samples[`${context}/${name}`]) yield make('bare', sample(first));
  if (!known.args.some(({ variadic }) => variadic) && !known.raw) {
    const all = samples[`${context}/${name}`] ?? known.args.map(sample).join(' ');
    yield make('extra', `${all} surplus`);
  }
  if (!first || known.raw || first.optional !== known.args.every(({ optional }) => optional)) return;
  const rest = required.slice(1).map(sample).join(' ');
  const bad = wrong(first);
  if (bad !== undefined) yield make('wrong', `${bad} ${rest}`.trim());
  if (first.min !== undefined && step(first))
    yield make('below', `${first.min - step(first)} ${rest}`.trim());
  if (first.min !== undefined) yield make('lowest', `${first.min} ${rest}`.trim());
  if (first.max !== undefined) yield make('highest', `${first.max} ${rest}`.trim());
  if (first.max !== undefined) yield make('above', `${first.max + 1} ${rest}`.trim());
}

// ---------------------------------------------------------------------------------------------------------------------
// Blocks around a statement

/** Lines that a block needs, by the keyword that a line is. */
type Needs = readonly (readonly [string, string])[];

const block = (
  head: string,
  needs: Needs,
  { keyword: name, text }: Case,
  ...same: readonly string[]
): string =>
  [
    `${head} {`,
    ...needs.filter(([word]) => word !== name && !same.includes(word)).map(([, line]) => line),
    text,
    '}',
  ].join('\n');

const peers = 'unicast_peer {\n192.0.2.9\n}';
const aliases: Readonly<Record<string, readonly string[]>> = {
  lvs_sched: ['lb_algo'],
  lvs_method: ['lb_kind'],
  neighbour_ip: ['neighbor_ip'],
};

function instance(n: number, test: Case, inner?: string): string {
  const unicast = /unicast/.test(test.keyword) && test.keyword !== 'unicast_peer';
  const needs: Needs = [
    ['interface', 'interface eth0'],
    ['virtual_router_id', `virtual_router_id ${n}`],
    ['priority', 'priority 100'],
    ...(unicast ? [['unicast_peer', peers] as const] : []),
    ...(test.keyword === 'vmac_xmit_base' ? [['use_vmac', 'use_vmac'] as const] : []),
    ['virtual_ipaddress', `virtual_ipaddress {\n10.1.${n}.1/24\n}`],
  ];
  return block(
    `vrrp_instance C${n}`,
    needs,
    inner === undefined ? test : { ...test, keyword: '', text: inner },
  );
}

function server(n: number, test: Case, inner?: string): string {
  const needs: Needs = [
    [
      'lb_algo',
      `lb_algo ${/^mh-/.test(test.keyword) ? 'mh' : /^(?:sh-|hashed)/.test(test.keyword) ? 'sh' : 'rr'}`,
    ],
    ['lb_kind', 'lb_kind NAT'],
    ['protocol', `protocol ${test.keyword === 'ops' ? 'UDP' : 'TCP'}`],
    ...(test.keyword === 'hysteresis' ? [['quorum', 'quorum 100'] as const] : []),
    ...(/^sorry_server_/.test(test.keyword) ? [['sorry_server', 'sorry_server 10.3.0.1 80'] as const] : []),
    ['real_server', `real_server 10.2.${n}.2 80 {\nweight 1000\nTCP_CHECK {\nconnect_timeout 3\n}\n}`],
  ];
  const tested = inner === undefined ? test : { ...test, keyword: 'real_server', text: inner };
  return block(`virtual_server 10.2.${n}.1 80`, needs, tested, ...(aliases[test.keyword] ?? []));
}

const checkerNeeds: Readonly<Record<string, Needs>> = {
  HTTP_GET: [['url', 'url {\npath /\nstatus_code 200\n}']],
  SSL_GET: [['url', 'url {\npath /\nstatus_code 200\n}']],
  MISC_CHECK: [
    ['misc_path', `misc_path ${commands}`],
    ['user', 'user root'],
  ],
  BFD_CHECK: [['name', 'name bfd1']],
  FILE_CHECK: [['track_file', 'track_file file1']],
};

/** A block of its own for the statement, with `n` in names, numbers and addresses. */
function wrapped(n: number, test: Case): string | undefined {
  const [outer, , checker, inmost] = test.context.split('.');
  const real = (inner: string): string =>
    server(n, test, `real_server 10.2.${n}.2 80 {\nweight 1\n${inner}\n}`);
  switch (test.context) {
    case 'global_defs':
      return block('global_defs', [], test);
    case 'vrrp_instance':
      return instance(n, test);
    case 'vrrp_instance.authentication': {
      const needs: Needs = [
        ['auth_type', 'auth_type PASS'],
        ['auth_pass', 'auth_pass k9-Vrx2q'],
      ];
      return instance(n, test, block('authentication', needs, test));
    }
    case 'vrrp_script':
      return block(`vrrp_script S${n}`, [['script', `script ${commands}`]], test);
    case 'vrrp_track_process':
      return block(`vrrp_track_process P${n}`, [['process', `process p${n}`]], test);
    case 'track_file':
    case 'vrrp_track_file':
      return block(`${test.context} F${n}`, [['file', 'file /tmp/f']], test);
    case 'bfd_instance':
      return block(
        `bfd_instance B${n}`,
        [['neighbor_ip', `neighbor_ip 192.0.2.${n}`]],
        test,
        ...(aliases[test.keyword] ?? []),
      );
    case 'garp_group':
      return block(
        'garp_group',
        [
          ['garp_interval', 'garp_interval 1'],
          ['interface', `interface g${n}`],
        ],
        test,
      );
    case 'SSL':
      return block('SSL', [], test);
    case 'virtual_server':
      return server(n, test);
    case 'virtual_server.real_server':
      return real(test.text);
  }
  if (outer === 'virtual_server' && checker) {
    const needs = checkerNeeds[checker] ?? [];
    if (inmost === 'url') {
      const url = block('url', [['path', 'path /']], test);
      return real(block(checker, [], { ...test, keyword: '', text: url }));
    }
    const text = inmost ? block(inmost, [], test) : test.text;
    return real(block(checker, needs, { ...test, keyword: inmost ? '' : test.keyword, text }));
  }
  return undefined;
}

const security = 'global_defs {\nenable_script_security\nscript_user root\n}\n';
const named = 'bfd_instance bfd1 {\nneighbor_ip 192.0.2.200\n}\ntrack_file file1 {\nfile /tmp/f\n}\n';
const plain =
  'vrrp_instance PLAIN {\ninterface eth1\nvirtual_router_id 1\npriority 100\nvirtual_ipaddress {\n10.0.0.1/24\n}\n}\n';

/** A whole file for a statement that must be alone: globals, and what ends the daemon's reading. */
function alone(test: Case): string | undefined {
  if (test.context === 'root') return `${test.text}\n${plain}`;
  if (test.context === 'global_defs') return `${security}global_defs {\n${test.text}\n}\n${plain}`;
  const text = wrapped(9, test);
  return text && `${security}${named}${text}\n`;
}

/** Statements in whose company others would read differently, or not at all. */
const lonely = ({ context, keyword: name, variant }: Case): boolean =>
  context === 'root' ||
  context === 'SSL' ||
  name === 'virtual_router_id' ||
  // A rejected value changes nothing, and those at the bounds little, but a valid one holds for the whole file.
  (context === 'global_defs' && ['valid', 'bare', 'extra'].includes(variant)) ||
  variant === 'missing';

interface Batch {
  readonly text: string;
  readonly cases: readonly {
    readonly test: Case;
    readonly n: number;
    readonly from: number;
    readonly to: number;
  }[];
}

const batchSize = 120;

function batches(cases: readonly Case[]): Batch[] {
  const out: Batch[] = [];
  for (const test of cases.filter(lonely)) {
    const text = alone(test);
    if (text) out.push({ text, cases: [{ test, n: 9, from: 1, to: text.split('\n').length }] });
  }
  const social = cases.filter((each) => !lonely(each));
  for (let at = 0; at < social.length; at += batchSize) {
    let text = security + named;
    const members: Batch['cases'][number][] = [];
    for (const [index, test] of social.slice(at, at + batchSize).entries()) {
      const part = wrapped(index + 10, test);
      if (!part) continue;
      const from = text.split('\n').length;
      text += `${part}\n`;
      members.push({ test, n: index + 10, from, to: text.split('\n').length - 1 });
    }
    out.push({ text, cases: members });
  }
  return out;
}

// ---------------------------------------------------------------------------------------------------------------------
// The two judgements

/** Messages that say nothing about a statement. */
const chatter = /^(?:Use of |Starting|Configuration file|Daemon|Opening file)/;

function daemonSays(batch: Batch, member: Batch['cases'][number], messages: readonly Message[]): string[] {
  if (batch.cases.length === 1) return messages.map(({ text }) => text).filter((text) => !chatter.test(text));
  const { n, from, to } = member;
  const name = new RegExp(`\\b(?:C|S|P|F|B)${n}\\b|\\[10\\.2\\.${n}\\.\\d\\]`);
  return messages
    .filter(({ line, text }) => (line === undefined ? name.test(text) : line >= from && line <= to))
    .map(({ text }) => text);
}

interface Verdict {
  readonly id: string;
  readonly text: string;
  readonly daemon: readonly string[];
  readonly ours: readonly string[];
  readonly errors: readonly string[];
}

/** Rules about the skeletons rather than the statements. */
const aside = new Set([
  'unused-script',
  'no-health-check',
  'no-alarm',
  'no-arbiter',
  'single-heartbeat-path',
]);

function ourReport(text: string): { line: number; severity: string; words: string }[] {
  const report = check(['keepalived.conf'], {
    fs: memory({ 'keepalived.conf': text }),
    versions: { keepalived: parseVersion('2.2.7'), nginx: undefined },
  });
  expect(report.internalErrors).toEqual([]);
  return report.diagnostics
    .filter(({ rule, severity }) => severity !== 'info' && !aside.has(rule))
    .map(({ line, severity, rule, message }) => ({ line, severity, words: `${rule}: ${message}` }));
}

async function judge(batch: Batch): Promise<Verdict[]> {
  const garp = [...batch.text.matchAll(/^interface (g\d+)$/gm)].map(([, name]) => [name!, []] as const);
  const interfaces = {
    eth0: ['192.0.2.1/24'],
    eth1: ['192.0.3.1/24'],
    eth2: [],
    ...Object.fromEntries(garp),
  };
  const { code, messages } = await keepalivedTest(batch.text, { interfaces });
  const ours = ourReport(batch.text);
  return batch.cases.map((member) => {
    const said = daemonSays(batch, member, messages);
    // A crash or the end of all reading is a complaint, too.
    const daemon = said.length === 0 && batch.cases.length === 1 && code !== 0 ? [`exit ${code}`] : said;
    const here = ours.filter(({ line }) => line >= member.from && line <= member.to);
    return {
      id: idOf(member.test),
      text: member.test.text,
      daemon: batch.cases.length === 1 && code === 0 ? [] : daemon,
      ours: here.map(({ words }) => words),
      errors: here.filter(({ severity }) => severity === 'error').map(({ words }) => words),
    };
  });
}

/** Does `work` for all of `items`, a few at a time. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at]!);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return results;
}

// ---------------------------------------------------------------------------------------------------------------------
// What a table of keywords does not reach

const fourInterfaces = Object.fromEntries([0, 1, 2, 3].map((n) => [`eth${n}`, [`192.0.${n + 2}.1/24`]]));
const address = 'virtual_ipaddress {\n10.0.0.100/24\n}';
const head = 'interface eth0\nvirtual_router_id 51';
const one = (body: string): string => `vrrp_instance A {\n${head}\npriority 100\n${body}\n}\n`;
const two = (body = '', addresses = 'virtual_ipaddress {\n10.0.0.101/24\n}', id = 52): string =>
  `vrrp_instance B {\ninterface eth0\nvirtual_router_id ${id}\npriority 100\n${addresses}\n${body}\n}\n`;
const grouped = (members: string, more = ''): string =>
  `vrrp_sync_group G {\ngroup {\n${members}\n}\n${more}\n}\n`;
const checkScript = (more = ''): string => `vrrp_script chk {\nscript "/usr/bin/true"\n${more}\n}\n`;
const lvs = (body: string, target = '10.9.0.1 80', server = '10.9.0.2 80 {\nweight 1\n}'): string =>
  `virtual_server ${target} {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\n${body}\nreal_server ${server}\n}\n`;

/** Lines of a list, each in a file of its own. */
const listed = (list: string, before: string, lines: readonly string[]): (readonly [string, string])[] =>
  lines.map((line) => [
    `${list}: ${line}`,
    /^static_/.test(list) || list === 'interface_up_down_delays'
      ? `${list} {\n${line}\n}\n${one(address)}`
      : `${security}${before}${one(`${/^virtual_ipaddress$/.test(list) ? '' : address}\n${list} {\n${line}\n}`)}`,
  ]);

const weights = [
  'weight 5',
  'weight',
  'weight x',
  'weight 255',
  'weight 300',
  'weight -5 reverse',
  'wieght 5',
  'other',
];
const tracked = (name: string): string[] => [name, ...weights.map((words) => `${name} ${words}`), 'nobody'];

const scenarios: readonly (readonly [string, string])[] = [
  ...listed('virtual_ipaddress', '', [
    ...[
      '10.0.0.1/24 10.0.0.2/24',
      '10.0.0.1/24 dve eth0',
      '10.0.0.1/24 dev',
      '10.0.0.1/24 brd 10.0.0',
      '10.0.0.1/24 brd +',
    ],
    ...[
      '10.0.0.1 peer 10.0.0.2',
      '10.0.0.1/32 peer 10.0.0.2',
      '10.0.0.1/24 peer 10.0.0.2',
      '10.0.0.1 peer 10.0.0.2/24',
      '10.0.0.1 peer 10.0.0.2 brd 10.0.0.255',
      '10.0.0.1 peer fd00::2',
      'fd00::1 peer fd00::2',
    ],
    ...[
      'fd00::1/64 brd 10.0.0.255',
      'fd00::1/64 label eth0:1',
      'fd00::1/64 scope link',
      '10.0.0.1/24 scope linkk',
    ],
    ...[
      '10.0.0.1/24 scope 200',
      '10.0.0.1/24 home',
      '10.0.0.1/33',
      '10.0.0.1/255.255.255.0',
      '10.0.0.300/24',
      '10.0.0.1/',
    ],
    ...[
      'www.example.com',
      '10.0.0.1OO/24',
      'dev eth0 10.0.0.1/24',
      '10.0.0.1/24 dev eth0 dev eth1',
      '10.0.0.1/24,',
    ],
    ...[
      '10.0.0.1/24 dev eth0 label eth0:abcdefghijk',
      '10.0.0.1/24 preferred_lft 0',
      '10.0.0.1/24 preferred_lft x',
    ],
    ...['10.0.0.1/24 no_track', '10.0.0.1-5', '10.0.0.1/24\nfd00::1/64', 'fd00::1/64\n10.0.0.1/24', ''],
  ]),
  ...listed('track_script', checkScript(), [
    ...tracked('chk'),
    'chk\nchk',
    'chk weight 254',
    'chk reverse',
    'chk: weight 5',
  ]),
  ...listed('track_process', 'vrrp_track_process p {\nprocess p\n}\n', tracked('p')),
  ...listed('track_bfd', 'bfd_instance b {\nneighbor_ip 192.0.2.77\n}\n', [...tracked('b'), 'b weight 254']),
  // A name that is no file makes 2.2.7 crash.
  ...listed('track_file', 'track_file f {\nfile /tmp/f\n}\n', tracked('f').slice(0, -1)),
  ...listed('track_interface', '', [
    'eth1',
    'eth0',
    'eth1 eth2',
    'eth1 weight 300',
    'eth1 weight',
    'eth1\neth1',
    'eth1 weight 5 noreverse',
  ]),
  ...listed('unicast_peer', '', [
    ...[
      '192.0.2.9',
      '192.0.2.9 min_ttl 5 max_ttl 10',
      '192.0.2.9 min_ttl 50 max_ttl 10',
      '192.0.2.9 max_ttl 256',
      '',
    ],
    ...[
      '192.0.2.9 max_ttl',
      '192.0.2.9 192.0.2.10',
      '192.0.2.9 foo',
      '192.0.2.999',
      '192.0.2.9/24',
      'fd00::9',
    ],
  ]),
  ...listed('virtual_routes', '', [
    ...[
      '10.9.0.0/24 via 192.0.2.7 dev eth0',
      '10.9.0.0/24 via 192.0.2.7',
      '10.9.0.0/24 via 192.0.2.7 no_track',
    ],
    ...[
      'src 192.0.2.1 to 10.9.0.0/24 dev eth0 scope link table 5 metric 3',
      'blackhole 10.9.0.0/24',
      'via 192.0.2.7 dev eth0',
    ],
    ...[
      '10.9.0.0/24 vai 192.0.2.7 dev eth0',
      'default via 192.0.2.7 dev eth0',
      '10.9.0.0/33 dev eth0',
      '10.9.0.300/24 dev eth0',
    ],
    ...[
      '10.9.0.0/24 via 192.0.2 dev eth0',
      '10.9.0.0/24 dev eth0 via',
      '10.9.0.0/24 dev eth0 metric x',
      '10.9.0.0/24 dev eth0 mtu x',
    ],
    ...[
      '10.9.0.0/24 dev eth0 scope foo',
      '10.9.0.0/24 dev eth0 pref low',
      '10.9.0.0/24 gw 192.0.2.7 dev eth0',
      '10.9.0.0/24 dev eth0 onlink',
    ],
    ...[
      '10.9.0.0/24 via fd00::7 dev eth0',
      '10.9.0.0/24 dev eth0 hoplimit 300',
      '10.9.0.0/24 dev eth0 quickack 2',
      '10.9.0.0/24 dev eth0 features foo',
    ],
    ...[
      'fd00::/64 via fe80::7 dev eth0 realms 5',
      'src 10.0.0 10.9.0.0/24 dev eth0',
      '10.9.0.7 dev eth0 mtu lock 1400 advmss 1360',
    ],
    ...['tos 16', 'tos 0x10', 'tos 300', 'tos 08'].map((more) => `10.9.0.7 dev eth0 ${more}`),
    ...['realms 5', 'realms 5/6', 'realms 5/', 'realms 256'].map((more) => `10.9.0.7 dev eth0 ${more}`),
    ...['rtt 5', 'rtt 1.5s', 'rtt lock 5ms', 'rtt 5us', 'rttvar 5x', 'rto_min x', 'protocol 300'].map(
      (more) => `10.9.0.7 dev eth0 ${more}`,
    ),
  ]),
  ...listed('virtual_rules', '', [
    ...[
      'from 10.9.0.0/24 table 100 priority 100',
      'from 10.9.0.0/24 table 100',
      'from 10.9.0.0/24 priority 100',
      'from all lookup 100 preference 5',
    ],
    ...[
      'form 10.9.0.0/24 table 100 priority 100',
      'iif eth0 table main preference 6',
      'fwmark 0x10/0xff lookup 100 preference 9',
    ],
    ...[
      'from 10.0.0.0/8 table 5 prohibit preference 6',
      'from 10.0.0.0/8 preference 6 table',
      'from 10.0.0.0/8 table 5 preference x',
    ],
    ...[
      'from 10.0.0.0/40 table 6 preference 6',
      'from 10.0.0.0/8 to fd00::/8 table 6 preference 5',
      'from 10.0.0.0/8 goto 70 preference 6',
    ],
    ...[
      'not from 10.0.0.0/8 table 6 preference 6',
      'from 10.0.0.0/8 suppress_prefixlength 0 table main preference 5',
      'l3mdev preference 5',
      'from 10.0.0.0/8 goto 70',
    ],
    ...[
      'fwmark 5',
      'fwmark 5/x',
      'fwmark x',
      'fwmark 4294967296',
      'uidrange 5',
      'uidrange 5-6',
      'uidrange a-b',
    ].map((more) => `from 10.0.0.0/8 table 6 preference 5 ${more}`),
    ...['sport 80', 'sport 80-90', 'dport 0-5', 'dport 5-', 'protocol x', 'realms 70000', 'tos 256'].map(
      (more) => `from 10.0.0.0/8 table 6 preference 5 ${more}`,
    ),
  ]),
  ...listed('static_ipaddress', '', [
    '10.0.0.1/24 dev eth0',
    '10.0.0.1/24 dev eth0 track_group foo',
    '10.0.0.999/24',
    '10.0.0.1/24 10.0.0.2/24 dev eth0',
  ]),
  ...listed('interface_up_down_delays', '', ['eth0 1 2', 'eth0 1', 'eth0', 'eth0 256', 'eth0 1 2 3']),
  ...(
    [
      ['no interface', `vrrp_instance A {\nvirtual_router_id 51\npriority 100\n${address}\n}\n`],
      ['no virtual_router_id', `vrrp_instance A {\ninterface eth0\npriority 100\n${address}\n}\n`],
      ['no address', one('')],
      ['no address, version 3', one('version 3')],
      ['only excluded', one('virtual_ipaddress_excluded {\n10.0.0.1/24\n}')],
      ['excluded of both families', one(`${address}\nvirtual_ipaddress_excluded {\n10.0.0.7\nfd00::7\n}`)],
      ['source of another family', one(`${address}\nmcast_src_ip fd00::1`)],
      ['native_ipv6 in IPv4', one(`${address}\nnative_ipv6`)],
      ['two names', one(address).replace('A {', 'A B {')],
      ['no name', one(address).replace('A {', '{')],
      ['a name twice', one(address) + two().replace('B {', 'A {')],
      ['two groups of two names', `${one(address)}${two()}${grouped('A\nB').replace('G {', 'G H {')}`],
      ['one number twice', one(address) + two('', undefined, 51)],
      ['one number, two families', one(address) + two('', 'virtual_ipaddress {\nfe80::5/64\n}', 51)],
      ['one number, two groups', one(address) + two('mcast_dst_ip 224.0.0.19', undefined, 51)],
      ['one number, unicast and multicast', one(address) + two(peers, undefined, 51)],
      ['one number, one peer', one(`${address}\n${peers}`) + two(peers, undefined, 51)],
      ['one number, two peers', one(`${address}\n${peers}`) + two(peers.replace('.9', '.8'), undefined, 51)],
      ['unicast source only', one(`${address}\nunicast_src_ip 192.0.2.1`)],
      ['unicast_ttl only', one(`${address}\nunicast_ttl 5`)],
      ['waits for peers', one(`${address}\nunicast_src_ip 192.0.2.1\nunicast_fault_no_peer`)],
      [
        'own address among the peers',
        one(`${address}\nunicast_src_ip 192.0.2.1\nunicast_peer {\n192.0.2.1\n192.0.2.9\n}`),
      ],
      ['use_vmac with unicast', one(`${address}\n${peers}\nuse_vmac`)],
      ['mcast_dst_ip with unicast', one(`${address}\n${peers}\nmcast_dst_ip 224.0.0.20`)],
      ['mcast_dst_ip of one host', one(`${address}\nmcast_dst_ip 10.0.0.1`)],
      ['mcast_dst_ip beyond the link', one(`${address}\nmcast_dst_ip 239.1.1.1`)],
      ['group of one host', `global_defs {\nvrrp_mcast_group4 10.0.0.1\n}\n${one(address)}`],
      ['group of another family', `global_defs {\nvrrp_mcast_group4 ff02::1\n}\n${one(address)}`],
      ['group beyond the site', `global_defs {\nvrrp_mcast_group6 ff05::12\n}\n${one(address)}`],
      ['half a second', one(`${address}\nadvert_int 0.5`)],
      ['half a second, version 3', one(`${address}\nversion 3\nadvert_int 0.5`)],
      ['a minute, version 3', one(`${address}\nversion 3\nadvert_int 60`)],
      [
        'password, version 3',
        one(`${address}\nversion 3\nauthentication {\nauth_type PASS\nauth_pass abcd\n}`),
      ],
      [
        'password, IPv6',
        one('virtual_ipaddress {\nfe80::5\n}\nauthentication {\nauth_type PASS\nauth_pass abcd\n}'),
      ],
      ['no password', one(`${address}\nauthentication {\nauth_type PASS\n}`)],
      ['no type', one(`${address}\nauthentication {\nauth_pass abcd\n}`)],
      ['long password', one(`${address}\nauthentication {\nauth_type PASS\nauth_pass abcdefghi\n}`)],
      ['AH and MASTER', one(`${address}\nstate MASTER\nauthentication {\nauth_type AH\nauth_pass abcd\n}`)],
      ['nopreempt and MASTER', one(`${address}\nstate MASTER\nnopreempt`)],
      ['nopreempt and 255', one(`${address}\nnopreempt`).replace('priority 100', 'priority 255')],
      ['preempt_delay and MASTER', one(`${address}\nstate MASTER\npreempt_delay 5`)],
      ['preempt_delay and nopreempt', one(`${address}\nnopreempt\npreempt_delay 5`)],
      [
        'an owner with a weight',
        `${security}${checkScript()}${one(`${address}\ntrack_script {\nchk weight 5\n}`).replace('priority 100', 'priority 255')}`,
      ],
      ...[
        '',
        'accept',
        'version 3\naccept',
        'state MASTER',
        'state BACKUP',
        'preempt_delay 5',
        'down_timer_adverts 5',
        'down_timer_adverts 3',
      ].map((more): [string, string] => [
        `strict: ${more}`,
        `global_defs {\nvrrp_strict\n}\n${one(`${address}\n${more}`)}`,
      ]),
      ...[
        'garp_lower_prio_repeat 1',
        'lower_prio_no_advert off',
        'higher_prio_send_advert',
        'use_vmac\nvmac_xmit_base',
        'nopreempt',
      ].map((more): [string, string] => [
        `strict: ${more}`,
        `global_defs {\nvrrp_strict\n}\n${one(`${address}\n${more}`)}`,
      ]),
      [
        'strict: password',
        `global_defs {\nvrrp_strict\n}\n${one(`${address}\nauthentication {\nauth_type PASS\nauth_pass abcd\n}`)}`,
      ],
      [
        'strict: first IPv6 address',
        `global_defs {\nvrrp_strict\n}\n${one('virtual_ipaddress {\nfd00::5/64\n}')}`,
      ],
      [
        'strict off is on',
        `global_defs {\nvrrp_strict off\n}\n${one(`${address}\nauthentication {\nauth_type PASS\nauth_pass abcd\n}`)}`,
      ],
      [
        '256 addresses',
        one(
          `virtual_ipaddress {\n${Array.from({ length: 256 }, (_, i) => `10.1.${i >> 8}.${i & 255}`).join('\n')}\n}`,
        ),
      ],
      [
        '255 addresses',
        one(`virtual_ipaddress {\n${Array.from({ length: 255 }, (_, i) => `10.1.0.${i}`).join('\n')}\n}`),
      ],
      [
        '90 addresses of IPv6',
        one(`virtual_ipaddress {\n${Array.from({ length: 90 }, (_, i) => `fe80::${i + 1}`).join('\n')}\n}`),
      ],
      ['group', one(address) + two() + grouped('A\nB')],
      ['group of nobody', one(address) + grouped('')],
      ['unknown member', one(address) + two() + grouped('A\nB\nC')],
      ['two groups', `${one(address)}${two()}${grouped('A\nB')}${grouped('A\nB').replace('G {', 'H {')}`],
      ['group tracks an own interface', one(address) + two() + grouped('A\nB', 'track_interface {\neth0\n}')],
      ['group twice', one(address) + two() + grouped('A', 'group {\nB\n}')],
      [
        'a weight in a group',
        `${security}${checkScript('weight 5')}${one(`${address}\ntrack_script {\nchk\n}`)}${two()}${grouped('A\nB')}`,
      ],
      [
        'a weight of the group',
        `${security}${checkScript('weight 5')}${one(address)}${two()}${grouped('A\nB', 'track_script {\nchk\n}')}`,
      ],
      [
        'weights that count',
        `${security}${checkScript('weight 5')}${one(`${address}\ntrack_script {\nchk\n}`)}${two()}${grouped('A\nB', 'sync_group_tracking_weight')}`,
      ],
      [
        'an interface weight in a group',
        one(`${address}\ntrack_interface {\neth2 weight 5\n}`) + two() + grouped('A\nB'),
      ],
      [
        'a file in a group',
        `track_file f {\nfile /tmp/f\n}\n${one(`${address}\ntrack_file {\nf\n}`)}${two()}${grouped('A\nB')}`,
      ],
      ['defined below', `${one(`${address}\ntrack_script {\nchk\n}`)}${security}${checkScript()}`],
      ['script without a script', `${security}vrrp_script chk {\n}\n${one(address)}`],
      ['script of an empty word', `${security}vrrp_script chk {\nscript ""\n}\n${one(address)}`],
      ['interval 0', `${security}${checkScript('interval 0')}${one(address)}`],
      ['half an interval', `${security}${checkScript('interval 0.5')}${one(address)}`],
      ['no script_user', `global_defs {\nenable_script_security\n}\n${checkScript()}${one(address)}`],
      [
        'notify twice',
        `${security}${one(`${address}\nnotify_master "/usr/bin/true"\nnotify_master "/usr/bin/false"`)}`,
      ],
      ['a line of 1200', `# ${'x'.repeat(1200)}\n${one(address)}`],
      ['a line of 1000', `# ${'x'.repeat(1000)}\n${one(address)}`],
      ['virtual server', lvs('')],
      ['no scheduler', lvs('').replace('lb_algo rr\n', '')],
      ['no method', lvs('').replace('lb_kind NAT\n', '')],
      ['no protocol', lvs('').replace('protocol TCP\n', '')],
      ['no real servers', lvs('').replace(/real_server [^}]*\}\n/, '')],
      ['no port', lvs('', '10.9.0.1')],
      ['port 0 with persistence', lvs('persistence_timeout 50', '10.9.0.1 0')],
      ['port by name', lvs('', '10.9.0.1 http')],
      ['glued port', lvs('', '10.9.0.1:80')],
      ['no such address', lvs('', '10.9.0.300 80')],
      ['mark with protocol', lvs('', 'fwmark 5')],
      ['real server without port', lvs('', undefined, '10.9.0.2 {\n}')],
      ['real server of no address', lvs('', undefined, '10.9.0.256 80 {\n}')],
      ['real server of another family', lvs('', undefined, 'fd00::2 80 {\n}')],
      ['real server twice', lvs('real_server 10.9.0.2 80 {\n}')],
      ['real server, other port', lvs('real_server 10.9.0.2 81 {\n}')],
      ['port under DR', lvs('', undefined, '10.9.0.2 81 {\nlvs_method DR\n}')],
      ['quorum', lvs('quorum 5')],
      ['hysteresis', lvs('quorum 1\nhysteresis 1')],
      ['ops', lvs('ops')],
      ['sh-port', lvs('sh-port')],
      ['sorry_server of another family', lvs('sorry_server fd00::9 80')],
      ['sorry_server_inhibit first', lvs('sorry_server_inhibit\nsorry_server 10.9.0.9 80')],
      ['no such BFD', lvs('', undefined, '10.9.0.2 80 {\nBFD_CHECK {\nname foo\n}\n}')],
      ['no such file', lvs('', undefined, '10.9.0.2 80 {\nFILE_CHECK {\ntrack_file foo\n}\n}')],
      ['a check without command', lvs('', undefined, '10.9.0.2 80 {\nMISC_CHECK {\n}\n}')],
      [
        'group of servers',
        `virtual_server_group web {\n10.9.0.1 80\n10.9.1.1-5 80\n}\n${lvs('', 'group web')}`,
      ],
      ['empty group of servers', `virtual_server_group web {\n}\n${lvs('', 'group web')}`],
      ['range backwards', `virtual_server_group web {\n10.9.1.5-1 80\n}\n${lvs('', 'group web')}`],
      ['broadcast of one address', one('virtual_ipaddress {\n10.0.0.1/32 brd -\n}')],
      ['broadcast of four addresses', one('virtual_ipaddress {\n10.0.0.1/30 brd +\n}')],
      ['promote_secondaries', one(`${address}\npromote_secondaries`)],
      ['promote_secondaries with use_vmac', one(`${address}\npromote_secondaries\nuse_vmac`)],
      ['vrf and interface', one(`${address}\nvrf blue`)],
      ...[
        'vr1',
        'vr/1',
        'vr1 02:00:5e:00:01:33',
        'vr1 01:00:5e:00:01:33',
        'vr1 00:00:5e:00:01:33',
        'vr1 02:0x',
      ].map((words): [string, string] => [`use_vmac ${words}`, one(`${address}\nuse_vmac ${words}`)]),
      ...['ip1', 'ip1 10.0.0.9', 'ip1 ip2 10.0.0.9', 'ip1 fd00::9', 'ip1 10.0.0.9 bridge'].map(
        (words): [string, string] => [`use_ipvlan ${words}`, one(`${address}\nuse_ipvlan ${words}`)],
      ),
      ['a list without braces', one(`${address}\ntrack_interface eth1`)],
      ['a check without braces', lvs('', undefined, '10.9.0.2 80 {\nTCP_CHECK\n}')],
      ['goto backwards', one(`${address}\nvirtual_rules {\nfrom 10.0.0.0/8 goto 6 preference 6\n}`)],
      ['goto ahead', one(`${address}\nvirtual_rules {\nfrom 10.0.0.0/8 goto 7 preference 6\n}`)],
      ...['80', '81'].flatMap((port) =>
        ['NAT', 'DR', 'TUN'].map((kind): [string, string] => [
          `${kind} behind a group, port ${port}`,
          `virtual_server_group web {\n10.9.0.1 80\n}\n${lvs('', 'group web', `10.9.0.2 ${port} {\nweight 1\n}`).replace('NAT', kind)}`,
        ]),
      ),
      ['a group without port', `virtual_server_group web {\n10.9.0.1\n}\n${lvs('', 'group web')}`],
      ['a group of a mark', `virtual_server_group web {\nfwmark 5\n}\n${lvs('', 'group web')}`],
      [
        'a group of a mark and an address',
        `virtual_server_group web {\nfwmark 5\n10.9.0.1 80\n}\n${lvs('', 'group web')}`,
      ],
      ['sorry_server under DR', lvs('sorry_server 10.9.0.9 81').replace('NAT', 'DR')],
      ['sorry_server under NAT', lvs('sorry_server 10.9.0.9 81')],
      ['ha_suspend of a mark', lvs('ha_suspend', 'fwmark 5').replace('protocol TCP\n', '')],
      ['ip_family of another', lvs('ip_family inet6')],
      ['ip_family of the same', lvs('ip_family inet')],
      ...['type gue', 'type gue port 5', 'type ipip port 5', 'port 5', 'type foo', 'type gre csum'].map(
        (words): [string, string] => [`TUN ${words}`, lvs('').replace('NAT', `TUN ${words}`)],
      ),
      ...[
        'connect_ip fd00::1\nbindto 10.0.0.1',
        'bindto 10.0.0.1\nconnect_ip fd00::1',
        'connect_ip fe80::1',
        'connect_ip fe80::1\nbind_if eth0',
      ].map((lines): [string, string] => [
        lines,
        lvs('', undefined, `10.9.0.2 80 {\nTCP_CHECK {\n${lines}\n}\n}`),
      ]),
      [
        'replies',
        lvs('', undefined, '10.9.0.2 80 {\nUDP_CHECK {\nmin_reply_length 9\nmax_reply_length 5\n}\n}'),
      ],
      ...['299-200', '200-299', '200-200'].map((range): [string, string] => [
        `status ${range}`,
        lvs('', undefined, `10.9.0.2 80 {\nHTTP_GET {\nurl {\npath /\nstatus_code ${range}\n}\n}\n}`),
      ]),
      ...['neighbor_ip 192.0.2.9', 'neighbor_ip 192.0.2.9\nsource_ip 192.0.2.1', 'neighbor_ip fd00::9'].map(
        (lines): [string, string] => [
          `a second session: ${lines}`,
          `bfd_instance b {\nneighbor_ip 192.0.2.9\n}\nbfd_instance c {\n${lines}\n}\n${one(address)}`,
        ],
      ),
      [
        'a session of two families',
        `bfd_instance b {\nneighbor_ip 192.0.2.9\nsource_ip fd00::1\n}\n${one(address)}`,
      ],
      ...['022', '22', '999', 'IWGRP|IWOTH', 'u+rwx', '0x12'].map((mask): [string, string] => [
        `umask ${mask}`,
        `global_defs {\numask ${mask}\n}\n${one(address)}`,
      ]),
      ...['10.0.0.1', '224.0.0.81', 'ff02::81'].map((group): [string, string] => [
        `sync daemon in ${group}`,
        `global_defs {\nlvs_sync_daemon eth0 group ${group}\n}\n${one(address)}`,
      ]),
      ['sync daemon by position', `global_defs {\nlvs_sync_daemon eth0 A 5\n}\n${one(address)}`],
      ...['foo', 'group 5', 'name v2', 'netlink_notify_msg', '02:00:00:00:00:01'].map(
        (more): [string, string] => [`use_vmac with ${more}`, one(`use_vmac v1 ${more}\n${address}`)],
      ),
      ...['ab..c', 'ab.c.', '.', '.ab', 'a_b', 'ab.c'].map((name): [string, string] => [
        `DNS_CHECK of ${name}`,
        lvs('', undefined, `10.9.0.2 80 {\nweight 1\nDNS_CHECK {\ntype a\nname ${name}\n}\n}`),
      ]),
      [
        'a check from the other family',
        lvs('', undefined, '10.9.0.2 80 {\nweight 1\nTCP_CHECK {\nbindto fd00::1\n}\n}'),
      ],
      ['two names of a session', lvs('', undefined, '10.9.0.2 80 {\nweight 1\nBFD_CHECK {\nname a b\n}\n}')],
      ['a garp_group without a delay', `garp_group {\ninterface eth0\n}\n${one(address)}`],
      ['a garp_group with a delay', `garp_group {\ninterface eth0\ngarp_interval 0\n}\n${one(address)}`],
      [
        'more hops than packets live for',
        `bfd_instance b {\nneighbor_ip 192.0.2.9\nmax_hops 5\nttl 3\n}\n${one(address)}`,
      ],
      ['the loopback interface', `vrrp_instance A {\ninterface lo\nvirtual_router_id 5\n${address}\n}\n`],
      ['time limits', `global_defs {\nlvs_timeouts tcp x\n}\n${one(address)}`],
    ] as const
  ).map(([name, text]): readonly [string, string] => [name, text]),
];

/** Where the two differ on purpose: `context/keyword variant`, with `*` for any context, keyword or variant. */
const reviewed: readonly (readonly [string, string])[] = [
  [
    'global_defs/vrrp_iptables *',
    'known, but refused by a build without iptables: nothing in the file is wrong',
  ],
  ['global_defs/vrrp_rx_bufs_policy below', '2.2.7 takes 0 and does not say what it makes of it'],
  ['global_defs/vrrp_strict wrong', '2.2.7 switches it on whatever follows; other releases refuse the word'],
  ['global_defs/vrrp_skip_check_adv_addr wrong', 'the same'],
  ['*/regex missing', 'in silence, but the check then looks for nothing'],
  ['*/regex_* missing', 'the same'],
  ['*/regex_* wrong', 'ignored in silence: the option does not count'],
  ['*/regex_* below', 'the same'],
  ['*/status_code missing', 'ignored in silence: any status will do then'],
  ['virtual_server/persistence_engine wrong', 'only the kernel knows its engines, and it has one: sip'],
  [
    'vrrp_instance/native_ipv6 valid',
    'wrong in the IPv4 instance of this test, and reported as such by mixed-address-families',
  ],
  ['garp_group/*_interval highest', '2.2.7 stops at 2147 seconds, the newest release at twice that'],
  ['*/min_reply_length highest', 'above the default of max_reply_length, which nobody writes'],
  ['vrrp_instance/vrf valid', 'needs an interface that is a VRF: a fact of the host'],
];

const patterns = reviewed.map(([id]) => new RegExp(`^${id.replace(/[.+]/g, '\\$&').replaceAll('*', '.*')}$`));
const isReviewed = (id: string): boolean => patterns.some((pattern) => pattern.test(id));

/** The checkers read most of their settings with the same functions: a missing word ends the reading in each alike. */
function oncePerChecker(cases: readonly Case[]): Case[] {
  const seen = new Set<string>();
  return cases.filter(({ context, keyword: name, variant }) => {
    if (variant !== 'missing' || !context.startsWith('virtual_server.real_server.')) return true;
    return !seen.has(name) && seen.add(name);
  });
}

/** What keepalived says of the machine it runs on rather than of the file. */
const ofTheHost =
  /not found\/accessible|interface \S+ (?:(?:for|specified) .*)?doesn't exist|unknown interface \S+ specified|Non-existent interface|Invalid ipproto|Invalid smtp server|SECURITY VIOLATION|Unable to (?:set|access)|unsafe permissions/;

const folder = join(import.meta.dirname, '../../fixtures/corpus/keepalived/ok');

/** Files whose scripts run as another user than the daemon: 2.2.7 ends itself with a signal then. */
const foreignUsers = new Set(['script-quotes.conf']);

describeWith(['keepalived'], 'keepalived -t and lbcheck', () => {
  const cases = keywordContexts().flatMap((context) =>
    keywordsIn(context).flatMap((name) =>
      keyword(context, name)!.flags.has('not227') ? [] : [...casesOf(context, name)],
    ),
  );
  // The tables say what 2.2.7 did; another release may differ in any of it.
  const other = daemonVersion('keepalived') !== '2.2.7';

  it.skipIf(other)('agree on every keyword', { timeout: 300_000 }, async () => {
    const verdicts = (await inParallel(batches(oncePerChecker(cases)), judge)).flat();
    const open = verdicts.filter(({ id }) => !isReviewed(id));
    expect(verdicts.length).toBeGreaterThan(1500);
    expect({
      silent: open.filter(({ daemon, ours }) => daemon.length > 0 && ours.length === 0),
      loud: open.filter(({ daemon, errors }) => daemon.length === 0 && errors.length > 0),
    }).toEqual({ silent: [], loud: [] });
  });

  it.skipIf(other)(
    'agree on lines of lists, and on what settings do to each other',
    { timeout: 300_000 },
    async () => {
      const verdicts = await inParallel(scenarios, async ([name, text]) => {
        const { code, messages } = await keepalivedTest(text, { interfaces: fourInterfaces });
        const said = messages.filter((each) => !chatter.test(each.text) && !ofTheHost.test(each.text));
        const ours = ourReport(text);
        return {
          name,
          daemon: code === 0 ? [] : said.map((each) => each.text),
          ours: ours.map(({ words }) => words),
          errors: ours.filter(({ severity }) => severity === 'error').map(({ words }) => words),
        };
      });
      expect({
        silent: verdicts.filter(({ daemon, ours }) => daemon.length > 0 && ours.length === 0),
        loud: verdicts.filter(({ daemon, errors }) => daemon.length === 0 && errors.length > 0),
      }).toEqual({ silent: [], loud: [] });
    },
  );

  it('agree that nothing is wrong with the corpus', { timeout: 300_000 }, async () => {
    const files = readdirSync(folder).filter((name) => !foreignUsers.has(name));
    const complaints = await inParallel(files, async (name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const { messages } = await keepalivedTest(text, { args: ['--config-id', 'lb1'] });
      return messages
        .map((each) => `${name}: ${each.text}`)
        .filter((said) => !ofTheHost.test(said) && !chatter.test(said.slice(name.length + 2)));
    });
    expect(complaints.flat()).toEqual([]);
  });
});
