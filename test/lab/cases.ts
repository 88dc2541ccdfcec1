// What the lab plays: configurations, and what befalls their nodes.

import type { NodePlan } from './cluster.ts';

/** A cluster and its story. What comes of it, the election says; the daemons confirm it. */
export interface Case {
  readonly title: string;
  readonly nodes: Readonly<Record<string, NodePlan>>;
  /** The addresses to be watched. */
  readonly addresses: readonly string[];
  /** As `lbcheck failover --start` has them: steps in the order in which nodes start; all at once when left out. */
  readonly start?: string;
  /** As `lbcheck failover --steps` has them. */
  readonly steps: string;
  /** Seconds without a change after which a step is over. */
  readonly quiet: number;
}

// ---------------------------------------------------------------------------------------------------------------------
// Configurations

/** A vrrp_instance where it differs from the usual one. A line that is undefined is left out. */
interface Router {
  readonly name?: string;
  readonly keyword?: string;
  readonly state?: string | undefined;
  readonly interface?: string;
  readonly id?: number | string | undefined;
  readonly priority?: number | string | undefined;
  readonly addresses?: readonly string[];
  readonly addressKeyword?: string;
  /** Lines before the addresses. */
  readonly more?: string;
  /** Scripts to track, each with what follows its name. */
  readonly scripts?: readonly string[];
}

/** A node where it differs from the usual one. */
interface Settings extends Router {
  readonly globals?: string;
  /** vrrp_script blocks: name → lines. */
  readonly checks?: Readonly<Record<string, string>>;
  /** Instead of one router. */
  readonly routers?: readonly Router[];
  /** Blocks at the end. */
  readonly after?: string;
}

const vip = '10.0.0.100';

function router(defaults: Router, own: Router): string {
  const all = {
    name: 'VI_1',
    keyword: 'vrrp_instance',
    state: 'BACKUP',
    interface: 'eth0',
    id: 51,
    addresses: [`${vip}/24`],
    addressKeyword: 'virtual_ipaddress',
    more: '',
    scripts: [],
    ...defaults,
    ...own,
  };
  const line = (keyword: string, value: unknown): string =>
    value === undefined ? '' : `${keyword} ${value}`;
  return [
    `${all.keyword} ${all.name} {`,
    line('state', all.state),
    `interface ${all.interface}`,
    line('virtual_router_id', all.id),
    line('priority', all.priority),
    all.more,
    all.addresses.length > 0 ? `${all.addressKeyword} {\n${all.addresses.join('\n')}\n}` : '',
    all.scripts.length > 0 ? `track_script {\n${all.scripts.join('\n')}\n}` : '',
    '}',
  ]
    .filter(Boolean)
    .join('\n');
}

function conf(node: string, { globals = '', checks = {}, routers, after = '', ...own }: Settings): string {
  const scripts = Object.entries(checks).map(
    ([name, lines]) => `vrrp_script ${name} {\nscript "/etc/keepalived/${name}.sh"\ninterval 1\n${lines}\n}`,
  );
  return [
    `global_defs {\nrouter_id ${node}\nscript_user root\nenable_script_security\n${globals}\n}`,
    ...scripts,
    ...(routers ?? [{}]).map((each) => router(own, each)),
    after,
    '',
  ].join('\n');
}

/** A case of nodes lb1, lb2, … of which each has the settings that stand for it, over those that all have. */
function story(
  title: string,
  settings: readonly Settings[],
  steps: string,
  {
    all = {},
    addresses = [vip],
    second = false,
    ipv6 = false,
    start,
    quiet = 5,
  }: {
    all?: Settings;
    addresses?: readonly string[];
    /** The nodes have an eth1 too. */
    second?: boolean;
    ipv6?: boolean;
    start?: string;
    quiet?: number;
  } = {},
): Case {
  const nodes = settings.map((own, index): [string, NodePlan] => {
    const host = index + 1;
    const eth0 = [`10.0.0.${host}/24`, ...(ipv6 ? [`fd00::${host}/64`] : [])];
    const interfaces = second ? { eth0, eth1: [`10.1.0.${host}/24`] } : { eth0 };
    return [`lb${host}`, { conf: conf(`lb${host}`, { ...all, ...own }), interfaces }];
  });
  return {
    title,
    nodes: Object.fromEntries(nodes),
    addresses,
    steps,
    quiet,
    ...(start === undefined ? {} : { start }),
  };
}

