/** What a candidate's checks make of its priority (vrrp_set_effective_priority()). */
import type { Candidate, Check } from './candidates.ts';

export const owner = 255;
/** The most that one check takes away (process_track_file()). */
const lowest = 253;

/** What one check adds while it is good or bad; a weight of 0 adds nothing and is FAULT while it is bad. */
export function term({ kind, weight, reverse }: Check, good: boolean): number {
  // A tracked file adds its number times the weight: 0 while all is well, and else whatever it takes to move the address.
  if (kind === 'file' && weight !== 0) return good ? 0 : -lowest;
  const added = weight > 0 === good ? weight : 0;
  return reverse ? -added : added;
}

/** The priority that is advertised: at least 1 and at most 254, the address owner's never changing. */
export function effectivePriority(candidate: Candidate, isGood: (check: Check) => boolean): number {
  if (candidate.priority === owner) return owner;
  const total = candidate.checks.reduce((sum, check) => sum + term(check, isGood(check)), candidate.priority);
  return Math.min(owner - 1, Math.max(1, total));
}

/** Whether a check keeps its instance in FAULT. */
export const isFault = ({ weight, reverse }: Check, good: boolean): boolean =>
  weight === 0 && good === reverse;
