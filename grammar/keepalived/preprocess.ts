/**
 * What keepalived does to lines before it reads words: conditions, definitions, repetitions and includes (lib/parser.c:
 * read_line(), in its order). The result is one text for the parser, with the way back from each character to what the
 * operator wrote: a word that came from a definition stands where the definition is used.
 */
import { partitionPoint } from '../partition.ts';
import { placeholder } from '../repair/index.ts';
import type { Source, Span } from '../text.ts';
import { isEscaped } from './tokens.ts';

/** A definition: one line, or several that end each but the last in a backslash. */
type Value = readonly string[];

/** What holds from line to line and from file to file. */
export interface Environment {
  /** The id that `@id` lines are compared with; undefined leaves all conditional lines out. */
  readonly configId: string | undefined;
  readonly definitions: Map<string, Value>;
  /** The files that an include names, already as they were meant, in the daemon's order. */
  readonly include: (pattern: string, at: Span) => readonly Included[];
  /** Told once, where the bound on what lines are made into cuts a text off. */
  readonly cut?: ((at: Span) => void) | undefined;
}

export interface Included {
  readonly source: Source;
  /** The repaired text of `source`, of the same length. */
  readonly text: string;
}

/** A stretch of the result: verbatim from `start` on, or all of it standing for `start`–`end`. */
interface Piece {
  readonly at: number;
  readonly source: Source;
  readonly start: number;
  readonly end: number;
  readonly verbatim: boolean;
}

export interface Expanded {
  readonly text: string;
  readonly locate: (start: number, end: number) => Span;
}

/** Expansion stops when definitions and repetitions have made this many characters: a few lines could make gigabytes. */
export const maxMade = 4 * 1024 * 1024;
/** Definitions that use themselves never end (the daemon hangs on them). */
const maxDepth = 32;

