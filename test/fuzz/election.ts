/** The election of clusters made by chance: it ends, its results fit together, and no node's name or place decides. */
import type { Prediction, Result, RouterPrediction } from '../../src/election/index.ts';
import { failover } from '../../src/failover.ts';
import { failoverFormats } from '../../src/format/failover/index.ts';
import { plain } from '../../src/format/style.ts';
import { memory } from '../../src/index.ts';
import type { Dice } from '../bench/workloads.ts';
import { raw } from './invariants.ts';
import type { Files, Kind } from './kind.ts';
import { mutated } from './mutate.ts';

/** Seconds of the processor in which every fault of three nodes has to be played. */
const patience = 10;

const checks = (roll: Dice): string =>
  [
    `vrrp_script web {\n    script "/usr/bin/pgrep nginx"\n    interval ${roll.one([1, 2, 5])}\n    fall ${roll.between(1, 3)}\n    rise ${roll.between(1, 3)}\n    ${roll.one(['', `weight ${roll.between(-254, 254)}`, 'init_fail', 'weight -20 reverse'])}\n}\n`,
    'vrrp_track_process nginx {\n    process nginx\n    weight 10\n}\n',
  ].join('');

interface Router {
  readonly name: string;
  readonly id: number;
  readonly addresses: readonly string[];
  /** Lines that all nodes have. */
  readonly common: readonly string[];
}

function instance(roll: Dice, { name, id, addresses, common }: Router, node: number, nodes: number): string {
  const own = [
    roll.one(['', 'state MASTER', 'state BACKUP']),
    `priority ${roll.one([100, 100, 150, 200, 254, 255, roll.between(1, 255)])}`,
    roll.one(['', '', 'nopreempt', `preempt_delay ${roll.between(0, 30)}`, 'dont_track_primary']),
    roll.often(40) ? `track_script {\n        web${roll.one(['', ' weight -30', ' weight 0'])}\n    }` : '',
    roll.often(15) ? 'track_process {\n        nginx\n    }' : '',
    roll.often(15) ? `track_interface {\n        eth1${roll.one(['', ' weight -10'])}\n    }` : '',
    roll.often(30)
      ? `unicast_src_ip 10.0.0.${node}\n    unicast_peer {\n${Array.from({ length: nodes }, (_, n) => (n + 1 === node ? '' : `        10.0.0.${n + 1}\n`)).join('')}    }`
      : '',
    ...(roll.often(10)
      ? [
          roll.one([
            'advert_int 3',
            'version 3',
            'authentication {\n        auth_type PASS\n        auth_pass x\n    }',
          ]),
        ]
      : []),
  ];
  return `vrrp_instance ${name} {\n    interface eth0\n    virtual_router_id ${roll.often(5) ? id + 1 : id}\n    ${[...common, ...own].filter(Boolean).join('\n    ')}\n    virtual_ipaddress {\n${addresses.map((each) => `        ${each}\n`).join('')}    }\n}\n`;
}

export const election: Kind = {
  files: (roll) => {
    const nodes = roll.one([2, 2, 2, 3]);
    const routers = Array.from(
      { length: roll.one([1, 1, 2, 3]) },
      (_, n): Router => ({
        name: `VI_${n}`,
        id: 10 + 5 * n,
        addresses: Array.from({ length: roll.between(1, 2) }, (_, each) => `10.${n + 1}.0.${each + 1}/24`),
        common: [
          roll.one(['', 'advert_int 2', 'version 3', 'advert_int 1']),
          roll.one(['', '', 'nopreempt']),
        ],
      }),
    );
    const group = roll.often(30)
      ? `vrrp_sync_group G {\n    group {\n${routers.map(({ name }) => `        ${name}\n`).join('')}    }\n}\n`
      : '';
    const same = checks(roll);
    return Object.fromEntries(
      Array.from({ length: nodes }, (_, index) => {
        const blocks = routers.map((router) => instance(roll, router, index + 1, nodes));
        const text = `${roll.often(80) ? same : checks(roll)}${blocks.join('')}${group}`;
        return [`lb${index + 1}/keepalived.conf`, roll.often(15) ? mutated(text, 'keepalived', roll) : text];
      }),
    );
  },
  *faults(files) {
    const start = process.cpuUsage();
    const prediction = predicted(files);
    const seconds = process.cpuUsage(start).user / 1e6;
    if (seconds > patience) yield `the election took ${seconds.toFixed(0)} s`;
    const nodes = new Set(prediction.routers.flatMap((router) => router.nodes));
    for (const router of prediction.routers)
      for (const result of router.results) {
        yield* unfit(result, router);
        // An address of two routers may be held by a node of the other one.
        if (
          Object.values(result.holders)
            .flat()
            .some((name) => !nodes.has(name))
        )
          yield 'a stranger holds an address';
      }
    for (const [name, format] of Object.entries(failoverFormats)) {
      if (raw.test(format(prediction, { style: plain }))) yield `${name} holds a control character`;
    }
    for (const names of renamings(Object.keys(files).length)) yield* asymmetries(files, prediction, names);
  },
};