const [high, low] = [{ priority: 150 }, { priority: 100 }];
const pair = [high, low];
const auth = (secret: string, type = 'PASS'): string =>
  `authentication {\nauth_type ${type}\nauth_pass ${secret}\n}`;
const unicast = (own: number, ...others: readonly number[]): string =>
  `unicast_src_ip 10.0.0.${own}\nunicast_peer {\n${others.map((other) => `10.0.0.${other}`).join('\n')}\n}`;
const group = 'vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\n}';
const eth1 = { name: 'VI_2', interface: 'eth1', id: 52, addresses: ['10.1.0.100/24'] };
const both = ['10.0.0.100', '10.1.0.100'];
const crossed: readonly Settings[] = [
  { routers: [{ priority: 150 }, { name: 'VI_2', id: 52, priority: 100, addresses: ['10.0.0.101/24'] }] },
  { routers: [{ priority: 100 }, { name: 'VI_2', id: 52, priority: 150, addresses: ['10.0.0.101/24'] }] },
];

// ---------------------------------------------------------------------------------------------------------------------
// Stories

const healthy: readonly Case[] = [
  story('the master loses power and comes back', pair, 'crash lb1; start lb1'),
  story('the master is killed and comes back', pair, 'kill lb1; start lb1'),
  story('the master is stopped and comes back', pair, 'stop lb1; start lb1'),
  story('the link of the master goes down and up', pair, 'link-down lb1; link-up lb1'),
  story('the link of the backup goes down and up', pair, 'link-down lb2; link-up lb2'),
  story('the master is cut off and rejoins', pair, 'isolate lb1; rejoin lb1'),
  story('the backup is cut off and rejoins', pair, 'isolate lb2; rejoin lb2'),
  story('the backup loses power, then the master', pair, 'crash lb2; crash lb1; start lb2; start lb1'),
  story('the backup is killed and comes back', pair, 'kill lb2; start lb2'),
  story("the master's adverts are blocked", pair, 'block lb1->lb2; unblock lb1->lb2'),
  story("the backup's adverts are blocked", pair, 'block lb2->lb1; stop lb1; start lb1; unblock lb2->lb1'),
  story('both nodes are stopped and come back one by one', pair, 'stop lb1 & stop lb2; start lb2; start lb1'),
  story('both nodes lose power and come back at once', pair, 'crash lb1 & crash lb2; start lb1 & start lb2'),
  story('both links go down', pair, 'link-down lb1 & link-down lb2; link-up lb2; link-up lb1'),
  story('the backup starts first', pair, 'stop lb2', { start: 'lb2; lb1' }),
  story('the killed master is stopped for good', pair, 'kill lb1; crash lb1; start lb1'),
  story('two addresses move together', pair, 'crash lb1; start lb1', {
    all: { addresses: ['10.0.0.100/24', '10.0.0.101/24'] },
    addresses: ['10.0.0.100', '10.0.0.101'],
  }),
  story('an excluded address moves along', pair, 'stop lb1; start lb1', {
    all: { more: 'virtual_ipaddress_excluded {\n10.0.0.101/24\n}' },
    addresses: ['10.0.0.100', '10.0.0.101'],
  }),
];

