/** Many clusters in one run: which of them meet, that order does not matter, and what it costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { source } from '../grammar/text.ts';
import { type Config, readConfig } from '../src/config/index.ts';
import { check, memory } from '../src/index.ts';

interface Written {
  readonly address: string;
  readonly vrid?: number;
  readonly more?: string;
}

const instance = ({ address, vrid = 51, more = '' }: Written, priority: number): string => `
vrrp_instance VI_${vrid} {
  interface eth0
  virtual_router_id ${vrid}
  priority ${priority}
  ${more}
  virtual_ipaddress {
    ${address}
  }
}
`;

const pair = (name: string, written: Written): Record<string, string> => ({
  [`${name}1/keepalived.conf`]: instance(written, 150),
  [`${name}2/keepalived.conf`]: instance(written, 100),
});

function fleet(files: Readonly<Record<string, string>>, yaml: string): readonly string[] {
  const fs = memory(files);
  const config = readConfig(source('lbcheck.yaml', yaml), { fs, folder: '/', ruleIds: [] }) as Config;
  const { diagnostics, internalErrors } = check([], { fs, config });
  expect(internalErrors).toEqual([]);
  return diagnostics
    .filter(({ rule }) => rule === 'virtual-router-id-collision')
    .map(
      ({ severity, cluster, related }) =>
        `${severity} ${cluster} ${related.map((each) => each.cluster).join()}`,
    );
}

const two = (left: string, right: string): string => `clusters:
  a: { nodes: { lb1: ${left.replaceAll('N', '1')}, lb2: ${left.replaceAll('N', '2')} } }
  b: { nodes: { lb1: ${right.replaceAll('N', '1')}, lb2: ${right.replaceAll('N', '2')} } }
`;

const [a, b] = [{ address: '10.0.0.100/24' }, { address: '10.0.0.200/24' }] as const;
const plain = two('[aN]', '[bN]');

describe('virtual routers of different clusters', () => {
  it.each<[string, Written, Written, string, readonly string[]]>([
    ['in one network meet', a, b, plain, ['error b a']],
    ['with other numbers do not', a, { ...b, vrid: 52 }, plain, []],
    ['in other networks do not', a, { address: '10.0.1.200/24' }, plain, []],
    [
      'without a prefix are in no known network',
      { address: '10.0.0.100' },
      { address: '10.0.0.200' },
      plain,
      [],
    ],
    ['of another family do not', a, { address: '2001:db8::1/64' }, plain, []],
    ['have a link-local network each', { address: 'fe80::1/64' }, { address: 'fe80::2/64' }, plain, []],
    ['in another group do not', a, { ...b, more: 'mcast_dst_ip 224.0.0.99' }, plain, []],
    ['that talk to peers only do not', a, { ...b, more: 'unicast_peer { 10.0.0.9 }' }, plain, []],
    [
      'that drop what the other says are less of a danger',
      a,
      { ...b, more: 'authentication {\nauth_type PASS\nauth_pass 1234\n}' },
      plain,
      ['warning b a'],
    ],
    ['of an old keepalived too', a, b, `${plain}facts: { keepalived: "2.2.7" }`, ['warning b a']],
    ['of a newer one are one', a, b, `${plain}facts: { keepalived: "2.3.3" }`, ['error b a']],
    [
      'meet by the addresses of their interfaces',
      { address: '172.16.0.1' },
      { address: '172.16.9.1' },
      two(
        '{ files: [aN], addresses: { eth0: [10.0.0.1N/24] } }',
        '{ files: [bN], addresses: { eth0: [10.0.0.2N/24] } }',
      ),
      ['error b a'],
    ],
    [
      'meet on no interface that is not theirs',
      { address: '172.16.0.1' },
      { address: '172.16.9.1' },
      two(
        '{ files: [aN], addresses: { eth0: [10.0.0.1N/24], eth1: [10.0.7.1N/24] } }',
        '{ files: [bN], addresses: { eth0: [10.0.1.2N/24], eth1: [10.0.7.2N/24] } }',
      ),
      [],
    ],
  ])('%s', (_, left, right, yaml, expected) => {
    expect(fleet({ ...pair('a', left), ...pair('b', right) }, yaml)).toEqual(expected);
  });

  it('are each told of one other', () => {
    const names = ['a', 'b', 'c', 'd'];
    const files = Object.assign({}, ...names.map((name, i) => pair(name, { address: `10.0.0.${i + 1}/24` })));
    const yaml = names.map(
      (name) => `  ${name}: { segment: one, nodes: { lb1: [${name}1], lb2: [${name}2] } }`,
    );
    expect(fleet(files, `clusters:\n${yaml.join('\n')}`)).toEqual(['error b a', 'error c a', 'error d a']);
  });

  it('are not one node that two clusters name', () => {
    const yaml = two('[aN]', '[aN]').replaceAll('nodes:', 'segment: one, nodes:');
    expect(fleet(pair('a', a), yaml)).toEqual([]);
  });
});

describe('the findings of nodes without a configuration file', () => {
  /** What is found, and between whom; of several places that are alike the first given leads, which only notes show. */
  const said = (files: Readonly<Record<string, string>>, order: readonly string[]): string[] =>
    check(order, { fs: memory(files) })
      .diagnostics.map(({ rule, severity, file, related }) => {
        const places = [file, ...related.map((each) => each.file)].sort();
        return severity === 'info' ? rule : `${severity} ${rule} ${places.join(' ')}`;
      })
      .sort();

  it('do not depend on the order of files and instances', () => {
    const files: Record<string, string> = {};
    const blocks: Record<string, string[]> = {};
    for (const node of [1, 2, 3, 4, 5, 6]) {
      const own = [
        instance({ address: `10.0.0.${node < 3 ? 100 : 100 + node}/24` }, 100 + node),
        instance({ address: '10.0.0.50/24', vrid: 60 + (node % 2) }, 100 - node),
        instance({ address: '2001:db8::1/64', vrid: 51 }, 90 + node).replace('VI_51', 'VI_6'),
      ];
      blocks[`n${node}/keepalived.conf`] = own;
      files[`n${node}/keepalived.conf`] = own.join('');
    }
    const names = Object.keys(files);
    const expected = said(files, names);
    expect(expected.length).toBeGreaterThan(3);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(names, { minLength: names.length }),
        fc.array(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), { minLength: 6, maxLength: 6 }),
        (order, places) => {
          const shuffled = Object.fromEntries(
            names.map((name, index) => [name, places[index]!.map((place) => blocks[name]![place]).join('')]),
          );
          expect(said(shuffled, order)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });
});
