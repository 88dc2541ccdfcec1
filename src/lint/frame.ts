/** The line that a finding stands in, as it may be shown: secrets masked, cut where it is too long to read. */
import { lineSpan, position, type Source, type Span } from '../../grammar/text.ts';
import { secretsOf as keepalivedSecrets } from '../model/keepalived/secrets.ts';
import { secretsOf as nginxSecrets } from '../model/nginx/secrets.ts';
import type { Syntax } from '../model/syntax.ts';
import type { Frame } from './diagnostic.ts';

/** What stands for a secret; its length tells nothing. */
const mask = '••••';
const ellipsis = '…';
/** Characters of a line that are shown, and of those how many before the finding. */
const window = { width: 240, before: 80 };

/** Draws the frame of a span. The secrets of a file are looked for when its first line is shown. */
export function framer(syntaxes: Iterable<Syntax>): (span: Span) => Frame {
  const all = [...syntaxes];
  const found = new Map<Source, readonly Span[]>();
  const secrets = (source: Source): readonly Span[] => {
    if (found.size === 0) {
      const lists = new Map<Source, Span[]>();
      for (const { language, file } of all) {
        for (const span of (language === 'keepalived' ? keepalivedSecrets : nginxSecrets)(file.items)) {
          const list = lists.get(span.source) ?? [];
          list.push(span);
          lists.set(span.source, list);
        }
      }
      for (const [source, list] of lists) found.set(source, list);
      for (const { file } of all) if (!found.has(file.source)) found.set(file.source, []);
    }
    return found.get(source) ?? [];
  };

  return (span) => {
    const { source } = span;
    const line = lineSpan(source, position(source, span.start).line);
    const long = line.end - line.start > window.width;
    const from = long ? Math.max(line.start, span.start - window.before) : line.start;
    const to = long ? Math.min(line.end, from + window.width) : line.end;
    let text = from > line.start ? ellipsis : '';
    let column = 0;
    let endColumn = 0;
    /** Where the offsets between the last mask and here land. */
    const place = (start: number, end: number): void => {
      if (span.start >= start && span.start <= end) column = text.length + span.start - start;
      if (span.end >= start && span.end <= end) endColumn = text.length + span.end - start;
      text += source.text.slice(start, end);
    };
    let done = from;
    for (const hidden of secrets(source)
      .filter(({ start, end }) => start < to && end > from)
      .sort((a, b) => a.start - b.start)) {
      const start = Math.max(hidden.start, from);
      const end = Math.min(hidden.end, to);
      if (start < done) continue;
      place(done, start);
      if (span.start > start && span.start < end) column = text.length;
      text += mask;
      if (span.end > start && span.end <= end) endColumn = text.length;
      done = end;
    }
    place(done, to);
    if (span.end > to || endColumn < column) endColumn = text.length;
    if (to < line.end) text += ellipsis;
    // A comment may repeat what the line hides; the mask keeps the columns before it.
    text = text.replace(/(auth_pass\w*[ \t:=]+)[^\s•]+/gi, `$1${mask}`);
    return { text, column, endColumn };
  };
}