/** The one text that `file` and all it includes amount to. */
export function expand(file: Included, environment: Environment): Expanded {
  const parts: string[] = [];
  const pieces: Piece[] = [];
  let length = 0;
  let made = 0;
  let isCut = false;

  /** Counts characters that no file holds; false when they are too many. */
  const mayMake = (characters: number, at: Span): boolean => {
    made += characters;
    if (made > maxMade && !isCut) {
      isCut = true;
      environment.cut?.(at);
    }
    return !isCut;
  };

  const emit = (text: string, source: Source, start: number, end: number, verbatim: boolean): void => {
    if (text === '') return;
    pieces.push({ at: length, source, start, end, verbatim });
    parts.push(text);
    length += text.length;
  };

  const readFile = ({ source, text }: Included): void => {
    let definition: { name: string; lines: string[] } | undefined;
    for (let start = 0; start <= text.length && !isCut; ) {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      const line = text.slice(start, end);
      const { code, more } = codeOf(line);
      if (definition) {
        if (code !== '') definition.lines.push(code.trim());
        if (!more) {
          environment.definitions.set(definition.name, definition.lines);
          definition = undefined;
        }
      } else {
        const opened = readLine(more ? `${code}\\` : code, { source, start, end: start + code.length }, 0);
        if (opened) definition = opened;
      }
      emit('\n', source, Math.min(end, text.length), Math.min(end + 1, text.length), true);
      start = end + 1;
    }
    if (definition) environment.definitions.set(definition.name, definition.lines);
  };

  /**
   * One line. `at` is what the operator wrote; `verbatim` says that `code` stands there letter for letter.
   * Returns the definition that goes on in the next line.
   */
  const readLine = (
    code: string,
    at: Span,
    depth: number,
    verbatim = true,
  ): { name: string; lines: string[] } | undefined => {
    if (depth > maxDepth || (depth > 0 && !mayMake(code.length + 1, at))) return undefined;
    const offset = code.length - code.trimStart().length;
    const line = code.slice(offset);
    const part = (from: number): Span => (verbatim ? { ...at, start: at.start + offset + from } : at);

    if (line.startsWith('@')) {
      const match = /^@(\^?)([^ \t]*)[ \t]*/.exec(line)!;
      const [all, negated, id] = match;
      if (id === '' || all.length === line.length || environment.configId === undefined) return undefined;
      if ((id === environment.configId) === (negated === '^')) return undefined;
      return readLine(line.slice(all.length), part(all.length), depth + 1, verbatim);
    }
    const definition = /^\$([A-Za-z_]\w*)=[ \t]*/.exec(line);
    if (definition) {
      const value = line.slice(definition[0].length);
      if (value.endsWith('\\'))
        return { name: definition[1]!, lines: [value.slice(0, -1).trim()].filter(Boolean) };
      environment.definitions.set(definition[1]!, [value]);
      return undefined;
    }
    if (/^~(?:SEQx?|LST)\b/.test(line)) {
      let first = true;
      for (const { text, values } of repetitions(line, environment.definitions)) {
        if (isCut) break;
        if (!first) emit('\n', at.source, at.start, at.end, false);
        first = false;
        // The variables hold in definitions that the text uses, too: `~SEQ(n, 1, 3) $INSTANCE`.
        const before = values.map(([name]) => [name, environment.definitions.get(name)] as const);
        for (const [name, value] of values) environment.definitions.set(name, [value]);
        readLine(text, at, depth + 1, false);
        for (const [name, value] of before) {
          if (value) environment.definitions.set(name, value);
          else environment.definitions.delete(name);
        }
      }
      // The daemon drops a form that is wrong; left as it is, it is the unknown word that it looks like.
      if (first) emit(line, at.source, verbatim ? at.start + offset : at.start, at.end, verbatim);
      return undefined;
    }
    if (line.includes('$')) {
      substitute(line, part(0), depth, verbatim);
      return undefined;
    }
    const include = /^include[rmwba]?[ \t]+(?![ \t])(.*)$/.exec(line);
    if (include) {
      const where = part(0);
      for (const file of environment.include(include[1]!.trim(), { ...where, end: at.end })) {
        readFile(file);
      }
      return undefined;
    }
    emit(line, at.source, verbatim ? at.start + offset : at.start, at.end, verbatim);
    return undefined;
  };

  /** Replaces the definitions in a line; what results may be a condition, a definition or an include in its turn. */
  const substitute = (line: string, at: Span, depth: number, verbatim: boolean): void => {
    const last = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))$/.exec(line);
    const lines = last ? environment.definitions.get(last[1] ?? last[2]!) : undefined;
    if (last && lines && lines.length > 1) {
      const head = line.slice(0, last.index);
      for (const [index, text] of lines.entries()) {
        if (isCut) return;
        if (index > 0) emit('\n', at.source, at.start, at.end, false);
        readLine((index === 0 ? head : '') + text, at, depth + 1, false);
      }
      return;
    }
    const replaced: { text: string; from: number; to: number; literal: boolean }[] = [];
    let done = 0;
    for (const match of line.matchAll(
      /\$(?:\{([A-Za-z_]\w*)((?!\w)[^{}\n]*)\}|([A-Za-z_]\w*)(?=[ \t,)]|$))/g,
    )) {
      const value = definitionOf(match[1] ?? match[3]!, match[2] ?? '', environment, at.source);
      if (value === undefined) continue;
      const from = match.index;
      if (from > done) replaced.push({ text: line.slice(done, from), from: done, to: from, literal: true });
      done = from + match[0].length;
      replaced.push({ text: value, from, to: done, literal: false });
      // Before it is put together: every round can double a line.
      if (!mayMake(value.length, at)) return;
    }
    if (done === 0) {
      // A `$` that names nothing is text.
      emit(line, at.source, at.start, at.end, verbatim);
      return;
    }
    if (done < line.length)
      replaced.push({ text: line.slice(done), from: done, to: line.length, literal: true });
    const text = withoutComment(replaced.map((each) => each.text).join(''));
    if (/^[ \t]*(?:[@$~]|include[rmwba]?[ \t])|\$/.test(text)) {
      readLine(text.trimEnd(), at, depth + 1, false);
      return;
    }
    let left = text.length;
    for (const each of replaced) {
      const kept = each.text.slice(0, left);
      left -= kept.length;
      const [start, end] = verbatim ? [at.start + each.from, at.start + each.to] : [at.start, at.end];
      emit(kept, at.source, start, end, verbatim && each.literal);
    }
  };

  readFile(file);
  return { text: parts.join(''), locate: locator(pieces, file.source) };
}

/** The value of `$name` or `${name rest}`; undefined where the text stays as it is. */
function definitionOf(
  name: string,
  rest: string,
  environment: Environment,
  source: Source,
): string | undefined {
  const defined = rest === '' ? environment.definitions.get(name) : undefined;
  // Several lines are put in at the end of a line only.
  if (defined) return defined.length > 1 ? undefined : (defined[0] ?? '');
  switch (name) {
    case '_PWD':
      return source.path.replace(/\/?[^/]*$/, '') || '.';
    case '_INSTANCE':
      return environment.configId ?? placeholder(1);
    case '_HASH':
      return '#';
    case '_BANG':
      return '!';
    // Only the running daemon knows these.
    case '_RANDOM':
    case '_ENV':
      return placeholder(1);
    default:
      return undefined;
  }
}

/**
 * A line without its comment, and whether it goes on: a backslash counts where it ends what is no comment, and where it ends
 * a comment (decomment()).
 */
