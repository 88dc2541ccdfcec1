/** Every recorded run of real daemons, played again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeepalived } from '../grammar/keepalived/index.ts';
import { source } from '../grammar/text.ts';
import {
  type Parsed,
  parseStart,
  parseSteps,
  predict,
  type Result,
  showStep,
} from '../src/election/index.ts';
import { type Cluster, declaredCluster } from '../src/model/cluster.ts';
import { noFacts } from '../src/model/facts.ts';
import { hostModel } from '../src/model/host/index.ts';
import { keepalivedModel } from '../src/model/keepalived/index.ts';
import { parsePrefixed } from '../src/model/net.ts';
import type { Node } from '../src/model/node.ts';
import { parseVersion } from '../src/model/version.ts';

/** Seconds by which the recording itself may be wrong. */
const tolerance = 0.3;

interface Observation {
  readonly step: string;
  readonly holders: Readonly<Record<string, readonly string[]>>;
  readonly runs: number;
  readonly agreeing: number;
  readonly settled: boolean;
  readonly gap: readonly [number, number];
  /** What other runs ended with. */
  readonly also?: readonly Observation['holders'][];
}

interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly nodes: Readonly<
    Record<
      string,
      { readonly interfaces: Readonly<Record<string, readonly string[]>>; readonly conf: string }
    >
  >;
  readonly start?: readonly string[];
  readonly observed: readonly [Observation, ...Observation[]];
}

interface Recording {
  readonly keepalived: string;
  readonly scenarios: readonly Scenario[];
}

const [recordings, more, slips, sources] = ['', '-more', '-slips', '-sources'].map(
  (name): Recording =>
    JSON.parse(
      readFileSync(join(import.meta.dirname, `../fixtures/recordings/keepalived-2.2.7${name}.json`), 'utf8'),
    ),
) as [Recording, Recording, Recording, Recording];

function node(
  name: string,
  text: string,
  interfaces?: Readonly<Record<string, readonly string[]>>,
  version = '2.2.7',
): Node {
  const file = parseKeepalived(source(`${name}/keepalived.conf`, text), { include: () => [] });
  const syntax = { language: 'keepalived' as const, file, oddities: file.oddities, includeProblems: [] };
  const addresses =
    interfaces &&
    new Map(
      Object.entries(interfaces).map(([link, list]) => [
        link,
        list.flatMap((each) => parsePrefixed(each) ?? []),
      ]),
    );
  return {
    name,
    keepalived: keepalivedModel(
      { syntax, sources: [file.source], scripts: new Map(), complete: true },
      { version: parseVersion(version) },
    ),
    nginx: [],
    addresses,
    host: hostModel([], addresses),
    facts: noFacts,
  };
}

const cluster = (nodes: readonly Node[]): Cluster =>
  declaredCluster({ name: 'cluster', segment: undefined, allowDifferences: new Set() }, nodes, []);

function read<T>(parsed: Parsed<T>): T {
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.value;
}

/** The results of a scenario, one for the start and one for each step, of the router that has each address. */
function replay({ nodes, start, observed }: Scenario): readonly ReadonlyMap<string, Result>[] {
  const all = cluster(
    Object.entries(nodes).map(([name, { conf, interfaces }]) =>
      node(name, conf, interfaces, recordings.keepalived),
    ),
  );
  const { routers } = predict(all, {
    steps: observed.slice(1).map(({ step }) => read(parseSteps(step, all))[0]!),
    start: start && [start],
  });
  return observed.map(
    (_, index) =>
      new Map(
        routers.flatMap(({ addresses, results }) =>
          addresses.map((address) => [address, results[index]!] as const),
        ),
      ),
  );
}

describe.each([...recordings.scenarios, ...more.scenarios, ...slips.scenarios, ...sources.scenarios])(
  '$id $title',
  (scenario) => {
    it('ends as recorded', () => {
      const results = replay(scenario);
      for (const [index, { step, holders, runs, agreeing, also = [] }] of scenario.observed.entries()) {
        for (const [address, nodes] of Object.entries(holders)) {
          const result = results[index]!.get(address);
          const where = `${step || 'start'}: ${address} (${result?.why})`;
          if (runs === agreeing) expect(result?.holders[address], where).toEqual(nodes);
          else {
            for (const seen of [holders, ...also]) {
              expect(result?.possible, where).toContainEqual(seen[address]);
            }
          }
        }
      }
    });
  },
);

