/** Every recorded run of real daemons, played again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseKeepalived } from '../grammar/keepalived/index.ts';
import { source } from '../grammar/text.ts';
import { type Parsed, parseSteps, predict, type Result } from '../src/election/index.ts';
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

const recordings = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/recordings/keepalived-2.2.7.json'), 'utf8'),
) as { readonly keepalived: string; readonly scenarios: readonly Scenario[] };

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

describe.each(recordings.scenarios)('$id $title', (scenario) => {
  it('ends as recorded', () => {
    const results = replay(scenario);
    for (const [index, { step, holders, runs, agreeing }] of scenario.observed.entries()) {
      for (const [address, nodes] of Object.entries(holders)) {
        const result = results[index]!.get(address);
        const where = `${step || 'start'}: ${address} (${result?.why})`;
        if (runs === agreeing) expect(result?.holders[address], where).toEqual(nodes);
        else expect(result?.possible, where).toContainEqual(nodes);
      }
    }
  });
});

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
