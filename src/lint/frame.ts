/** The line that a finding stands in, as it may be shown: secrets masked, cut where it is too long to read. */
import { lineSpan, position, type Source, type Span } from '../../grammar/text.ts';
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

/** Secrets around a place with what stands right before them, as in `:password`: alone they could be words of ours. */
export function hiddenAround({ source, start }: Span, frame: Frame, secrets: Secrets): readonly string[] {
  if (!frame.text.includes(mask) && !frame.text.endsWith(ellipsis)) return [];
  const { text } = source;
  const from = Math.max(0, start - window.before);
  return secrets(source, from, Math.min(text.length, start + window.told)).flatMap((hidden) => {
    const before = text.slice(Math.max(0, hidden.start - 7), hidden.start);
    const isSign = /[:=]["']?$|(?:Bearer|Basic) $/.test(before);
    return isSign ? before.slice(-2) + text.slice(hidden.start, hidden.end) : [];
  });
}

/** A sentence of ours without what is hidden in the lines that it is about. */
export const hushed = (text: string, hidden: Iterable<string>): string =>
  [...hidden].reduce((left, each) => left.replaceAll(each, each.slice(0, 2) + mask), text);

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
