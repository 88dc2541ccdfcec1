/** Which instances are parts of one virtual router, and which nodes form a cluster, whatever is mistyped. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeepalived } from '../grammar/keepalived/index.ts';
import { source } from '../grammar/text.ts';
import { clustersOf } from '../src/model/cluster.ts';
import { noFacts } from '../src/model/facts.ts';
import { hostModel } from '../src/model/host/index.ts';
import { alarmsOf, healthyPriority, keepalivedModel, testsNetwork } from '../src/model/keepalived/index.ts';
import type { Node } from '../src/model/node.ts';
import { deviations, priorityTies, slipBetween } from '../src/model/router.ts';
import { growth, tooMuch } from './growth.ts';

function node(name: string, text: string): Node {
  const file = parseKeepalived(source(`${name}/keepalived.conf`, text));
  const syntax = {
    language: 'keepalived' as const,
    file,
    oddities: file.oddities,
    includeProblems: [],
  };
  const files = { syntax, sources: [file.source], scripts: new Map(), complete: true };
  return {
    name,
    keepalived: keepalivedModel(files, { version: undefined }),
    nginx: [],
    host: hostModel([]),
    addresses: undefined,
    facts: noFacts,
  };
}

interface Written {
  readonly name?: string;
  readonly id?: number;
  readonly addresses?: readonly string[];
  readonly priority?: number;
  readonly more?: string;
}

/** One instance, alike on every node unless something is said. */
const instance = ({
  name = 'VI_1',
  id = 51,
  addresses = ['10.0.0.100'],
  priority = 100,
  more = '',
}: Written = {}): string => `
vrrp_instance ${name} {
  interface eth0
  virtual_router_id ${id}
  priority ${priority}
  ${more}
  virtual_ipaddress {
    ${addresses.join('\n    ')}
  }
}
`;

/** `lb1/VI_1 lb2/VI_1` for each router, in the order of the nodes; clusters apart. */
const shape = (nodes: readonly Node[]): string[][] =>
  clustersOf(nodes).map(({ routers }) =>
    routers.map(({ members }) =>
      members.map((each) => `${each.node.name}/${each.instance.name.value}`).join(' '),
    ),
  );

/** The same, whatever the order. */
const sortedShape = (nodes: readonly Node[]): string[] =>
  shape(nodes)
    .map((routers) =>
      routers
        .map((router) => router.split(' ').sort().join(' '))
        .sort()
        .join(', '),
    )
    .sort();

