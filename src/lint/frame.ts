/** The line that a finding stands in, as it may be shown: secrets masked, cut where it is too long to read. */
import { lineSpan, position, type Source, type Span } from '../../grammar/text.ts';
import type { Edit } from '../../grammar/tree.ts';
import type { Frame } from './diagnostic.ts';
import type { Secrets } from './secrets.ts';

/** What stands for a secret; its length tells nothing. */
export const mask = '••••';

const ellipsis = '…';
/** Characters of a line that are shown, of those how many before the finding, and how many from it on a message may repeat. */
const window = { width: 240, before: 80, told: 1000 };

/** The frame of a span. */
export function frameOf(span: Span, secrets: Secrets): Frame {
  const { source } = span;
  const line = lineSpan(source, position(source, span.start).line);
  const long = line.end - line.start > window.width;
  const from = long ? Math.max(line.start, span.start - window.before) : line.start;
  const to = long ? Math.min(line.end, from + window.width) : line.end;
  let text = from > line.start ? ellipsis : '';
  let column = 0;
  let endColumn = 0;
  const show = (start: number, end: number): void => {
    if (span.start >= start && span.start <= end) column = text.length + span.start - start;
    if (span.end >= start && span.end <= end) endColumn = text.length + span.end - start;
    text += source.text.slice(start, end);
  };
  let done = from;
  for (const hidden of secrets(source, from, to)) {
    const start = Math.max(hidden.start, from);
    const end = Math.min(hidden.end, to);
    if (start >= end || start < done) continue;
    show(done, start);
    if (span.start > start && span.start < end) column = text.length;
    text += mask;
    if (span.end > start && span.end <= end) endColumn = text.length;
    done = end;
  }
  show(done, to);
  if (span.end > to || endColumn < column) endColumn = text.length;
  if (to < line.end) text += ellipsis;
  // A comment may repeat what the line hides; a mask there moves nothing before it.
  return { text: text.slice(0, endColumn) + hintless(text.slice(endColumn)), column, endColumn };
}

/** What a sentence about a place may not say, and what it says instead. */
export type Hush = readonly [hidden: string, shown: string];

/**
 * Secrets around a place with what stands right before them, as in `:password`: alone they could be words of ours. Of a variable that
 * is none, but a piece of a password, its name.
 */
export function hiddenAround({ source, start, end }: Span, frame: Frame, secrets: Secrets): readonly Hush[] {
  if (!frame.text.includes(mask) && !frame.text.endsWith(ellipsis)) return [];
  const { text } = source;
  const from = Math.max(0, start - window.before);
  return secrets(source, from, Math.min(text.length, start + window.told)).flatMap(
    (hidden): readonly Hush[] => {
      if (text[start] === '$' && hidden.start <= start && end <= hidden.end)
        return [[text.slice(start, end), `$${mask}`]];
      const secret = text.slice(hidden.start, hidden.end).replace(/^["']|["']$/g, '');
      if (secret.includes(' ')) return [[secret, mask]];
      const before = text.slice(Math.max(0, hidden.start - 7), hidden.start);
      const isSign = /[:=]["']?$|(?:Bearer|Basic) $/.test(before);
      const sign = before.slice(-2);
      return isSign ? [[sign + secret, sign + mask]] : [];
    },
  );
}

/** A sentence of ours without what is hidden in the lines that it is about. */
export const hushed = (text: string, hidden: Iterable<Hush>): string =>
  [...hidden].reduce((left, [each, shown]) => left.replaceAll(each, shown), text);

/** Whether an edit writes anew what it replaces, and that is a secret: its text would tell. */
export function isTelltale({ source, start, end, text }: Edit, secrets: Secrets): boolean {
  if (start === end || text === '') return false;
  const words = secrets(source, start, end).flatMap((hidden) =>
    source.text.slice(Math.max(start, hidden.start), Math.min(end, hidden.end)).split(/\W+/),
  );
  return words.some((word) => word.length > 3 && text.includes(word));
}

/** The lines of a file that hold secrets, as they may be shown, by their numbers from 1 on. */
export function maskedLines(source: Source, secrets: Secrets): ReadonlyMap<number, string> {
  const { text } = source;
  const lines = new Set<number>();
  for (const { start, end } of secrets(source, 0, text.length)) {
    const last = position(source, end).line;
    for (let { line } = position(source, start); line <= last; line++) lines.add(line);
  }
  for (const { index } of text.matchAll(/auth_pass/gi)) lines.add(position(source, index).line);
  const shown = (line: number): string => {
    const { start, end } = lineSpan(source, line);
    let done = start;
    let result = '';
    for (const hidden of secrets(source, start, end)) {
      result += text.slice(done, Math.max(hidden.start, start)) + mask;
      done = Math.min(hidden.end, end);
    }
    return hintless(result + text.slice(done, end));
  };
  const all = [...lines].map((line) => [line, shown(line)] as const);
  return new Map(all.filter(([, line]) => line.includes(mask)));
}

/** Text with the password of a line that was commented out masked: it may be the old one, or the next one. */
const hintless = (text: string): string => text.replace(/(auth_pass\w*[ \t:=]+)[^\s•]+/gi, `$1${mask}`);