const elections: readonly Case[] = [
  story(
    'a wish to be MASTER counts less than the priority',
    [
      { priority: 200, state: 'BACKUP' },
      { priority: 150, state: 'MASTER' },
    ],
    'stop lb1; start lb1',
  ),
  story('a tie leaves the address where it is', [low, low], 'stop lb2; start lb2', { start: 'lb1; lb2' }),
  story('a tie at the start', [low, low], 'stop lb2; start lb2'),
  story(
    'priority 255 waits for nobody',
    [{ priority: 255, state: 'MASTER' }, low],
    'stop lb1; start lb1; crash lb1; start lb1',
  ),
  story(
    'priority 255 on both nodes',
    [
      { priority: 255, state: 'MASTER' },
      { priority: 255, state: 'BACKUP' },
    ],
    'stop lb1; start lb1',
  ),
  story('a MASTER without a priority counts as 255', [{ state: 'MASTER' }, high], 'stop lb1; start lb1'),
  story('neither state nor priority', [{ state: undefined }, high], 'stop lb2; start lb2'),
  story('a priority that is no number counts as 100', [{ priority: 'abc' }, high], 'crash lb2; start lb2'),
  story('one node alone', [high], 'link-down lb1; link-up lb1; stop lb1; start lb1'),
  story(
    'three nodes fall one after the other',
    [{ priority: 200 }, { priority: 150 }, { priority: 100 }],
    'crash lb1; crash lb2; start lb1; start lb2',
  ),
  story(
    'two of three nodes are equal, and the first stops',
    [{ priority: 200 }, { priority: 150 }, { priority: 150 }],
    'stop lb1; start lb1',
  ),
  story(
    'the second of three nodes is cut off',
    [{ priority: 200 }, { priority: 150 }, { priority: 100 }],
    'isolate lb2; stop lb1; rejoin lb2',
  ),
  story(
    'the first of three nodes is heard by one only',
    [{ priority: 200 }, { priority: 150 }, { priority: 100 }],
    'block lb1->lb2; unblock lb1->lb2; block lb1->lb3; unblock lb1->lb3',
  ),
];

const disagreements: readonly Case[] = [
  story(
    'different virtual_router_id',
    [
      { ...high, id: 51 },
      { ...low, id: 52 },
    ],
    'stop lb1; start lb1',
  ),
  story(
    'different passwords',
    [
      { ...high, more: auth('secret-a') },
      { ...low, more: auth('secret-b') },
    ],
    'stop lb1; start lb1',
  ),
  story('a password on one node only', [{ ...high, more: auth('secret') }, low], 'stop lb1'),
  story(
    'passwords that differ after the eighth byte',
    [
      { ...high, more: auth('secretpw1') },
      { ...low, more: auth('secretpw2') },
    ],
    'crash lb1; start lb1',
  ),
  story(
    'PASS on one node and AH on the other',
    [
      { ...high, more: auth('secret') },
      { ...low, more: auth('secret', 'AH') },
    ],
    'crash lb1',
  ),
  story('AH on both nodes', pair, 'stop lb1; start lb1', { all: { more: auth('secret', 'AH') } }),
  story(
    'a type without a password on one node',
    [
      { ...high, more: auth('secret') },
      { ...low, more: 'authentication {\nauth_type PASS\n}' },
    ],
    'stop lb1',
  ),
  story(
    'different versions',
    [
      { ...high, more: 'version 2' },
      { ...low, more: 'version 3' },
    ],
    'stop lb1',
  ),
  story('version 3 takes no password', [high, { ...low, more: auth('other') }], 'stop lb1; start lb1', {
    all: { globals: 'vrrp_version 3', more: auth('secret') },
  }),
  story(
    'an address that one node lacks',
    [{ ...high, addresses: ['10.0.0.100/24', '10.0.0.101/24'] }, low],
    'stop lb1; start lb1',
    { addresses: ['10.0.0.100', '10.0.0.101'] },
  ),
  story(
    'as many addresses, but others',
    [
      { ...high, addresses: ['10.0.0.100/24', '10.0.0.101/24'] },
      { ...low, addresses: ['10.0.0.100/24', '10.0.0.102/24'] },
    ],
    'stop lb1',
    { addresses: ['10.0.0.100', '10.0.0.101', '10.0.0.102'] },
  ),
  story(
    'the same addresses in another order',
    [
      { ...high, addresses: ['10.0.0.100/24', '10.0.0.101/24'] },
      { ...low, addresses: ['10.0.0.101/32', '10.0.0.100/24'] },
    ],
    'stop lb1; start lb1',
    { addresses: ['10.0.0.100', '10.0.0.101'] },
  ),
  story(
    'an excluded address that one node lacks',
    [{ ...high, more: 'virtual_ipaddress_excluded {\n10.0.0.101/24\n}' }, low],
    'stop lb1; start lb1',
    { addresses: ['10.0.0.100', '10.0.0.101'] },
  ),
  story('no address on the backup', [high, { ...low, addresses: [] }], 'stop lb1; start lb1'),
  story(
    'different advert_int in version 2',
    [
      { ...high, more: 'advert_int 1' },
      { ...low, more: 'advert_int 2' },
    ],
    'stop lb1',
    { quiet: 9 },
  ),
  story(
    'the backup follows the advert_int of a version 3 master',
    [
      { ...high, more: 'advert_int 2' },
      { ...low, more: 'advert_int 1' },
    ],
    'crash lb1; start lb1',
    { all: { globals: 'vrrp_version 3' }, quiet: 10 },
  ),
  story('short adverts in version 3', pair, 'crash lb1; start lb1; stop lb1', {
    all: { globals: 'vrrp_version 3', more: 'advert_int 0.5' },
    quiet: 4,
  }),
  story('half a second counts as one in version 2', pair, 'stop lb1', { all: { more: 'advert_int 0.5' } }),
  story(
    'different multicast groups',
    [{ ...high, globals: 'vrrp_mcast_group4 224.0.0.19' }, low],
    'stop lb1',
  ),
  story('another multicast group on both', pair, 'stop lb1; start lb1', {
    all: { globals: 'vrrp_mcast_group4 224.0.0.19' },
  }),
  story('vrrp_strict and a password on one node', [{ ...high, globals: 'vrrp_strict' }, low], 'stop lb1', {
    all: { more: auth('secret') },
  }),
  story(
    'two clusters share a segment, not a virtual_router_id',
    [
      high,
      low,
      { priority: 150, id: 61, addresses: ['10.0.0.110/24'] },
      { priority: 100, id: 61, addresses: ['10.0.0.110/24'] },
    ],
    'stop lb1; crash lb3',
    { addresses: ['10.0.0.100', '10.0.0.110'] },
  ),
];