/** Clusters of which each property is told below, and of which the order must not matter. */
const stories: Readonly<Record<string, { readonly nodes: readonly Node[]; readonly expected: string[][] }>> =
  {
    'a pair is one router': {
      nodes: [node('lb1', instance()), node('lb2', instance())],
      expected: [['lb1/VI_1 lb2/VI_1']],
    },
    'a different VRID for one address is still one router': {
      nodes: [node('lb1', instance({ id: 160 })), node('lb2', instance({ id: 158 }))],
      expected: [['lb1/VI_1 lb2/VI_1']],
    },
    'two nodes with one VRID are a pair, however different their addresses': {
      nodes: [node('lb1', instance()), node('lb2', instance({ addresses: ['192.168.7.9'] }))],
      expected: [['lb1/VI_1 lb2/VI_1']],
    },
    'two nodes that share nothing but the name of the manual page are two clusters': {
      nodes: [
        node('lb1', instance({ id: 51, more: 'state MASTER' })),
        node('db1', instance({ id: 60, addresses: ['10.0.9.9'], more: 'state MASTER' })),
      ],
      expected: [['lb1/VI_1'], ['db1/VI_1']],
    },
    'name, network and roles make a pair of two nodes when VRID and address are both mistyped': {
      nodes: [
        node('lb1', instance({ id: 51, more: 'state MASTER' })),
        node('lb2', instance({ id: 15, addresses: ['10.0.0.101'], more: 'state BACKUP' })),
      ],
      expected: [['lb1/VI_1 lb2/VI_1']],
    },
    'an active/active pair is two routers, by VRID and address and not by place': {
      nodes: [
        node('lb1', instance() + instance({ name: 'VI_2', id: 52, addresses: ['10.0.0.101'] })),
        node('lb2', instance({ name: 'VI_2', id: 52, addresses: ['10.0.0.101'] }) + instance()),
      ],
      expected: [['lb1/VI_1 lb2/VI_1', 'lb1/VI_2 lb2/VI_2']],
    },
    'addresses swapped between two routers leave VRID and name to tell': {
      nodes: [
        node('lb1', instance() + instance({ name: 'VI_2', id: 52, addresses: ['10.0.0.101'] })),
        node(
          'lb2',
          instance({ addresses: ['10.0.0.101'] }) +
            instance({ name: 'VI_2', id: 52, addresses: ['10.0.0.100'] }),
        ),
      ],
      expected: [['lb1/VI_1 lb2/VI_1', 'lb1/VI_2 lb2/VI_2']],
    },
    'VRIDs swapped between two routers leave address and name to tell': {
      nodes: [
        node('lb1', instance() + instance({ name: 'VI_2', id: 52, addresses: ['10.0.0.101'] })),
        node('lb2', instance({ id: 52 }) + instance({ name: 'VI_2', id: 51, addresses: ['10.0.0.101'] })),
      ],
      expected: [['lb1/VI_1 lb2/VI_1', 'lb1/VI_2 lb2/VI_2']],
    },
    'an instance without a partner is a router of its own': {
      nodes: [
        node('lb1', instance() + instance({ name: 'VI_2', id: 52, addresses: ['10.0.0.101'] })),
        node('lb2', instance()),
      ],
      expected: [['lb1/VI_1 lb2/VI_1', 'lb1/VI_2']],
    },
    'three nodes are one router, the one with another VRID included': {
      nodes: [node('lb1', instance({ id: 15 })), node('lb2', instance()), node('lb3', instance())],
      expected: [['lb1/VI_1 lb2/VI_1 lb3/VI_1']],
    },
    'the third node with another address of the network comes home': {
      nodes: [
        node('lb1', instance()),
        node('lb2', instance()),
        node('lb3', instance({ addresses: ['10.0.0.101'] })),
      ],
      expected: [['lb1/VI_1 lb2/VI_1 lb3/VI_1']],
    },
    'two pairs with the VRID, name and interface of the manual page are two clusters': {
      nodes: [
        node('a1', instance()),
        node('a2', instance()),
        node('b1', instance({ addresses: ['10.0.0.200'] })),
        node('b2', instance({ addresses: ['10.0.0.200'] })),
        node('c1', instance({ addresses: ['192.168.1.1'] })),
      ],
      expected: [['a1/VI_1 a2/VI_1'], ['b1/VI_1 b2/VI_1'], ['c1/VI_1']],
    },
    'a pair that differs in its address finds itself beside another pair': {
      nodes: [
        node('a1', instance()),
        node('a2', instance()),
        node('b1', instance({ name: 'db', addresses: ['10.9.0.21'] })),
        node('b2', instance({ name: 'db', addresses: ['10.9.0.12'] })),
      ],
      expected: [['a1/VI_1 a2/VI_1'], ['b1/db b2/db']],
    },
    'partners of one router are partners of the next': {
      nodes: [
        node('a1', instance() + instance({ name: 'VI_2', id: 52, addresses: ['10.0.0.101'] })),
        node('a2', instance() + instance({ name: 'VI_2', id: 52, addresses: ['172.16.0.1'] })),
        node('b1', instance({ addresses: ['10.7.0.1'] })),
      ],
      expected: [['a1/VI_1 a2/VI_1', 'a1/VI_2 a2/VI_2'], ['b1/VI_1']],
    },
    'nodes that list each other as peers are partners': {
      nodes: [
        node('a1', instance({ more: 'unicast_src_ip 10.0.0.1\nunicast_peer {\n10.0.0.2\n}' })),
        node('a2', instance({ addresses: ['172.16.0.1'], more: 'unicast_src_ip 10.0.0.2' })),
        node('b1', instance({ addresses: ['10.7.0.1'] })),
      ],
      expected: [['a1/VI_1 a2/VI_1'], ['b1/VI_1']],
    },
    'IPv4 and IPv6 instances with one VRID are two routers': {
      nodes: ['lb1', 'lb2'].map((name) =>
        node(name, instance({ name: 'VI_4' }) + instance({ name: 'VI_6', addresses: ['fe80::100'] })),
      ),
      expected: [['lb1/VI_4 lb2/VI_4', 'lb1/VI_6 lb2/VI_6']],
    },
  };

