/** What is odd about the text of one file, in either language, whatever the words mean. */
import { lineStart, type Source, type Span } from '../../grammar/text.ts';
import type { File, Oddity } from '../../grammar/tree.ts';

export type Language = 'nginx' | 'keepalived';

/** Why an include could not be followed. */
export interface IncludeProblem {
  /**
   * `missing`: no such file; `unknown`: it lies where nobody looked; `unreadable`: it is there; `cycle`: it includes itself;
   * `bound`: too deep, too many or too large; `foreign`: it is evidently a configuration of the other daemon.
   */
  readonly kind: 'missing' | 'unknown' | 'unreadable' | 'cycle' | 'bound' | 'foreign';
  /** The include statement, or its pattern. */
  readonly at: Span;
  readonly pattern: string;
  /** For a cycle the chain of files, for the others what went wrong, in words. */
  readonly detail: string;
  /** The daemon refuses to start because of it; else it goes on without the file. */
  readonly fatal: boolean;
}

/** One file with what its text alone tells. */
export interface Syntax {
  readonly language: Language;
  readonly file: File;
  readonly oddities: readonly Oddity[];
  readonly includeProblems: readonly IncludeProblem[];
}

/** The oddities of one kind. */
export const ofKind = (syntax: Syntax, kind: Oddity['kind']): readonly Oddity[] =>
  syntax.oddities.filter((oddity) => oddity.kind === kind);

/** Tells whether a place lies on a line with a quote that never closes: what its words are is anybody's guess. */
export function openQuotes(syntax: Pick<Syntax, 'oddities'>): (at: Span) => boolean {
  const open = syntax.oddities.filter(({ kind }) => kind === 'quote-never-closed');
  if (open.length === 0) return () => false;
  const lines = new Map<Source, Set<number>>();
  for (const { at } of open) {
    const known = lines.get(at.source) ?? new Set();
    lines.set(at.source, known.add(lineStart(at.source.text, at.start)));
  }
  return ({ source, start }) => lines.get(source)?.has(lineStart(source.text, start)) ?? false;
}