const unicasts: readonly Case[] = [
  story(
    'unicast',
    [
      { ...high, more: unicast(1, 2) },
      { ...low, more: unicast(2, 1) },
    ],
    'crash lb1; start lb1; block lb1->lb2; unblock lb1->lb2',
  ),
  story(
    'unicast without unicast_src_ip',
    [
      { ...high, more: 'unicast_peer {\n10.0.0.2\n}' },
      { ...low, more: 'unicast_peer {\n10.0.0.1\n}' },
    ],
    'stop lb1; start lb1',
  ),
  story(
    'the master sends to an address that nobody has',
    [
      { ...high, more: unicast(1, 9) },
      { ...low, more: unicast(2, 1) },
    ],
    'stop lb1; start lb1',
  ),
  story(
    'the backup sends to an address that nobody has',
    [
      { ...high, more: `nopreempt\n${unicast(1, 2)}` },
      { ...low, more: unicast(2, 9) },
    ],
    'stop lb1; start lb1',
  ),
  story('unicast on one node only', [{ ...high, more: unicast(1, 2) }, low], 'stop lb1; start lb1'),
  story(
    'three unicast nodes',
    [
      { priority: 200, more: unicast(1, 2, 3) },
      { priority: 150, more: unicast(2, 1, 3) },
      { priority: 100, more: unicast(3, 1, 2) },
    ],
    'crash lb1; stop lb2; start lb1',
  ),
  story(
    'the third unicast node is in no list',
    [
      { priority: 200, more: unicast(1, 2) },
      { priority: 150, more: unicast(2, 1) },
      { priority: 100, more: unicast(3, 1, 2) },
    ],
    'stop lb1; start lb1',
  ),
];

// With nopreempt on all nodes, a start at once is won by whose daemon is up first: here they start one by one.
const preemptions: readonly Case[] = [
  story('nopreempt on both: the address stays', pair, 'crash lb1; start lb1; stop lb2', {
    all: { more: 'nopreempt' },
    start: 'lb1; lb2',
  }),
  story('nopreempt counts for nothing with state MASTER', pair, 'stop lb1; start lb1', {
    all: { more: 'nopreempt', state: 'MASTER' },
  }),
  story(
    'nopreempt on the lower node counts for nothing',
    [high, { ...low, more: 'nopreempt' }],
    'stop lb1; start lb1',
  ),
  story('nopreempt, and the link of the master goes down and up', pair, 'link-down lb1; link-up lb1', {
    all: { more: 'nopreempt' },
    start: 'lb1; lb2',
  }),
  story('nopreempt does not mend a split in favour of the lower node', pair, 'isolate lb2; rejoin lb2', {
    all: { more: 'nopreempt' },
    start: 'lb2; lb1',
  }),
  story('nopreempt keeps the backup from taking over by weight', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { more: 'nopreempt', checks: { chk: 'weight -60' }, scripts: ['chk'] },
    start: 'lb1; lb2',
  }),
  story('nopreempt, and a script without weight fails', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { more: 'nopreempt', checks: { chk: '' }, scripts: ['chk'] },
    start: 'lb1; lb2',
  }),
  story(
    'nopreempt on three nodes',
    [{ priority: 200 }, { priority: 150 }, { priority: 100 }],
    'stop lb1; start lb1; stop lb2; start lb2',
    { all: { more: 'nopreempt' }, start: 'lb1; lb2; lb3' },
  ),
  story('preempt_delay', pair, 'crash lb1; start lb1', { all: { more: 'preempt_delay 4' }, quiet: 11 }),
];