describe('the time without a holder', () => {
  it('lies within the predicted window in 95 of 100 steps', () => {
    const outside: string[] = [];
    let steps = 0;
    for (const scenario of recordings.scenarios) {
      const results = replay(scenario);
      for (const [index, { step, gap, holders }] of scenario.observed.entries()) {
        const { unserved } = results[index]!.get(Object.keys(holders)[0]!)!;
        steps++;
        const early = gap[0] < unserved.min - tolerance;
        const late = unserved.max !== null && gap[1] > unserved.max + tolerance;
        if (early || late) outside.push(`${scenario.id} ${step}: ${gap} against ${JSON.stringify(unserved)}`);
      }
    }
    expect(steps).toBeGreaterThan(200);
    expect(outside.length / steps, outside.join('\n')).toBeLessThanOrEqual(0.05);
  });
});

const text = (
  priority: number,
  { state = 'BACKUP', before = '', more = '', address = '10.0.0.100' } = {},
): string => `
${before}
vrrp_instance VI_1 {
  state ${state}
  interface eth0
  virtual_router_id 51
  priority ${priority}
  ${more}
  virtual_ipaddress {
    ${address}/24
  }
}
`;
const script = (more: string): string =>
  `vrrp_script chk {\n  script "/usr/bin/killall -0 nginx"\n  ${more}\n}\n`;
const tracking = 'track_script {\n    chk\n  }';

/** What goes wrong in the full matrix, but for what every VRRP pair suffers. */
const defects = (all: Cluster): readonly string[] =>
  predict(all).routers.flatMap(({ results }) =>
    results.flatMap(({ verdict, inherent, steps }) =>
      verdict === 'ok' || inherent ? [] : [`${steps.join('; ')}: ${verdict}`],
    ),
  );

describe('a healthy pair has a clean matrix', () => {
  it.each([
    ['master and backup', text(200, { state: 'MASTER' }), text(150)],
    ['a weight above the gap', text(200, { before: script('weight -60'), more: tracking }), text(150)],
    [
      'two points that are just enough',
      text(101, { before: script('weight 2'), more: tracking }),
      text(100, { before: script('weight 2'), more: tracking }),
    ],
    [
      'a check without weight on both, and nopreempt',
      text(200, { before: script(''), more: `nopreempt\n  ${tracking}` }),
      text(150, { before: script(''), more: `nopreempt\n  ${tracking}` }),
    ],
  ])('%s', (_, a, b) => {
    expect(defects(cluster([node('lb1', a), node('lb2', b)]))).toEqual([]);
  });

  it('and a crash of the daemon alone is the fault of no configuration', () => {
    const all = cluster([node('lb1', text(200)), node('lb2', text(150))]);
    const [router] = predict(all, { steps: read(parseSteps('kill lb1', all)) }).routers;
    expect(router?.results[1]).toMatchObject({ verdict: 'split-brain', inherent: true });
  });
});

describe('the article', () => {
  const article = (name: string): string =>
    readFileSync(join(import.meta.dirname, '../fixtures/clusters/article', name, 'keepalived.conf'), 'utf8');
  const spelt = (conf: string): string =>
    conf
      .replace('vrrp_instace', 'vrrp_instance')
      .replace('BACKUIP', 'BACKUP')
      .replace('autentication', 'authentication')
      .replace('smtp-server', 'smtp_server');
  const pair = (mend: (conf: string) => string): Cluster =>
    cluster(['master', 'backup'].map((name) => node(name, mend(article(name)))));
  const start = (all: Cluster): Result | undefined => predict(all, { steps: [] }).routers[0]?.results[0];

  it('as printed gives the address to nobody, ever', () => {
    const results = predict(pair((conf) => conf)).routers[0]!.results;
    expect(results.length).toBeGreaterThan(5);
    for (const { verdict, holders } of results) {
      expect(verdict).toBe('nobody');
      expect(holders).toEqual({ '10.0.169.253': [] });
    }
  });

  it('with its words mended has two holders from the start', () => {
    const result = start(pair(spelt));
    expect(result?.verdict).toBe('split-brain');
    expect(result?.holders).toEqual({ '10.0.169.253': ['backup', 'master'] });
    expect(result?.why).toBe('master never hears backup: virtual_router_id is 158 and 160');
    expect(result?.lines).toEqual(['backup/keepalived.conf:13', 'master/keepalived.conf:13']);
  });

  it('with one virtual_router_id besides has a clean matrix', () => {
    expect(
      defects(pair((conf) => spelt(conf).replace('virtual_router_id 158', 'virtual_router_id 160'))),
    ).toEqual([]);
  });
});