function codeOf(line: string): { readonly code: string; readonly more: boolean } {
  const bare = line.trimEnd();
  const code = withoutComment(bare).trimEnd();
  if (code.endsWith('\\')) return { code: code.slice(0, -1).trimEnd(), more: true };
  return { code, more: code !== bare && /\\\r?$/.test(line) };
}

/** A text as keepalived reads it where it is no definition: a backslash that ends a line becomes a part of its last word. */
export function withGluedBackslashes(text: string): string {
  if (!/\\[ \t\r]*(?:[#!].*)?$/m.test(text)) return text;
  return text
    .split('\n')
    .map((line) => {
      const { code, more } = codeOf(line);
      return more ? `${code}\\`.padEnd(line.length) : line;
    })
    .join('\n');
}

/** A line up to its comment: `#` or `!` outside double quotes. */
export function withoutComment(line: string): string {
  for (let at = line.search(/["#!]/); at >= 0 && at < line.length; at++) {
    const character = line[at];
    if (character === '#' || character === '!') return line.slice(0, isEscaped(line, at) ? at - 1 : at);
    if (character !== '"') continue;
    at = line.indexOf('"', at + 1);
    if (at < 0) break;
  }
  return line;
}

/** The texts that `~SEQ(var, start, step, end) text` or `~LST(var, a, b) text` amount to; none for a form that is wrong. */
function* repetitions(
  line: string,
  definitions: ReadonlyMap<string, Value>,
): Generator<{ text: string; values: readonly (readonly [string, string])[] }> {
  const match = /^~(SEQx?|LST)[ \t]*\(((?:[^(){}]|\{[^{}]*\})*)\)[ \t]*(?![ \t])(.*)$/.exec(line);
  if (!match) return;
  const [, kind, inner, text] = match as unknown as [string, string, string, string];
  // In a sequence an empty place is no number, and no other blank than those of ASCII is one.
  if (kind !== 'LST' && !/^[\w$+{}, \t-]*$/.test(inner)) return;
  if (kind !== 'LST' && /,[ \t]*(?:,|$)/.test(inner)) return;
  const words = (inner.match(/\{[^{}]*\}|[^,{}]+/g) ?? [])
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const set = (word: string): string[] =>
    word.startsWith('{')
      ? word
          .slice(1, -1)
          .split(',')
          .map((each) => each.trim())
      : [word];
  const fill = (names: readonly string[], values: readonly string[]) => ({
    values: names.map((name, index) => [name, values[index] ?? ''] as const),
    text: names.reduce(
      (result, name, index) =>
        result.replace(
          new RegExp(`\\$(?:\\{${name}\\}|${name}(?=[ \\t,)]|$))`, 'g'),
          () => values[index] ?? '',
        ),
      text,
    ),
  });
  if (words.length < 2) return;
  const names = set(words[0]!);
  if (!names.every((name) => /^[A-Za-z_]\w*$/.test(name))) return;
  if (kind === 'LST') {
    for (const word of words.slice(1)) yield fill(names, set(word));
    return;
  }
  const numbers = words
    .slice(1)
    .map((word) => Number(/^\$/.test(word) ? definitions.get(word.replace(/^\$\{?|\}$/g, ''))?.[0] : word));
  if (numbers.length > 3 || !numbers.every(Number.isSafeInteger)) return;
  const [first, second, third] = numbers as [number, number | undefined, number | undefined];
  const [start, step, end] =
    third !== undefined
      ? [first, second!, third]
      : second !== undefined
        ? [first, second < first ? -1 : 1, second]
        : [first < 0 ? -1 : 1, first < 0 ? -1 : 1, first];
  if (step === 0 || Math.sign(end - start) * Math.sign(step) < 0) return;
  const most = 100_000;
  for (let n = start, count = 0; step > 0 ? n <= end : n >= end; n += step) {
    if (++count > most) return;
    yield fill(names, [kind === 'SEQx' ? n.toString(16) : String(n)]);
  }
}

/** The way back from offsets of the result. */
function locator(pieces: readonly Piece[], main: Source): Expanded['locate'] {
  const find = (offset: number): Piece | undefined =>
    pieces[Math.max(0, partitionPoint(pieces.length, (index) => pieces[index]!.at <= offset) - 1)];
  return (start, end) => {
    const first = find(start);
    const last = find(Math.max(start, end - 1));
    if (!first || !last) return { source: main, start: 0, end: 0 };
    // A line feed is made of a file's end where it has none.
    const from = first.verbatim ? Math.min(first.start + (start - first.at), first.end) : first.start;
    const to = last.verbatim ? Math.min(last.start + (end - last.at), last.end) : last.end;
    return {
      source: first.source,
      start: from,
      end: last.source === first.source ? Math.max(from, to) : first.end,
    };
  };
}
