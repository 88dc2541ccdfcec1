/** What the finders of text that is no configuration look at, and what they give. */
import type { Lexed, Token } from '../chevrotain.ts';
import { partitionPoint } from '../partition.ts';
import { lineEnd, type Source, type Span } from '../text.ts';
import type { Edit, Oddity } from '../tree.ts';

/** What differs between the languages here. */
export interface Dialect {
  readonly lex: (text: string) => Lexed;
  /** A quoted word may hold line feeds. */
  readonly quotesSpanLines: boolean;
  /** `;` starts no statement and no comment, so a line that begins with it was meant as one. */
  readonly semicolonComments: boolean;
  /** Whether a word names a directive, in a language whose comments end with their line and whose statements do not. */
  readonly isKeyword?: (word: string) => boolean;
  /** What of a line is no comment, in a language whose statements are lines. */
  readonly codeOf?: (line: string) => string;
  /** Finds what only this language lets the operator leave blank; a first group is a name that must be undefined. */
  readonly blanks?: RegExp;
  /** The names that a text defines for itself, in a language that has definitions. */
  readonly definedIn?: (text: string) => ReadonlySet<string>;
  /** The lines of a text that are for some machines only, in a language that has such. */
  readonly conditionsOf?: (
    text: string,
  ) => readonly { start: number; id: string; fault: string | undefined }[];
  /** Tells of a text whether nothing the daemon knows of gives `${name}` a value, so that a template engine was meant to. */
  readonly undefinedIn: (text: string) => (name: string) => boolean;
}

export interface Scene {
  readonly source: Source;
  readonly text: string;
  readonly lexed: Lexed;
  readonly dialect: Dialect;
}

/** `masks` have the length of what they replace. */
export interface Found {
  readonly oddity?: Oddity;
  readonly masks: readonly Edit[];
}

export type Finder = (scene: Scene) => Iterable<Found>;

export const span = (source: Source, start: number, end: number): Span => ({ source, start, end });

export const blank = (text: string): string => text.replace(/[^\r\n]/g, ' ');

export const mask = (scene: Scene, start: number, end: number): Edit => ({
  ...span(scene.source, start, end),
  text: blank(scene.text.slice(start, end)),
});

/** One token with what is written there. */
interface Piece {
  readonly index: number;
  readonly image: string;
  readonly start: number;
  readonly end: number;
  readonly quote: string;
}

/** The tokens that pass a test, which is asked of all and should be quick. */
export function pieces(
  { text, lexed: { tokens, starts, ends } }: Scene,
  isMeant: (token: Token, start: number, end: number) => boolean,
): readonly Piece[] {
  const found: Piece[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const each = tokens[index]!;
    const start = starts[index]!;
    const end = ends[index]!;
    if (isMeant(each, start, end))
      found.push({ index, image: text.slice(start, end), start, end, quote: each.quote });
  }
  return found;
}

/** A token that a finder may judge: neither a quoted word nor a Lua block. */
export const isBare = ({ tokenType, quote }: Token): boolean => !quote && tokenType.name === 'Word';

const terminators = new Set(['Semicolon', 'Open', 'Close', 'Newline', 'Lua']);

/** Whether the token at `index` is the first word of a statement. */
export function startsStatement(tokens: readonly Token[], index: number): boolean {
  const previous = tokens[index - 1];
  return !previous || terminators.has(previous.tokenType.name);
}

/** Whether no other token stands behind this one on its line. */
export function isLast({ text, lexed: { tokens, starts, ends } }: Scene, index: number): boolean {
  const next = tokens[index + 1];
  return (
    !next || next.tokenType.name === 'Newline' || text.slice(ends[index]!, starts[index + 1]!).includes('\n')
  );
}

export const restOf = (text: string, at: number): string => text.slice(at, lineEnd(text, at));

/** Whether an offset lies in one of `stretches`. */
export function within(stretches: readonly Pick<Span, 'start' | 'end'>[]): (offset: number) => boolean {
  const sorted = [...stretches].sort((a, b) => a.start - b.start);
  return (offset) => {
    const last = sorted[partitionPoint(sorted.length, (at) => sorted[at]!.start <= offset) - 1];
    return last !== undefined && offset < last.end;
  };
}
