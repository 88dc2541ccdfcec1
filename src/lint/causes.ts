/** One cause, one finding: what a word is wrong for by itself is not told again as a difference between the nodes. */
import type { Span } from '../../grammar/text.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type Rule, type Scope, weights } from './rule.ts';

/** A finding that is to be shown, with its places, its own first. */
export interface Told {
  readonly rule: Rule;
  readonly places: readonly Span[];
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
 * less; or of a later one that weighs more, about the very same words. Whoever mends that one has most often mended both,
 * and else sees the rest in the next run.
 */
export function unexplained(told: readonly Told[]): readonly Diagnostic[] {
  // A run of one file has nothing but first causes.
  if (!told.some(isOfSeveral)) return told.map(({ diagnostic }) => diagnostic);
  const byLine = new Map<string, Told[]>();
  for (const each of told) {
    if (!isOfPlace(each)) continue;
    const line = lineOf(each.diagnostic);
    const list = byLine.get(line);
    if (list) list.push(each);
    else byLine.set(line, [each]);
  }
  const isExplained = (each: Told): boolean => {
    if (!isOfPlace(each)) return false;
    const { diagnostic, places } = each;
    const [counterpart, ...more] = diagnostic.related;
    const lines = [diagnostic, ...(counterpart && more.length === 0 ? [counterpart] : [])].map(lineOf);
    return lines.some((line, index) =>
      byLine.get(line)?.some((cause) => explains(cause, each, places[index]!)),
    );
  };
  return told.filter((each) => !isExplained(each)).map(({ diagnostic }) => diagnostic);
}

const lineOf = ({ file, line }: Pick<Diagnostic, 'file' | 'line'>): string => `${line} ${file}`;

const isOfSeveral = ({ rule }: Told): boolean => order[rule.scope] > 0;

/** What says that something is absent stands where it could be, and has nothing to do with the words there. */
const isOfPlace = ({ rule }: Told): boolean => !rule.absence;

function explains(cause: Told, each: Told, { source, start, end }: Span): boolean {
  const at = cause.places[0]!;
  if (at.source !== source || at.start >= end || start >= at.end) return false;
  const lighter = weights[each.diagnostic.severity] - weights[cause.diagnostic.severity];
  const later = order[each.rule.scope] - order[cause.rule.scope];
  return later > 0 ? lighter >= 0 : later < 0 && lighter > 0 && at.start === start && at.end === end;
}