const predicted = (files: Files): Prediction => failover(['.'], { fs: memory(files), cwd: '/' }).prediction;

/** What of a result cannot be, whatever the configuration. */
export function* unfit(result: Result, { addresses, results }: RouterPrediction): Generator<string> {
  const { steps, holders, verdict, unserved, why, possible } = result;
  const at = `after ${steps.join('; ') || 'the start'}`;
  const counts = addresses.map((address) => holders[address]?.length ?? -1);
  if (counts.includes(-1)) yield `an address has no list of holders ${at}`;
  if (verdict === 'ok' && !counts.every((count) => count === 1))
    yield `ok with ${counts.join()} holders ${at}`;
  if (verdict === 'split-brain' && !counts.some((count) => count > 1))
    yield `split-brain with ${counts.join()} holders ${at}`;
  if (verdict === 'nobody' && !counts.includes(0)) yield `nobody with ${counts.join()} holders ${at}`;
  if (verdict !== 'ok' && why === '') yield `${verdict} without a reason ${at}`;
  if ((possible !== undefined && possible.length < 2) || (possible && verdict !== 'undetermined'))
    yield `${verdict} with ${possible.length} possible sets ${at}`;
  if (!(unserved.min >= 0 && (unserved.max === null || unserved.max >= unserved.min)))
    yield `unserved from ${unserved.min} to ${unserved.max} ${at}`;
  if (results[0]!.steps.length !== 0) yield 'the start is not the first result';
}

type Names = ReadonlyMap<string, string>;

/** Two nodes that change places, and all nodes under names in another order. */
function renamings(nodes: number): readonly Names[] {
  const names = Array.from({ length: nodes }, (_, n) => `lb${n + 1}`);
  const swapped = names.map((name, n) => (n < 2 ? (names[1 - n] ?? name) : name));
  return [swapped, names.map((_, n) => `z${9 - n}`)].map(
    (others) => new Map(names.map((name, n) => [name, others[n]!])),
  );
}

const renamed = (text: string, names: Names): string =>
  text.replace(/\blb\d\b/g, (name) => names.get(name) ?? name);

interface Outcome {
  readonly verdict: string;
  /** Who holds what, and the sets that may hold something, with names as they are to be. */
  readonly holders: string;
  readonly possible: readonly string[];
}

/** What a prediction says, whatever the order of its nodes. */
function outcomes({ routers }: Prediction, names: Names): ReadonlyMap<string, Outcome> {
  const sorted = (list: readonly string[]): string =>
    list
      .map((name) => renamed(name, names))
      .sort()
      .join();
  const told = new Map<string, Outcome>();
  for (const { addresses, nodes, results } of routers) {
    for (const { steps, holders, verdict, possible = Object.values(holders) } of results) {
      const key = steps.map((step) => renamed(step, names).split(' & ').sort().join(' & ')).join('; ');
      const carried = Object.entries(holders).map(([address, list]) => `${address} ${sorted(list)}`);
      told.set(`${[...addresses].sort()} on ${sorted(nodes)} after ${key || 'the start'}`, {
        verdict,
        holders: carried.sort().join('; '),
        possible: possible.map(sorted),
      });
    }
  }
  return told;
}

/** Nodes that change names change places in the outcome, and nothing else changes. */
function* asymmetries(files: Files, prediction: Prediction, names: Names): Generator<string> {
  const others = predicted(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [renamed(path, names), text])),
  );
  const [expected, found] = [outcomes(prediction, names), outcomes(others, new Map())];
  const change = [...names].map((pair) => pair.join(' is ')).join(', ');
  if (found.size !== expected.size)
    yield `asymmetry: ${found.size} and ${expected.size} results as ${change}`;
  for (const [key, a] of expected) {
    const b = found.get(key);
    if (!b || !areAlike(a, b)) yield `asymmetry: ${key}: ${JSON.stringify([a, b])} as ${change}`;
  }
}

/** Where daemons race, the few clocks that are tried need not all see it: what one sees is then among what the other does. */
function areAlike(a: Outcome, b: Outcome): boolean {
  const [open, closed] = a.verdict === 'undetermined' ? [a, b] : [b, a];
  if (closed.verdict === 'undetermined') return true;
  if (open.verdict === 'undetermined') return closed.possible.some((set) => open.possible.includes(set));
  return open.verdict === closed.verdict && open.holders === closed.holders;
}
