/** The machines that one keepalived file serves: its `@id` lines (lib/parser.c: read_line()). */
import { type Condition, conditionsOf } from '../../grammar/keepalived/index.ts';

/** The ids of a file, each once, in the order of the text. */
export interface Ids {
  /** Those of `@id` lines. */
  readonly positive: readonly string[];
  /** Those of `@id` and `@^id` lines. */
  readonly all: readonly string[];
  /** Some line is for all machines but one. */
  readonly negated: boolean;
}

/** Which ids the conditional lines of a text mention. */
export function idsOf(text: string): Ids {
  const found = conditionsOf(text).filter(
    ({ isEmpty, fault }) => !isEmpty && (fault === undefined || fault === 'comment'),
  );
  const unique = (conditions: readonly Condition[]): string[] => [...new Set(conditions.map(({ id }) => id))];
  return {
    positive: unique(found.filter(({ negated }) => !negated)),
    all: unique(found),
    negated: found.some(({ negated }) => negated),
  };
}

/** The nodes of a lone file: its ids, and whoever else there is where a file knows one machine and the rest. */
export function nodesOf({ positive, all, negated }: Ids): readonly string[] {
  return positive.length === 1 && all.length === 1 && negated
    ? [positive[0]!, `not-${positive[0]}`]
    : positive;
}
