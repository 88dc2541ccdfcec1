/** What no configuration tells and every run has otherwise: who is a hair faster, and where in their rounds the timers stand. */

/** One way in which the clocks may run. */
export interface Clock {
  readonly seed: number;
  /** Seconds that a daemon takes to start. */
  readonly boot: number;
  /** Whether the nodes later in the alphabet are the faster ones. */
  readonly reversed: boolean;
  /** Whether the higher source address is taken to be that of the node later in the alphabet, where nobody knows them. */
  readonly lastPreferred: boolean;
  /** Where between two adverts of the master a fault falls, 0 to 1. */
  readonly advertPhase: number;
  /** Where between two runs of a check a failure falls, 0 to 1. */
  readonly checkPhase: number;
}

/**
 * Ways that differ as much as they can: just after an advert and just before one, either node the faster. What comes out
 * the same for all of them does not depend on luck.
 */
export const clocks: readonly Clock[] = [
  { seed: 1, lastPreferred: true, boot: 0.05, reversed: false, advertPhase: 0.5, checkPhase: 0.5 },
  { seed: 2, lastPreferred: false, boot: 0.03, reversed: true, advertPhase: 0.002, checkPhase: 1 },
  { seed: 3, lastPreferred: false, boot: 0.4, reversed: false, advertPhase: 0.998, checkPhase: 0 },
  { seed: 4, lastPreferred: true, boot: 0.1, reversed: true, advertPhase: 0.998, checkPhase: 1 },
  { seed: 5, lastPreferred: true, boot: 0.2, reversed: false, advertPhase: 0.002, checkPhase: 0 },
  { seed: 6, lastPreferred: false, boot: 0.15, reversed: true, advertPhase: 0.25, checkPhase: 0.75 },
];

/** Seconds by which a node with this index lags behind the fastest when all do the same. */
export const lag = ({ reversed }: Clock, index: number, nodes: number): number =>
  0.002 * (reversed ? nodes - 1 - index : index);
