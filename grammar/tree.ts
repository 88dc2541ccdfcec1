/** The tree of a configuration file: one shape for both languages. */
import type { Grown } from './grow.ts';
import type { Source, Span } from './text.ts';

/** One word of a statement. `start`/`end` cover what the operator wrote, quotes included; `text` is its value. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The quote it was written in, or empty. */
  readonly quote: '' | '"' | "'";
}

/** One statement: a name, its arguments and, for a block, what stands in its braces. */
export interface Directive {
  /** The file it stands in; its words' offsets count there. */
  readonly source: Source;
  readonly name: Word;
  readonly args: readonly Word[];
  /** Statements in the braces; undefined without `{`. */
  readonly body: readonly Directive[] | undefined;
  /** Offset of the `{`, or -1. */
  readonly open: number;
  /** Offset of the `}` of a block or the `;` of a simple nginx statement; -1 where it is missing. */
  readonly close: number;
  /** The text between the braces of a Lua block, which is not configuration; its body is empty. */
  readonly raw: Word | undefined;
}

/** A comment, its `#` or `!` included, its line end not. */
export type Comment = Span;

export type OddityKind =
  | 'block-never-closed'
  | 'block-never-opened'
  | 'head-in-comment'
  | 'stray-brace'
  | 'stray-condition'
  | 'stray-semicolon'
  | 'missing-semicolon'
  | 'quote-never-closed'
  | 'text-after-quote'
  | 'smart-punctuation'
  | 'byte-order-mark'
  | 'not-a-comment'
  | 'merge-conflict-marker'
  | 'pasted-page'
  | 'pasted-prompt'
  | 'pasted-script'
  | 'trailing-backslash'
  | 'template-placeholder'
  | 'unread-definition';

/** A replacement of a stretch of a file. */
export interface Edit extends Span {
  readonly text: string;
}

/** Something that is no regular configuration, kept as data: the reader went on as if its cause were mended. */
export interface Oddity {
  readonly kind: OddityKind;
  readonly at: Span;
  /** What was found, for a message: the character, the marker. */
  readonly what: string;
  /** Where the missing thing was probably meant to stand, or where the other end of a stretch is. */
  readonly other?: Span;
  /** The change that mends it, where one is certain. */
  readonly edits?: readonly Edit[];
}

/** What one file holds. */
export interface File {
  readonly source: Source;
  readonly items: readonly Directive[];
  readonly comments: readonly Comment[];
  readonly oddities: readonly Oddity[];
  /** The tree as its characters and braces make it, where that is not what was meant: what the daemon reads. */
  readonly written?: Grown;
  /** The context that the first level of a fragment of nginx stands in, where the operator said it. */
  readonly context?: string | undefined;
}

/** The stretch of a word. */
export const wordSpan = (directive: Directive, word: Word): Span => ({
  source: directive.source,
  start: word.start,
  end: word.end,
});

/** Whether a word of a file begins with a quote that never closes; the value of a definition stands elsewhere. */
export const isOpenQuote = ({ text }: Source, { quote, start, end }: Word): boolean =>
  quote !== '' && text[start] === quote && (end - start < 2 || text[end - 1] !== quote);

/** Whether words of a statement, or all, stand in the file as they are read, and not where keepalived puts the value of a definition. */
export const isVerbatim = (
  { source, name, args }: Directive,
  words: readonly Word[] = [name, ...args],
): boolean =>
  words.every(
    ({ text, start, end, quote }) =>
      end - start === text.length + (quote ? 2 : 0) &&
      source.text.slice(start, end).includes('$') === text.includes('$'),
  );

/** The stretch of a statement's name and arguments, without its terminator or body. */
export const headSpan = (directive: Directive): Span => ({
  source: directive.source,
  start: directive.name.start,
  end: (directive.args.at(-1) ?? directive.name).end,
});

/** Whether a block ends with a brace of its own, and not where one was guessed to be missing. */
export const isClosed = ({ source, close }: Directive): boolean => source.text[close] === '}';

/** All statements, outermost first, in the order of the text. Depth costs no call stack. */
export function* walk(items: readonly Directive[]): Generator<Directive> {
  const stack: { items: readonly Directive[]; next: number }[] = [{ items, next: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const directive = top.items[top.next++];
    if (!directive) {
      stack.pop();
      continue;
    }
    yield directive;
    if (directive.body) stack.push({ items: directive.body, next: 0 });
  }
}