describe('clustersOf', () => {
  it.each(Object.entries(stories))('%s', (_, { nodes, expected }) => {
    expect(shape(nodes)).toEqual(expected);
  });

  it.each(Object.entries(stories))('in any order: %s', (_, { nodes }) => {
    const expected = sortedShape(nodes);
    fc.assert(
      fc.property(fc.shuffledSubarray([...nodes], { minLength: nodes.length }), (shuffled) => {
        expect(sortedShape(shuffled)).toEqual(expected);
      }),
    );
  });

  it('every instance is a member of exactly one router, which has at most one of each node', () => {
    const written = fc.record({
      name: fc.constantFrom('VI_1', 'VI_2', 'db'),
      id: fc.constantFrom(51, 52, 60),
      addresses: fc.subarray(['10.0.0.100', '10.0.0.101', '10.9.0.7', 'fe80::1'], { minLength: 1 }),
    });
    const files = fc.array(fc.array(written, { maxLength: 3 }), { maxLength: 6 });
    fc.assert(
      fc.property(files, (all) => {
        const nodes = all.map((list, index) =>
          node(
            `lb${index}`,
            list.map((each, place) => instance({ ...each, name: `${each.name}${place}` })).join(''),
          ),
        );
        const routers = clustersOf(nodes).flatMap((cluster) => cluster.routers);
        const members = routers.flatMap((router) => router.members.map((member) => member.instance));
        expect(new Set(members).size).toBe(members.length);
        expect(members).toHaveLength(all.flat().length);
        for (const router of routers) {
          expect(new Set(router.members.map((member) => member.node)).size).toBe(router.members.length);
        }
      }),
    );
  });

  it('nodes without an instance belong to every cluster', () => {
    const web: Node = {
      name: 'web1',
      keepalived: undefined,
      nginx: [],
      host: hostModel([]),
      addresses: undefined,
      facts: noFacts,
    };
    const clusters = clustersOf([
      node('lb1', instance()),
      web,
      node('lb2', instance({ id: 9, addresses: ['192.168.1.1'] })),
    ]);
    expect(clusters.map(({ nodes }) => nodes.map(({ name }) => name))).toEqual([
      ['lb1', 'web1'],
      ['web1', 'lb2'],
    ]);
  });

  it('no node is one cluster without routers', () => {
    expect(clustersOf([])).toMatchObject([{ nodes: [], routers: [] }]);
  });

  it('a fleet of pairs is matched in good time', () => {
    const nodes = Array.from({ length: 10_000 }, (_, index) =>
      node(`lb${index}`, instance({ addresses: [`10.${index >> 9}.${(index >> 1) & 255}.100`] })),
    );
    const match = (count: number): void => expect(clustersOf(nodes.slice(0, count))).toHaveLength(count / 2);
    expect(growth(match, 2500)).toBeLessThan(tooMuch);
  });
});

describe('deviations', () => {
  const idsOf = (nodes: readonly Node[]): string[] =>
    deviations(
      clustersOf(nodes)[0]!.routers[0]!.members,
      (member) => member.instance.virtualRouterId.value,
    ).map(
      ({ member, value, other, expected }) => `${member.node.name} ${value}, ${other.node.name} ${expected}`,
    );

  it('the majority is right', () => {
    expect(
      idsOf([
        node('lb1', instance({ id: 15, priority: 200 })),
        node('lb2', instance()),
        node('lb3', instance()),
      ]),
    ).toEqual(['lb1 15, lb2 51']);
  });

  it('of two, the one that is to be master is right, in whatever order they come', () => {
    const [master, backup] = [
      node('master', instance({ id: 160, priority: 200 })),
      node('backup', instance({ id: 158, priority: 150 })),
    ];
    expect(idsOf([master, backup])).toEqual(['backup 158, master 160']);
    expect(idsOf([backup, master])).toEqual(['backup 158, master 160']);
  });

  it('an unknown value is no other value', () => {
    expect(idsOf([node('lb1', instance()), node('lb2', instance().replace('51', '{{ id }}'))])).toEqual([]);
  });
});

