// The election against the daemons that it predicts: every story of cases.ts is played by real keepalived in network
// namespaces, all at the same time, and what comes of each step must be what was predicted.

import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Parsed,
  parseStart,
  parseSteps,
  predict,
  type Step,
  showStep,
} from '../../src/election/index.ts';
import { memory } from '../../src/load/disk.ts';
import { load } from '../../src/load/index.ts';
import { type Cluster, declaredCluster } from '../../src/model/cluster.ts';
import { parsePrefixed } from '../../src/model/net.ts';
import { understand } from '../../src/model/understand.ts';
import { parseVersion } from '../../src/model/version.ts';
import { daemonVersion, describeWith } from '../daemons/harness.ts';
import { type Case, cases } from './cases.ts';
import { createCluster, notice, type Outcome } from './cluster.ts';
import { createWorld, type World } from './world.ts';

/** One step of a story, as it went and as it was predicted to go. */
interface Played {
  readonly step: string;
  readonly outcome: Outcome;
  /** Address → the sets of nodes that may carry it, the likeliest first. */
  readonly predicted: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** Seconds without a holder, over all addresses. */
  readonly unserved: { readonly min: number; readonly max: number | null };
}

interface Telling {
  readonly played: readonly Played[];
  /** What the daemons wrote, for when something is not as it should be. */
  readonly logs: string;
}

/** What `lbcheck failover` would make of the files of a story, and of the addresses of its nodes. */
function clusterOf({ nodes }: Case): Cluster {
  const names = Object.keys(nodes);
  const loaded = load(
    names.map((name) => `${name}=/${name}/keepalived.conf`),
    {
      fs: memory(
        Object.fromEntries(
          Object.entries(nodes).map(([name, { conf }]) => [`/${name}/keepalived.conf`, conf]),
        ),
      ),
      cwd: '/',
    },
  );
  const understood = understand(loaded, { keepalived: parseVersion(daemonVersion('keepalived')) });
  const withAddresses = understood.nodes.map((node) => {
    const interfaces = Object.entries(nodes[node.name]!.interfaces);
    const parsed = interfaces.map(
      ([iface, own]) => [iface, own.map((each) => parsePrefixed(each)!)] as const,
    );
    return { ...node, addresses: new Map(parsed) };
  });
  return declaredCluster({ name: 'lab', segment: undefined, allowDifferences: new Set() }, withAddresses, []);
}

function read<T>(parsed: Parsed<T>): T {
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.value;
}

/** Plays a story, and predicts it. */
async function tell(story: Case, world: World): Promise<Telling> {
  const cluster = clusterOf(story);
  const steps = read(parseSteps(story.steps, cluster));
  const start = story.start === undefined ? undefined : read(parseStart(story.start, cluster));
  const { routers } = predict(cluster, { steps, start });
  const lab = await createCluster(world, story.nodes, story.addresses);
  const groups = start ?? [Object.keys(story.nodes)];
  // The prediction knows one start, however many nodes come one after the other.
  const starts = groups.map((group): Step => group.map((node) => ({ verb: 'start', node })));
  for (const early of starts.slice(0, -1)) await lab.step(early, story.quiet);
  const played: Played[] = [];
  for (const [index, step] of [starts.at(-1)!, ...steps].entries()) {
    const outcome = await lab.step(step, story.quiet);
    const results = routers.map((router) => router.results[index]!);
    const predicted = story.addresses.map((address) => {
      const known = results.filter(({ holders }) => address in holders);
      const open = known.find(({ possible }) => possible)?.possible;
      const likeliest = Object.keys(story.nodes).filter((name) =>
        known.some(({ holders }) => holders[address]!.includes(name)),
      );
      return [address, open ? [likeliest, ...open] : [likeliest]] as const;
    });
    played.push({
      step: index === 0 ? `start ${groups.map((group) => group.join(' & ')).join('; ')}` : showStep(step),
      outcome,
      predicted: Object.fromEntries(predicted),
      unserved: {
        min: Math.min(...results.map(({ unserved }) => unserved.min)),
        max: results.some(({ unserved }) => unserved.max === null)
          ? null
          : Math.max(...results.map(({ unserved }) => unserved.max!)),
      },
    });
  }
  const logs = Object.keys(story.nodes).map((name) => `${name}\n${lab.log(name)}`);
  await lab.end();
  return { played, logs: logs.join('\n').replace(/^.*gratuitous ARP.*\n/gm, '') };
}

/** Seconds from one story's begin to the next one's: daemons that start at once would compete for the processor. */
const stagger = 0.2;
/** Stories at a time: each takes about half a second of processor time. */
const most = 32 * availableParallelism();
const patience = 300_000;

/** Lets `limit` run at a time, each a moment after the one before. */
function gate(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let entry = Promise.resolve();
  const running = new Set<Promise<unknown>>();
  return async (work) => {
    const before = entry;
    let enter = (): void => undefined;
    entry = new Promise((resolve) => {
      enter = resolve;
    });
    await before;
    while (running.size >= limit) await Promise.race(running);
    setTimeout(enter, stagger * 1000);
    const result = work();
    const end = result.catch(() => undefined).finally(() => running.delete(end));
    running.add(end);
    return result;
  };
}

describeWith(['keepalived', 'ip', 'nft'], 'the lab', () => {
  let world: World | undefined;
  const tellings = new Map<Case, Promise<Telling>>();

  beforeAll(async () => {
    const made = await createWorld(notice);
    world = made;
    const enter = gate(most);
    for (const story of cases) {
      const telling = enter(() => tell(story, made));
      // Whoever asks for it hears of the failure; until then it is no reason to end the process.
      telling.catch(() => undefined);
      tellings.set(story, telling);
    }
  });
  afterAll(() => world?.end());

  it.each(cases.map((story) => [story.title, story] as const))(
    '%s',
    async (_, story) => {
      const { played, logs } = await tellings.get(story)!;
      for (const { step, outcome, predicted } of played) {
        for (const [address, sets] of Object.entries(predicted)) {
          const seen = outcome.holders[address]!;
          const expected = sets.map((set) => [...set].sort().join(' and ') || 'nobody');
          expect(expected, `${address} after ${step}\n${logs}`).toContain(
            [...seen].sort().join(' and ') || 'nobody',
          );
        }
      }
    },
    patience,
  );

  // How soon a daemon is up, the machine decides: where one starts, only what is too short is wrong.
  it(
    'the predicted windows contain the times without a holder, in 95 % of all steps',
    async () => {
      const all = await Promise.all(
        [...tellings].map(async ([{ title }, telling]) => ({ title, ...(await telling) })),
      );
      const steps = all.flatMap(({ title, played }) => played.map((each) => ({ title, ...each })));
      const outside = steps.filter(({ step, outcome, unserved: { min, max } }) => {
        const longest = /\bstart\b/.test(step) || max === null ? Number.POSITIVE_INFINITY : max + 0.3;
        return Object.values(outcome.gaps).some((gap) => gap < min - 0.3 || gap > longest);
      });
      const words = outside.map(
        ({ title, step, outcome, unserved }) =>
          `${title}: ${step}: ${Object.values(outcome.gaps)} outside of ${unserved.min} to ${unserved.max}`,
      );
      expect(steps.length).toBeGreaterThan(2 * cases.length);
      expect(outside.length / steps.length, words.join('\n')).toBeLessThanOrEqual(0.05);
    },
    patience,
  );
});