const trackers: readonly Case[] = [
  story('a weight that bridges the gap', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { checks: { chk: 'weight -60' }, scripts: ['chk'] },
  }),
  story('a weight that is too small', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { checks: { chk: 'weight -20' }, scripts: ['chk'] },
  }),
  story('a weight that is the gap', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { checks: { chk: 'weight -50' }, scripts: ['chk'] },
  }),
  story('a weight that is one more than the gap', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { checks: { chk: 'weight -51' }, scripts: ['chk'] },
  }),
  story('a weight on the line that tracks it', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { checks: { chk: 'weight -10' }, scripts: ['chk weight -60'] },
  }),
  story(
    'a positive weight',
    [{ priority: 100 }, { priority: 90 }],
    'fail lb1 chk; fail lb2 chk; pass lb1 chk',
    {
      all: { checks: { chk: 'weight 20' }, scripts: ['chk'] },
    },
  ),
  story('a positive weight that is too small', pair, 'fail lb1 chk; stop lb1', {
    all: { checks: { chk: 'weight 20' }, scripts: ['chk'] },
  }),
  story('a weight in reverse', [high, { ...low, scripts: [] }], 'fail lb1 chk; pass lb1 chk', {
    all: { checks: { chk: 'weight -60' }, scripts: ['chk reverse'] },
  }),
  story('a script without weight', pair, 'fail lb1 chk; stop lb2; pass lb1 chk; start lb2', {
    all: { checks: { chk: '' }, scripts: ['chk'] },
  }),
  story(
    'a script without weight fails on both',
    pair,
    'fail lb1 chk & fail lb2 chk; pass lb2 chk; pass lb1 chk',
    {
      all: { checks: { chk: '' }, scripts: ['chk'] },
    },
  ),
  story('a weighted script fails on both', pair, 'fail lb1 chk & fail lb2 chk; pass lb2 chk; pass lb1 chk', {
    all: { checks: { chk: 'weight -60' }, scripts: ['chk'] },
  }),
  story('rise 3 and fall 3', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { checks: { chk: 'weight -60\nrise 3\nfall 3' }, scripts: ['chk'] },
    quiet: 9,
  }),
  story('a script every two seconds', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { checks: { chk: 'interval 2\nfall 2\nrise 2' }, scripts: ['chk'] },
    quiet: 9,
  }),
  story('a script that begins as failed', pair, 'stop lb1; start lb1; fail lb1 chk', {
    all: { checks: { chk: 'init_fail\nrise 2' }, scripts: ['chk'] },
    quiet: 7,
  }),
  story('two weights that count together', pair, 'fail lb1 one; fail lb1 two; pass lb1 one', {
    all: { checks: { one: 'weight -30', two: 'weight -30' }, scripts: ['one', 'two'] },
  }),
  story('a weight and a script without one', pair, 'fail lb2 one; fail lb1 two; pass lb1 two', {
    all: { checks: { one: 'weight -30', two: '' }, scripts: ['one', 'two'] },
  }),
  story('the check fails on the backup, then the master stops', pair, 'fail lb2 chk; stop lb1; start lb1', {
    all: { checks: { chk: 'weight -60' }, scripts: ['chk'] },
  }),
  story('a tracked script that is not defined', pair, 'stop lb1; start lb1', {
    all: { scripts: ['nowhere'] },
  }),
  story(
    'a priority does not fall below 1',
    [{ priority: 30 }, { priority: 20 }],
    'fail lb1 chk; stop lb2; start lb2',
    {
      all: { checks: { chk: 'weight -200' }, scripts: ['chk'] },
    },
  ),
  story(
    'the owner takes no notice of weights',
    [{ priority: 255, state: 'MASTER' }, low],
    'fail lb1 chk; stop lb1',
    {
      all: { checks: { chk: 'weight -200' }, scripts: ['chk'] },
    },
  ),
  story('a tracked interface', pair, 'link-down lb1 eth1; link-up lb1 eth1', {
    all: { more: 'track_interface {\neth1\n}' },
    second: true,
  }),
  story(
    'a tracked interface that goes down on both',
    pair,
    'link-down lb1 eth1 & link-down lb2 eth1; link-up lb2 eth1',
    {
      all: { more: 'track_interface {\neth1\n}' },
      second: true,
    },
  ),
  story('a tracked interface with a weight', pair, 'link-down lb1 eth1; link-up lb1 eth1', {
    all: { more: 'track_interface {\neth1 weight -60\n}' },
    second: true,
  }),
  story('a tracked interface with too small a weight', pair, 'link-down lb1 eth1; link-up lb1 eth1', {
    all: { more: 'track_interface {\neth1 weight -20\n}' },
    second: true,
  }),
  story('an interface that nobody tracks', pair, 'link-down lb1 eth1; link-up lb1 eth1', { second: true }),
];

