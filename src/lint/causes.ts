/** One cause, one finding: what a word is wrong for by itself is not told again as a difference between the nodes. */
import type { Span } from '../../grammar/text.ts';
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
  const byLine = new Map<string, { readonly cause: Told; readonly at: Span }[]>();
  for (const cause of told) {
    for (const { line, at } of isOfPlace(cause) ? standsOf(cause) : []) {
      const list = byLine.get(line);
      if (list) list.push({ cause, at });
      else byLine.set(line, [{ cause, at }]);
    }
  }
  const isExplained = (each: Told): boolean =>
    isOfPlace(each) &&
    standsOf(each).some(({ line, at: place }) =>
      byLine.get(line)?.some(({ cause, at }) => explains(cause, at, each, place)),
    );
  return told.filter((each) => !isExplained(each));
}

/** Where a finding stands: its own place; for a difference of two nodes the other's, too. One of many places stands for itself. */
function standsOf(told: Told): readonly { readonly line: string; readonly at: Span }[] {
  const { diagnostic, places } = told;
  const stand = ({ file, line }: Pick<Diagnostic, 'file' | 'line'>, index: number) => ({
    line: `${line} ${file}`,
    at: places[index]!,
  });
  if (!isOfSeveral(told)) return [stand(diagnostic, 0)];
  return diagnostic.related.length > 1 ? [] : [diagnostic, ...diagnostic.related].map(stand);
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
