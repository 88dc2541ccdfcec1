/** One cause, one finding: what a word is wrong for by itself is not told again as a difference between the nodes. */
import type { Source, Span } from '../../grammar/text.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type Rule, type Scope, weights } from './rule.ts';

/** A finding with its places, its own first. */
export interface Told {
  readonly rule: Rule;
  readonly places: readonly Span[];
  /** A comment hides it; what it explains stays explained, so that no comment brings a finding to light. */
  readonly isAllowed: boolean;
  readonly diagnostic: Diagnostic;
}

/** What a file says by itself comes before what nodes say together, and that before what a machine makes of it. */
const order: Readonly<Record<Scope, number>> = {
  syntax: 0,
  keepalived: 0,
  nginx: 0,
  suppression: 0,
  cluster: 1,
  fleet: 1,
  node: 2,
};

/**
 * The findings without those at whose place, or whose counterpart's, a finding of an earlier scope stands that weighs no
 * less; or one of several nodes that weighs more, about the very same words. Whoever mends that one has most often mended
 * both, and else sees the rest in the next run.
 */
export function unexplained(told: readonly Told[]): readonly Told[] {
  // A run of one file has nothing but first causes.
  if (!told.some(isOfSeveral)) return told;
  const near = new Map<Source, Map<number, { readonly cause: Told; readonly at: Span }[]>>();
  for (const cause of told) {
    for (const at of isOfPlace(cause) ? standsOf(cause) : []) {
      const stretches = near.get(at.source) ?? new Map();
      near.set(at.source, stretches);
      for (const stretch of stretchesOf(at)) {
        const list = stretches.get(stretch);
        if (list) list.push({ cause, at });
        else stretches.set(stretch, [{ cause, at }]);
      }
    }
  }
  const isExplained = (each: Told): boolean =>
    isOfPlace(each) &&
    standsOf(each).some((place) =>
      stretchesOf(place).some((stretch) =>
        near
          .get(place.source)
          ?.get(stretch)
          ?.some(({ cause, at }) => explains(cause, at, each, place)),
      ),
    );
  return told.filter((each) => !isExplained(each));
}

/** Where a finding stands: its own place; for a difference of two nodes the other's, too. One of many places stands for itself. */
function standsOf(told: Told): readonly Span[] {
  const { places } = told;
  return isOfSeveral(told) ? (places.length > 2 ? [] : places) : places.slice(0, 1);
}

/** The stretches of a file that a place lies in, as numbers: a hostile file has all its findings on one line. */
function stretchesOf({ start, end }: Span): readonly number[] {
  const found: number[] = [];
  // Nothing that two findings have in common is longer.
  for (let at = start >> 8; at <= Math.min(end, start + 4096) >> 8; at++) found.push(at);
  return found;
}

const isOfSeveral = ({ rule }: Told): boolean => order[rule.scope] > 0;

/** What says that something is absent stands where it could be, and has nothing to do with the words there. */
const isOfPlace = ({ rule }: Told): boolean => !rule.absence;

function explains(cause: Told, at: Span, each: Told, place: Span): boolean {
  if (at.source !== place.source || at.start >= place.end || place.start >= at.end) return false;
  const lighter = weights[each.diagnostic.severity] - weights[cause.diagnostic.severity];
  if (order[cause.rule.scope] < order[each.rule.scope]) return lighter >= 0;
  return isOfSeveral(cause) && lighter > 0 && at.start === place.start && at.end === place.end;
}