const groups: readonly Case[] = [
  story('a sync group falls as one', pair, 'link-down lb1 eth1; link-up lb1 eth1; stop lb1', {
    all: { routers: [{}, eth1], after: group },
    addresses: both,
    second: true,
  }),
  story(
    'without a sync group each router is on its own',
    pair,
    'link-down lb1 eth1; link-up lb1 eth1; isolate lb1 eth0; rejoin lb1 eth0',
    {
      all: { routers: [{}, eth1] },
      addresses: both,
      second: true,
    },
  ),
  story('a sync group cut off on both segments', pair, 'isolate lb1; rejoin lb1', {
    all: { routers: [{}, eth1], after: group },
    addresses: both,
    second: true,
  }),
  story('a sync group loses power', pair, 'crash lb1; start lb1; kill lb1', {
    all: { routers: [{}, eth1], after: group },
    addresses: both,
    second: true,
  }),
  story('a weight has no say in a sync group', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { checks: { chk: 'weight -60' }, routers: [{ scripts: ['chk'] }, eth1], after: group },
    addresses: both,
    second: true,
  }),
  story('a script of a sync group once more in its member', pair, 'stop lb1; start lb1', {
    all: {
      checks: { chk: '' },
      routers: [{ scripts: ['chk'] }, eth1],
      after: group.replace(/}$/, 'track_script {\nchk\n}\n}'),
    },
    addresses: both,
    second: true,
  }),
  story('a script without weight in a sync group', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { checks: { chk: '' }, routers: [{ scripts: ['chk'] }, eth1], after: group },
    addresses: both,
    second: true,
  }),
  story(
    'a sync group on one node only',
    [{ ...high, after: group }, low],
    'link-down lb1 eth1; link-up lb1 eth1',
    {
      all: { routers: [{}, eth1] },
      addresses: both,
      second: true,
    },
  ),
  story('two routers with crossed priorities', crossed, 'crash lb1; start lb1; stop lb2', {
    addresses: ['10.0.0.100', '10.0.0.101'],
  }),
  story('two routers with crossed priorities, cut off', crossed, 'isolate lb1; rejoin lb1', {
    addresses: ['10.0.0.100', '10.0.0.101'],
  }),
  story('an IPv6 address', pair, 'stop lb1; start lb1; isolate lb1; rejoin lb1', {
    all: { addresses: ['fe80::100/64', 'fd00::100/64'] },
    addresses: ['fd00::100'],
    ipv6: true,
  }),
  story('IPv4 and IPv6 under one virtual_router_id', pair, 'crash lb1; start lb1', {
    all: { routers: [{}, { name: 'VI_6', addresses: ['fe80::100/64', 'fd00::100/64'] }] },
    addresses: ['10.0.0.100', 'fd00::100'],
    ipv6: true,
  }),
];

