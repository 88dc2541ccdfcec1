/** Places inside a word. */
import type { Span } from '../../../grammar/text.ts';
import { type Directive, type Edit, type Word, wordSpan } from '../../../grammar/tree.ts';
import { type Located, located } from '../located.ts';

/** The stretch of the file that gives the characters `start` to `end` of a word's value, quotes and escapes counted. */
export function within({ source }: Directive, word: Word, start: number, end: number): Span {
  const first = word.start + (word.quote ? 1 : 0);
  const written = source.text.slice(first, word.end);
  if (!written.includes('\\')) return { source, start: first + start, end: first + end };
  // Only these lose their backslash: ngx_conf_read_token().
  const pair = /\\["'\\trn]/y;
  const offsets: number[] = [];
  for (let at = 0; at < written.length; ) {
    offsets.push(at);
    pair.lastIndex = at;
    at += pair.test(written) ? 2 : 1;
  }
  const offset = (index: number): number => first + (offsets[index] ?? written.length);
  return { source, start: offset(start), end: offset(end) };
}

/** An edit that puts a text into a word, before the character `at` of its value: inside of its quotes. */
export const inserted = (directive: Directive, word: Word, at: number, text: string): Edit => ({
  ...within(directive, word, at, at),
  text,
});

/** A text in the quotes in which a stretch of a file is written, if it is in any. */
export function quotedLike({ source, start }: Span, text: string): string {
  const quote = /^["']/.exec(source.text[start] ?? '')?.[0] ?? '';
  return `${quote}${text}${quote}`;
}

/** The value of the argument at `index`, negative from the end; undefined where there is none. */
export function argument(directive: Directive, index: number): Located<string> | undefined {
  const word = directive.args.at(index);
  return word && located(word.text, wordSpan(directive, word));
}

/** The values of the arguments from `index` on. */
export const argumentsFrom = (directive: Directive, index: number): readonly Located<string>[] =>
  directive.args.slice(index).map((word) => located(word.text, wordSpan(directive, word)));

/** What stands in a quoted word, on one line. */
export const joinedLines = ({ source, start, end }: Span): string =>
  source.text.slice(start, end).replace(/(?<![ \t])[ \t]*(?:\r?\n|\\r\\n|\\n|\\r)\s*/g, ' ');

/** The blanks before the first word of a directive, on its line. */
export function indentOf({ source, name }: Directive): string {
  let start = name.start;
  while (start > 0 && (source.text[start - 1] === ' ' || source.text[start - 1] === '\t')) start--;
  return source.text.slice(start, name.start);
}

/** A size such as `8k`, in bytes; undefined for anything else. */
export const bytesOf = (text: string | undefined): number | undefined => {
  const [, digits, unit = ''] = /^(\d+)([km]?)$/i.exec(text ?? '') ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * ({ k: 1024, m: 1024 * 1024 }[unit.toLowerCase()] ?? 1);
};
