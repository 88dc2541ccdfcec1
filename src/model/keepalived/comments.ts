/** Comments where none was meant, and lines that are longer than keepalived's buffer. */
import { itemKind } from '../../../grammar/tables/keywords.ts';
import { lineEnd, type Source, type Span } from '../../../grammar/text.ts';
import { type Directive, type File, type Word, wordSpan } from '../../../grammar/tree.ts';
import { everyStatement, type Statement } from './statements.ts';

/** A word that a `#` or `!` in its middle cuts short. */
export interface CutWord {
  readonly statement: Statement;
  /** From the word to where the next blank ends it for the eye. */
  readonly at: Span;
  readonly word: Word;
  /** `#` or `!`. */
  readonly mark: string;
  /** One that was to keep the mark in the word, as it would for a shell. */
  readonly backslash?: Span;
}

/** Types of values of which any character may be part. */
const free: ReadonlySet<string> = new Set([
  ...['string', 'identifier', 'quoted_string', 'quoted_script', 'path', 'host', 'email', 'user', 'ref'],
]);

/** Words that the daemon ends at a comment where the operator meant them to go on (lib/parser.c: decomment()). */
export function* cutWords(statements: readonly Statement[], { comments }: File): Generator<CutWord> {
  const glued = comments.filter(({ source, start }) => start > 0 && /\S/.test(source.text[start - 1]!));
  if (glued.length === 0) return;
  const starts = new Map(glued.map((comment) => [key(comment.source, comment.start), comment]));
  for (const statement of everyStatement(statements)) {
    const known = statement.keyword;
    if (!known) continue;
    const kind = known.items === undefined ? undefined : itemKind(known.items);
    const lines: readonly (readonly [Directive, Word, string | undefined])[] = kind
      ? statement.items.map((item) => [item, item.args.at(-1) ?? item.name, kind.first[0]?.type] as const)
      : statement.args.length > 0
        ? [[statement.directive, statement.args.at(-1)!, typeAt(statement)] as const]
        : [];
    for (const [directive, word, type] of lines) {
      const comment = starts.get(key(directive.source, word.end));
      if (!comment || word.quote || type === undefined) continue;
      const text = comment.source.text.slice(comment.start, comment.end);
      const tail = /^\S+/.exec(text)![0];
      const at = { ...wordSpan(directive, word), end: comment.start + tail.length };
      // `eth0#uplink` is a comment that lacks a blank, `eth!0` is none.
      if (!free.has(type) && !(type === 'interface' && /^.\d+$/.test(text.trim()))) continue;
      // The brace that a comment took from a block has its finding.
      if (directive.body && directive.source.text[directive.open] !== '{') continue;
      if (text[0] === '\\') {
        yield { statement, word, mark: text[1]!, at, backslash: { ...comment, end: comment.start + 1 } };
        continue;
      }
      // `router_id lb1# the first` is a comment that lacks a blank; a password may end in any character.
      const password = /pass|^key$/.test(known.name);
      if (!password && (tail.length < 2 || /\s\S/.test(text) || /^([#!])\1/.test(tail))) continue;
      yield { statement, word, mark: text[0]!, at };
    }
  }
}

const key = ({ path }: Source, offset: number): string => `${offset} ${path}`;

/** The type of the last word that a statement has. */
function typeAt({ keyword, args }: Statement): string | undefined {
  const shapes = keyword!.args;
  const arg =
    shapes[args.length - 1] ?? (shapes.at(-1)?.variadic || keyword!.raw ? shapes.at(-1) : undefined);
  return keyword!.name === 'user' ? 'user' : arg?.type;
}

/** The comment that stands where a statement's value should: `auth_pass #7a`. */
export function commentInsteadOf({ source, name }: Directive): Span | undefined {
  const rest = source.text.slice(name.end, lineEnd(source.text, name.end));
  const comment = /^[ \t]*([#!][^\s#!]+\s*)$/.exec(rest)?.[1];
  const end = name.end + rest.length;
  return comment === undefined ? undefined : { source, start: end - comment.length, end };
}

/** The most bytes of a line that keepalived reads as one (MAXBUF less the terminator). */
export const longestLine = 1023;

/** A line that does not fit. */
export interface LongLine {
  /** What lies beyond the buffer. */
  readonly at: Span;
  readonly bytes: number;
}

/** The lines of all files that are longer than the daemon's buffer. */
export function* longLines(sources: readonly Source[]): Generator<LongLine> {
  for (const source of sources) {
    const { text } = source;
    if (text.length <= longestLine && Buffer.byteLength(text) <= longestLine) continue;
    for (let start = 0; start < text.length; ) {
      const end = lineEnd(text, start);
      // A character takes three bytes at most.
      const line = (end - start) * 3 > longestLine ? text.slice(start, end).replace(/\r$/, '') : '';
      const bytes = Buffer.byteLength(line);
      if (bytes > longestLine) {
        const head = Buffer.from(line).subarray(0, longestLine).toString();
        const from = start + Math.min(head.replace(/\uFFFD$/, '').length, line.length);
        yield { at: { source, start: from, end: start + line.length }, bytes };
      }
      start = end + 1;
    }
  }
}