const slips: readonly Case[] = [
  story('vrrp_instace on the master', [{ ...high, keyword: 'vrrp_instace' }, low], 'stop lb2; start lb2'),
  story(
    'autentication on the backup',
    [
      { ...high, more: auth('secret') },
      { ...low, more: auth('secret').replace('authe', 'aute') },
    ],
    'stop lb1; start lb1',
  ),
  story(
    'virtual_ipadress on the backup',
    [high, { ...low, addressKeyword: 'virtual_ipadress' }],
    'stop lb1; start lb1',
  ),
  story('no virtual_router_id on the master', [{ ...high, id: undefined }, low], 'stop lb2'),
  story('a semicolon after virtual_router_id', [{ ...high, id: '51;' }, low], 'stop lb2; start lb2'),
  story('prioritty on a MASTER', [{ state: 'MASTER', more: 'prioritty 150' }, low], 'stop lb1; start lb1'),
  story('an interface that does not exist', [{ ...high, interface: 'eth9' }, low], 'stop lb2; start lb2'),
  story(
    'no password but a misspelt one',
    [
      { ...high, more: auth('secret') },
      { ...low, more: auth('secret').replace('auth_pass', 'auth_pas') },
    ],
    'stop lb1',
  ),
];

const fallback = { checks: { chk: 'weight -60' }, scripts: ['chk'] };

const unicast6 = (own: number | undefined, other: number): string =>
  `${own === undefined ? '' : `unicast_src_ip fd00::${own}\n`}unicast_peer {\nfd00::${other}\n}`;
const inet6: Settings = { addresses: ['fe80::100/64', 'fd00::100/64'] };

const sources: readonly Case[] = [
  story(
    'unicast of IPv6 with its sources',
    [
      { ...high, more: unicast6(1, 2) },
      { ...low, more: unicast6(2, 1) },
    ],
    'stop lb1; start lb1',
    { all: inet6, addresses: ['fd00::100'], ipv6: true },
  ),
  story(
    'unicast of IPv6 without a source on the lower node',
    [
      { ...high, more: unicast6(1, 2) },
      { ...low, more: unicast6(undefined, 1) },
    ],
    'stop lb1; start lb1',
    { all: inet6, addresses: ['fd00::100'], ipv6: true },
  ),
  story(
    'unicast of IPv6 without a source on the higher node',
    [
      { ...high, more: unicast6(undefined, 2) },
      { ...low, more: unicast6(2, 1) },
    ],
    'stop lb1; start lb1',
    { all: inet6, addresses: ['fd00::100'], ipv6: true },
  ),
  story(
    'unicast of IPv6 without any source',
    [
      { ...high, more: unicast6(undefined, 2) },
      { ...low, more: unicast6(undefined, 1) },
    ],
    'stop lb1; start lb1',
    { all: inet6, addresses: ['fd00::100'], ipv6: true },
  ),
  story('both nodes have a virtual MAC', pair, 'stop lb1; start lb1; link-down lb1; link-up lb1', {
    all: { more: 'use_vmac' },
  }),
  story('both nodes send from below their virtual MAC', pair, 'stop lb1; start lb1', {
    all: { more: 'use_vmac\nvmac_xmit_base' },
  }),
  story(
    'only the lower node sends from below its virtual MAC',
    [
      { ...high, more: 'use_vmac' },
      { ...low, more: 'use_vmac\nvmac_xmit_base' },
    ],
    'stop lb1; start lb1',
  ),
  story(
    'only the higher node sends from below its virtual MAC',
    [
      { ...high, more: 'use_vmac\nvmac_xmit_base' },
      { ...low, more: 'use_vmac' },
    ],
    'stop lb1; start lb1',
  ),
  story(
    'a virtual MAC with unicast',
    [
      { ...high, more: `use_vmac\n${unicast(1, 2)}` },
      { ...low, more: `use_vmac\n${unicast(2, 1)}` },
    ],
    'stop lb1; start lb1',
  ),
  story(
    'a virtual MAC with unicast in strict mode',
    [
      { ...high, more: `use_vmac\nvmac_xmit_base\n${unicast(1, 2)}` },
      { ...low, more: `use_vmac\nvmac_xmit_base\n${unicast(2, 1)}` },
    ],
    'stop lb1; start lb1',
    { all: { globals: 'vrrp_strict' } },
  ),
  story(
    'a virtual MAC in strict mode, which leaves out vmac_xmit_base',
    [
      { ...high, more: 'use_vmac' },
      { ...low, more: 'use_vmac\nvmac_xmit_base' },
    ],
    'stop lb1; start lb1',
    { all: { globals: 'vrrp_strict' } },
  ),
  story('a virtual MAC on one node only', [{ ...high, more: 'use_vmac' }, low], 'stop lb1; start lb1'),
];

