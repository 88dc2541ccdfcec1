/** One cause, one finding: what a word is wrong for by itself is not told again as a difference between the nodes. */
import type { Span } from '../../grammar/text.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type Rule, type Scope, weights } from './rule.ts';

/** A finding that is to be shown, with its place. */
export interface Told {
  readonly rule: Rule;
  readonly at: Span;
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
 * The findings without those on whose place one of an earlier scope stands that weighs no less: whoever mends that one
 * looks at the place anyway, and has most often mended both.
 */
export function unexplained(told: readonly Told[]): readonly Diagnostic[] {
  const byLine = new Map<string, Told[]>();
  const lineOf = ({ diagnostic: { file, line } }: Told): string => `${line} ${file}`;
  // A run of one file has nothing but first causes.
  for (const each of told.some(isLater) ? told : []) {
    const line = lineOf(each);
    const list = byLine.get(line);
    if (list) list.push(each);
    else byLine.set(line, [each]);
  }
  const isExplained = (each: Told): boolean =>
    isLater(each) && byLine.get(lineOf(each))!.some((cause) => explains(cause, each));
  return told.filter((each) => !isExplained(each)).map(({ diagnostic }) => diagnostic);
}

/** What says that something is absent stands where it could be, and has nothing to do with the words there. */
const isOfPlace = ({ rule }: Told): boolean => !rule.absence;

const isLater = (each: Told): boolean => order[each.rule.scope] > 0 && isOfPlace(each);

const explains = (cause: Told, each: Told): boolean =>
  order[cause.rule.scope] < order[each.rule.scope] &&
  isOfPlace(cause) &&
  weights[cause.diagnostic.severity] <= weights[each.diagnostic.severity] &&
  cause.at.start < each.at.end &&
  each.at.start < cause.at.end;
