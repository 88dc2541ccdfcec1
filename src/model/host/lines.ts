/** Files of lines: settings, sections and words with their places. */
import type { Source, Span } from '../../../grammar/text.ts';
import { type Located, located } from '../located.ts';

/** A longer file is no configuration of a host; nothing beyond is read. In characters. */
export const longest = 1024 * 1024;

/** A line without its end, and the offset at which it begins. */
export interface Line {
  readonly text: string;
  readonly start: number;
}

/** The lines of a source. */
export function* linesOf(source: Source): Generator<Line> {
  const text = source.text.slice(0, longest);
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    yield { text: text.slice(start, text[end - 1] === '\r' ? Math.max(start, end - 1) : end), start };
    start = end + 1;
  }
}

/** `KEY=value` in its section; quotes around the value are taken away. */
export interface Entry {
  /** The section's name as written, empty before the first. */
  readonly section: string;
  /** Counts sections of one name apart. */
  readonly block: number;
  readonly key: string;
  readonly value: Located<string>;
}

/**
 * The settings of a file of `[sections]` and `KEY=value`: systemd's units, NetworkManager's key files, shell variables. No
 * library for such files tells where a value stands.
 */
export function entriesOf(source: Source): readonly Entry[] {
  const found: Entry[] = [];
  let section = '';
  let block = 0;
  for (const { text, start } of linesOf(source)) {
    const [, name] = /^\s*\[([^\]]*)\]\s*$/.exec(text) ?? [];
    if (name !== undefined) {
      section = name;
      block++;
      continue;
    }
    const match = /^\s*(?:export\s+)?([^#;\s=[][^=]*?)(?<!\s)\s*=[ \t]*(?![ \t])(|\S|\S.*?\S)\s*$/d.exec(
      text,
    );
    if (!match) continue;
    const [, key = '', raw = ''] = match;
    const quoted = /^(["'])(.*)\1$/.exec(raw);
    const [from, to] = match.indices![2]!;
    const inset = quoted ? 1 : 0;
    const at: Span = { source, start: start + from + inset, end: start + to - inset };
    found.push({ section, block, key, value: located(quoted?.[2] ?? raw, at) });
  }
  return found;
}

/** The words of a line, as a shell would cut them. */
export function wordsOf(source: Source, { text, start }: Line): readonly Located<string>[] {
  return [...text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/g)].map(({ 0: word, index }) =>
    located(
      word.replace(/\\(.)|["']/g, (_, escaped: string | undefined) => escaped ?? ''),
      { source, start: start + index, end: start + index + word.length },
    ),
  );
}
