/** The machines that one keepalived file serves: its `@id` lines (lib/parser.c: read_line()). */

/** The ids of a file, each once, in the order of the text. */
export interface Ids {
  /** Those of `@id` lines. */
  readonly positive: readonly string[];
  /** Those of `@id` and `@^id` lines. */
  readonly all: readonly string[];
  /** Some line is for all machines but one. */
  readonly negated: boolean;
}

const none: Ids = { positive: [], all: [], negated: false };

/** Which ids the conditional lines of a text mention. */
export function idsOf(text: string): Ids {
  if (!text.includes('@')) return none;
  const found = [...text.matchAll(/^[ \t]*@(\^?)([^ \t\r\n]+)[ \t]+[^\s#!]/gm)];
  const unique = (matches: readonly RegExpExecArray[]): string[] => [
    ...new Set(matches.map((match) => match[2]!)),
  ];
  return {
    positive: unique(found.filter((match) => match[1] === '')),
    all: unique(found),
    negated: found.some((match) => match[1] === '^'),
  };
}

/** The nodes of a lone file: its ids, and whoever else there is where a file knows one machine and the rest. */
export function nodesOf({ positive, all, negated }: Ids): readonly string[] {
  return positive.length === 1 && all.length === 1 && negated
    ? [positive[0]!, `not-${positive[0]}`]
    : positive;
}
