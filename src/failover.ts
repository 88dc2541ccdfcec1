/** From paths to a prediction: loading, then the election of each cluster. */
import { type Parsed, type Prediction, parseStart, parseSteps, predict } from './election/index.ts';
import { type InputOptions, readInput } from './input.ts';
import type { Skipped } from './load/loaded.ts';
import type { Cluster } from './model/cluster.ts';
import { understand, type Versions } from './model/understand.ts';

/** How to read, and what to predict. */
export type FailoverOptions = InputOptions & {
  readonly versions?: Versions;
  /** Up to so many faults at a time; 1 when left out. */
  readonly faults?: number | undefined;
  /** Steps to play instead of every fault: `crash lb1; start lb1`. */
  readonly steps?: string | undefined;
  /** The order in which nodes start: `lb2; lb1`; all at once when left out. */
  readonly start?: string | undefined;
};

/** What was predicted for the files that could be read. */
export interface Failover {
  readonly prediction: Prediction;
  readonly skipped: readonly Skipped[];
  /** What is wrong with `steps` or `start`; then nothing was predicted. */
  readonly problem: string | undefined;
}

/**
 * Who holds each virtual address of the nodes that `paths` name after each fault. Bad input is part of the answer, never
 * an exception.
 */
export function failover(paths: readonly string[], options: FailoverOptions = {}): Failover {
  const loaded = readInput(paths, options);
  const clusters = understand(loaded, options.versions).clusters.filter(({ routers }) => routers.length > 0);
  const asked = clusters.map((cluster) => ({ cluster, plan: planFor(cluster, options) }));
  // Steps name nodes of one cluster, and mean nothing to the others.
  const meant = asked.flatMap(({ cluster, plan }) =>
    'value' in plan ? [{ cluster, plan: plan.value }] : [],
  );
  const [problem] =
    meant.length > 0 ? [] : asked.flatMap(({ plan }) => ('problem' in plan ? plan.problem : []));
  const predictions = meant.map(({ cluster, plan }) => predict(cluster, { ...plan, faults: options.faults }));
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return {
    prediction: {
      routers: predictions.flatMap(({ routers }) => routers),
      played: sum(predictions.map(({ played }) => played)),
      of: sum(predictions.map(({ of }) => of)),
    },
    skipped: loaded.skipped,
    problem,
  };
}

function planFor(cluster: Cluster, { steps, start }: FailoverOptions): Parsed<Parameters<typeof predict>[1]> {
  const parsedSteps = steps === undefined ? { value: undefined } : parseSteps(steps, cluster);
  if ('problem' in parsedSteps) return parsedSteps;
  const parsedStart = start === undefined ? { value: undefined } : parseStart(start, cluster);
  if ('problem' in parsedStart) return parsedStart;
  return { value: { steps: parsedSteps.value, start: parsedStart.value } };
}