it.each([
  ['10.0.169.235', '10.0.169.253', 'two digits are swapped'],
  ['10.0.196.253', '10.0.169.253', 'two digits are swapped'],
  ['10.1.169.253', '10.0.169.253', 'the second number differs'],
  ['fe80::100', 'fe80::10', 'one character differs'],
  ['192.168.7.9', '10.0.169.253', undefined],
])('the slip between %s and %s is named: %s', (a, b, words) => {
  expect(slipBetween(a, b)).toBe(words);
});

describe('the priority with all checks passing', () => {
  const priority = (text: string, name = 'VI_1'): number | undefined => {
    const model = node('lb1', text).keepalived!;
    return healthyPriority(model, model.instances.find((each) => each.name.value === name)!);
  };
  const script = (weight: string): string => `vrrp_script check {\nscript /bin/true\n${weight}\n}\n`;
  const tracking = (line: string): string => instance({ more: `track_script {\n${line}\n}` });

  it.each([
    ['a positive weight counts', script('weight 20') + tracking('check'), 120],
    ['a negative weight does not', script('weight -20') + tracking('check'), 100],
    ['the weight on the line goes first', script('weight 20') + tracking('check weight 5'), 105],
    ['a reversed positive weight is taken away', script('weight 20 reverse') + tracking('check'), 80],
    ['it ends at 254', script('weight 200') + tracking('check'), 254],
    [
      'a sync group drops the weights of its members',
      `vrrp_sync_group g {\ngroup {\nVI_1\n}\n}\n${script('weight 20')}${tracking('check')}`,
      100,
    ],
    [
      'unless it is told to keep them',
      `vrrp_sync_group g {\nsync_group_tracking_weight\ngroup {\nVI_1\n}\n}\n${script('weight 20')}${tracking('check')}`,
      120,
    ],
    [
      'a master without priority is the owner',
      instance({ more: 'state MASTER' }).replace('priority 100', ''),
      255,
    ],
  ])('%s', (_, text, expected) => {
    expect(priority(text)).toBe(expected);
  });

  it('three nodes, two of them alike, are one tie', () => {
    const nodes = [150, 100, 100].map((each, index) => node(`lb${index}`, instance({ priority: each })));
    expect(priorityTies(clustersOf(nodes)[0]!.routers[0]!).map(({ members }) => members.length)).toEqual([2]);
  });
});

it.each([
  ['script "/usr/bin/ping -c 1 10.0.0.1"', true],
  ['script /usr/local/sbin/check_gw.sh', true],
  ['script "/usr/bin/curl -fsS http://10.0.0.1/"', true],
  ['script "/usr/bin/curl -fsS http://127.0.0.1/ -H Host:www.example.com"', false],
  ['script "/usr/bin/curl -fsS http://localhost/health"', false],
  ['script "/usr/bin/killall -0 nginx"', false],
  ['script /etc/keepalived/check_nginx.sh', false],
])('%s tests the network: %s', (line, expected) => {
  const text = `vrrp_script check {\n${line}\n}\n${instance({ more: 'track_script {\ncheck\n}' })}`;
  const model = node('lb1', text).keepalived!;
  expect(testsNetwork(model, model.instances[0]!.trackers[0]!)).toBe(expected);
});

it.each([
  ['', '', false],
  ['notification_email {\nops@example.com\n}', '', false],
  ['notification_email {\nops@example.com\n}\nsmtp_alert', '', true],
  ['notification_email {\nops@example.com\n}\nsmtp_alert\nsmtp_alert_vrrp off', '', false],
  ['notification_email {\nops@example.com\n}', 'smtp_alert', true],
  ['smtp_alert', '', false],
  ['enable_traps', '', true],
  ['', 'notify_master /bin/page', true],
  ['', 'notify_priority_changes', false],
])('with %j and %j somebody is told: %s', (globals, more, expected) => {
  const model = node('lb1', `global_defs {\n${globals}\n}\n${instance({ more })}`).keepalived!;
  expect(alarmsOf(model, model.instances[0]!).work).toBe(expected);
});