/** A slip that leaves the daemon something else than was meant, and something else than nothing. */
export const halfRead: readonly Case[] = [
  story('a semicolon behind a prefix, which makes a /32 of it', pair, 'stop lb1; start lb1', {
    all: { addresses: [`${vip}/24;`] },
  }),
  story(
    'a broadcast address that is none takes its address away',
    [{ ...high, addresses: [`${vip}/24 brd 10.0.0,255`, '10.0.0.101/24'] }, low],
    'stop lb1; start lb1',
    { all: { addresses: [`${vip}/24`, '10.0.0.101/24'] }, addresses: [vip, '10.0.0.101'] },
  ),
  story('a weight with a semicolon counts', pair, 'fail lb1 chk; pass lb1 chk', {
    all: { ...fallback, checks: { chk: 'weight -60;' } },
  }),
  story(
    'a weight behind = is 0',
    [{ ...high, scripts: ['chk weight = -20'] }, low],
    'fail lb1 chk; pass lb1 chk',
    {
      all: fallback,
    },
  ),
  story(
    'a misspelt weight takes the check away',
    [{ ...high, scripts: ['chk weigth -60'] }, low],
    'fail lb1 chk; stop lb1',
    { all: fallback },
  ),
  story(
    'a backslash behind the priority',
    [{ priority: '150 \\' }, { priority: 120 }],
    'stop lb2; start lb2',
  ),
  story(
    'a backslash behind auth_type',
    [
      { ...high, more: auth('secret', 'PASS \\') },
      { ...low, more: auth('secret') },
    ],
    'stop lb1; start lb1',
  ),
  story(
    'a remark in the style of another language names an interface',
    [{ ...high, more: 'track_interface {\n-- eth1\n}' }, low],
    'stop lb2; start lb2',
    { second: true },
  ),
  story(
    'a command whose quote never closes',
    [{ ...high, checks: { chk: 'script "/usr/bin/true' } }, low],
    'stop lb2; start lb2',
    { all: fallback },
  ),
  story(
    'a range of peers is its first address',
    [
      { ...high, more: unicast(1, 2).replace('10.0.0.2', '10.0.0.2-5') },
      { ...low, more: unicast(2, 1) },
    ],
    'stop lb1; start lb1',
  ),
  story('a doubled brace inside the instance', pair, 'stop lb1; start lb1', {
    all: { more: auth('secret').replace('{', '{{') },
  }),
  story(
    'a doubled brace before the instance',
    [{ ...high, checks: { chk: 'weight -60\n{' } }, low],
    'stop lb2; start lb2',
    { all: fallback },
  ),
  story(
    'vrrp_strict off',
    [
      { ...high, globals: 'vrrp_strict off', more: auth('secret') },
      { ...low, more: auth('secret') },
    ],
    'stop lb1',
  ),
  story(
    'a block that begins with a parenthesis',
    [{ ...high, name: 'VI_1 (\n#' }, low],
    'stop lb2; start lb2',
  ),
  story(
    'a list that never ends before the instance',
    [{ ...high, globals: 'notification_email {\nroot@localhost' }, low],
    'stop lb2; start lb2',
  ),
  story(
    'a definition of several lines in the middle of a line',
    [
      {
        ...high,
        globals: '$BOTH=10.0.0.2 \\\n10.0.0.3',
        more: 'unicast_peer {\n$BOTH # both\n$BOTH min_ttl 1\n}',
      },
      low,
    ],
    'stop lb1',
  ),
];

/** All stories. */
export const cases: readonly Case[] = [
  ...healthy,
  ...elections,
  ...disagreements,
  ...unicasts,
  ...preemptions,
  ...trackers,
  ...groups,
  ...sources,
  ...slips,
  ...halfRead,
];