describe('steps', () => {
  const all = cluster([
    node('lb1', text(200, { before: script('weight -60'), more: tracking })),
    node('lb2', text(150)),
  ]);

  it.each([
    ['crush lb1', "no action 'crush': did you mean crash?"],
    ['crash lb3', "no node 'lb3': there are lb1, lb2"],
    ['fail lb1 chkk', "no check of lb1 'chkk': did you mean chk?"],
    ['fail lb2 chk', "no check of lb2 'chk': there is none"],
    ['link-down lb1 eth9', "no interface of lb1 'eth9': there are eth0"],
    ['block lb1', "'block lb1' should read 'block NODE->NODE'"],
    ['block lb1->lb1', "'block lb1->lb1' names one node twice"],
    ['crash', "'crash' should read 'crash NODE'"],
  ])('%s: %s', (steps, problem) => {
    expect(parseSteps(steps, all)).toEqual({ problem });
  });

  it('are shown as they were written', () => {
    const steps = read(parseSteps('fail lb1 chk & block *->lb2; link-up lb1 eth0;rejoin lb2', all));
    expect(steps.map(showStep)).toEqual(['fail lb1 chk & block *->lb2', 'link-up lb1 eth0', 'rejoin lb2']);
  });

  it('start in the order that is asked for', () => {
    const twins = cluster([
      node('lb1', text(100, { more: 'nopreempt' })),
      node('lb2', text(100, { more: 'nopreempt' })),
    ]);
    const first = (order: string): unknown =>
      predict(twins, { steps: [], start: read(parseStart(order, twins)) }).routers[0]?.results[0]?.holders;
    expect(first('lb2; lb1')).toEqual({ '10.0.0.100': ['lb2'] });
    expect(first('lb1; lb2')).toEqual({ '10.0.0.100': ['lb1'] });
  });

  it('two faults at a time are bounded, and the bound is told', () => {
    const many = cluster(Array.from({ length: 12 }, (_, index) => node(`lb${index}`, text(200 - index))));
    const { played, of } = predict(many, { faults: 2 });
    expect(played).toBe(1000);
    expect(of).toBeGreaterThan(played);
  });
});

describe('any configuration', () => {
  const weights = fc.constantFrom('', 'weight -60', 'weight 30', 'weight -10 reverse', 'init_fail');
  const settings = fc.constantFrom(
    '',
    'nopreempt',
    'preempt_delay 3',
    'advert_int 2',
    'version 3',
    'dont_track_primary',
    'autentication {\n auth_type PASS\n }',
    'priority',
  );
  const config = fc
    .record({
      priority: fc.integer({ min: 0, max: 256 }),
      state: fc.constantFrom('MASTER', 'BACKUP'),
      weights,
      settings,
    })
    .map((each) =>
      text(each.priority, {
        state: each.state,
        before: script(each.weights),
        more: `${each.settings}\n  ${tracking}`,
      }),
    );
  const runs = { seed: 5798, numRuns: 15 };

  it('gives plain results, and the order of the files changes nothing', () => {
    fc.assert(
      fc.property(fc.array(config, { minLength: 1, maxLength: 3 }), (texts) => {
        const nodes = texts.map((conf, index) => node(`lb${index}`, conf));
        const sorted = (all: readonly Node[]): unknown =>
          predict(cluster(all)).routers.map(({ addresses, results }) => ({
            addresses,
            ends: results
              .map(({ steps, holders, unserved }) => JSON.stringify([steps, holders, unserved]))
              .sort(),
          }));
        const result = sorted(nodes);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
        expect(sorted([...nodes].reverse())).toEqual(result);
      }),
      runs,
    );
  });

  it('treats two nodes that say the same alike', () => {
    fc.assert(
      fc.property(config, (conf) => {
        const [router] = predict(cluster([node('lb1', conf), node('lb2', conf)]), { steps: [] }).routers;
        const [result] = router!.results;
        const swapped = (names: readonly string[]): string[] =>
          names.map((name) => (name === 'lb1' ? 'lb2' : 'lb1')).sort();
        const sets = (result!.possible ?? Object.values(result!.holders)).map((names) =>
          [...names].sort().join(),
        );
        const others = (result!.possible ?? Object.values(result!.holders)).map((names) =>
          swapped(names).join(),
        );
        expect(others.sort()).toEqual(sets.sort());
      }),
      runs,
    );
  });

  it('of any text never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.nat(300), (noise, at) => {
        const conf = text(150, { before: script('weight -60'), more: tracking });
        const broken = conf.slice(0, at) + noise + conf.slice(at);
        expect(predict(cluster([node('lb1', broken), node('lb2', conf)])).played).toBeGreaterThan(0);
      }),
      runs,
    );
  });
});
