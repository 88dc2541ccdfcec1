/** What came along when a file was copied: conflict markers, and pages of HTML and Markdown. */
import type { Token } from '../chevrotain.ts';
import { lineEnd, lineStart, type Span, startsLine } from '../text.ts';
import type { Edit } from '../tree.ts';
import { type Found, isBare, mask, pieces, type Scene, span } from './scene.ts';

const conflict = /^(?:<{7}|={7}|>{7}|\|{7})(?=[ \r\n]|$)/;

/** One finding for the whole conflict; the first of the two texts is read. */
export function* conflicts(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  if (!/^<{7}[ \r\n]/m.test(text)) return;
  let from: number | undefined;
  let drop: number | undefined;
  let masks: Edit[] = [];
  const isMarker = (token: Token, start: number): boolean => isBare(token) && '<=>|'.includes(text[start]!);
  for (const { start, image } of pieces(scene, isMarker)) {
    if (lineStart(text, start) !== start || !conflict.test(image)) continue;
    const end = lineEnd(text, start);
    if (image[0] === '<') {
      from ??= start;
      masks.push(mask(scene, start, end));
    } else if (from !== undefined) {
      if (image[0] !== '>') drop ??= start;
      else {
        masks.push(mask(scene, drop ?? start, end));
        const other = span(source, start, end);
        yield {
          oddity: {
            kind: 'merge-conflict-marker',
            at: span(source, from, lineEnd(text, from)),
            what: '<<<<<<<',
            other,
          },
          masks,
        };
        from = undefined;
        drop = undefined;
        masks = [];
      }
    }
  }
  if (from !== undefined) {
    const at = span(source, from, lineEnd(text, from));
    yield { oddity: { kind: 'merge-conflict-marker', at, what: '<<<<<<<' }, masks };
  }
}

const pageStart = /^<(?:!doctype\s+html\b|html\b[^<>\n]*>)/i;

const pageLine =
  /^(?:<\/?(?:html|head|body|style|script|pre|ul|ol|table|div|p|br|hr)\b[^<>\n]*>.*|<(\w+)\b[^<>\n]*>.*<\/\1>.*)$/i;

/** Lines of an HTML page: one saved in place of the file, or some copied with it. One finding for a stretch of them. */
export function* pages(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  if (!text.includes('<') || !/^[ \t]*<(?:!doctype|\/?\w+\b[^<>\n]*>)/im.test(text)) return;
  let stretch: { start: number; end: number } | undefined;
  let lower: string | undefined;
  const report = ({ start, end }: { start: number; end: number }): Found => {
    const after = text[end] === '\n' ? end + 1 : end;
    const edits = [{ ...span(source, lineStart(text, start), after), text: '' }];
    return {
      oddity: { kind: 'pasted-page', at: span(source, start, lineEnd(text, start)), what: 'HTML', edits },
      masks: [mask(scene, start, end)],
    };
  };
  const isFirst = (token: Token, start: number): boolean =>
    text[start] === '<' && isBare(token) && startsLine(text, start);
  for (const { start } of pieces(scene, isFirst)) {
    if (stretch && start < stretch.end) continue;
    const line = text.slice(start, lineEnd(text, start)).trimEnd();
    const isPage = pageStart.test(line);
    if (!isPage && !pageLine.test(line)) continue;
    // Without an end no page after this one has one either.
    lower ??= isPage ? text.toLowerCase() : undefined;
    const close = isPage && lower ? lower.indexOf('</html>', start) : -1;
    if (isPage && close < 0) lower = '';
    const end = close < 0 ? start + line.length : close + '</html>'.length;
    if (stretch && text.slice(stretch.end, start).trim() === '') stretch.end = end;
    else {
      if (stretch) yield report(stretch);
      stretch = { start, end };
    }
  }
  if (stretch) yield report(stretch);
}

const fence = /^(?:`{3,}|~{3,})[ \t]*\w*[ \t\r]*$/;

/** What fences an example off in a page of Markdown, lines or a mark on either side: one finding for the two of a pair. */
export function* fences(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  const [before] = /^\s*`(?=[a-z][^`]*[;}]\s*`\s*$)/.exec(text) ?? [];
  if (before !== undefined) {
    const edits = [before.length - 1, text.lastIndexOf('`')].map((at) => ({
      ...span(source, at, at + 1),
      text: '',
    }));
    yield {
      oddity: { kind: 'pasted-page', at: edits[0]!, what: 'fence', edits },
      masks: edits.map(({ start, end }) => mask(scene, start, end)),
    };
    return;
  }
  if (!text.includes('```') && !text.includes('~~~')) return;
  let open: { at: Span; edits: Edit[]; masks: Edit[] } | undefined;
  const isFirst = (token: Token, start: number): boolean =>
    '`~'.includes(text[start]!) && isBare(token) && startsLine(text, start);
  for (const { start } of pieces(scene, isFirst)) {
    const end = lineEnd(text, start);
    if (!fence.test(text.slice(start, end))) continue;
    const edit = { ...span(source, lineStart(text, start), Math.min(end + 1, text.length)), text: '' };
    const isSecond = open !== undefined;
    open ??= {
      at: span(source, start, start + text.slice(start, end).trimEnd().length),
      edits: [],
      masks: [],
    };
    open.edits.push(edit);
    open.masks.push(mask(scene, start, end));
    if (!isSecond) continue;
    yield {
      oddity: { kind: 'pasted-page', at: open.at, what: 'fence', edits: open.edits },
      masks: open.masks,
    };
    open = undefined;
  }
  if (open)
    yield {
      oddity: { kind: 'pasted-page', at: open.at, what: 'fence', edits: open.edits },
      masks: open.masks,
    };
}

const link = /^([^\s[\]]*)\[([^\s[\]]+)\]\((?:https?:\/\/|mailto:)([^\s()]+)\)(.*)$/;

/** `[www.example.com](https://www.example.com)`: what a page or a chat made of a name. */
export function* links(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  if (!/\]\((?:http|mailto)/.test(text)) return;
  const isMeant = (token: Token, start: number, end: number): boolean =>
    isBare(token) && text.slice(start, end).includes('](');
  for (const { image, start, end } of pieces(scene, isMeant)) {
    const [, before = '', name, target, after = ''] = link.exec(image) ?? [];
    if (name === undefined || !target?.startsWith(name.replace(/^https?:\/\//, ''))) continue;
    const at = span(source, start, end);
    const plain = `${before}${name}${after}`;
    yield {
      oddity: { kind: 'pasted-page', at, what: 'link', edits: [{ ...at, text: plain }] },
      masks: [{ ...at, text: plain.padStart(end - start) }],
    };
  }
}

const key = /^["']?[A-Za-z][\w./-]*["']?:(?:[ \t]|$)/;

/** The head of a text that is a value of its own in YAML: `nginx.conf: |-`. */
const blockHead = /^([ \t]*)(?:- )?["']?[\w./-]+["']?:[ \t]*[|>][-+0-9]*[ \t\r]*$/gm;

/** A manifest in the place of the file: the first text in it that has blocks is read, and the rest of it is not. */
export function* manifests(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  const first = /^(?:[ \t]*(?:#.*|---.*)?\r?\n)*/.exec(text)![0].length;
  if (!key.test(text.slice(first, lineEnd(text, first)))) return;
  const keys = text.split('\n').filter((line) => key.test(line)).length;
  if (keys < 2 || /^[^ \t#\n].*[;{][ \t\r]*$/m.test(text)) return;
  const { start, end } = innerFile(text) ?? { start: text.length, end: text.length };
  yield {
    oddity: {
      kind: 'pasted-page',
      at: span(source, first, first + text.slice(first, lineEnd(text, first)).trimEnd().length),
      what: 'YAML',
    },
    masks: [mask(scene, 0, start), mask(scene, end, text.length)].filter((each) => each.start < each.end),
  };
}

function innerFile(text: string): { start: number; end: number } | undefined {
  for (const { 0: head, 1: indent = '', index } of text.matchAll(blockHead)) {
    const start = index + head.length + 1;
    let end = start;
    while (end < text.length) {
      const line = text.slice(end, lineEnd(text, end));
      if (line.trim() !== '' && !(line.startsWith(indent) && /^[ \t]/.test(line.slice(indent.length)))) break;
      end = lineEnd(text, end) + 1;
    }
    end = Math.min(end, text.length);
    if (text.slice(start, end).includes('{')) return { start, end };
  }
  return undefined;
}

const section =
  /^<((?:VirtualHost|(?:Directory|Location|Files)(?:Match)?|IfModule|Proxy)\b)[^<>\n]*>[ \t\r]*$/i;

/** The sections of Apache httpd, one finding for all of them; with nothing but such lines around them they are the whole file. */
export function* foreignSections(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  if (!text.includes('<')) return;
  if (!/^[ \t]*<(?:VirtualHost|Directory|Location|Files|IfModule|Proxy)/im.test(text)) return;
  const found: { start: number; end: number }[] = [];
  let lower: string | undefined;
  const isFirst = (token: Token, start: number): boolean =>
    text[start] === '<' && isBare(token) && startsLine(text, start);
  for (const { start } of pieces(scene, isFirst)) {
    if (start < (found.at(-1)?.end ?? 0)) continue;
    const [, name] = section.exec(text.slice(start, lineEnd(text, start))) ?? [];
    if (name === undefined) continue;
    lower ??= text.toLowerCase();
    const close = lower.indexOf(`</${name.toLowerCase()}>`, start);
    found.push({ start, end: close < 0 ? text.length : lineEnd(text, close) });
  }
  const [first] = found;
  if (!first) return;
  const inner = found.map(({ start, end }) => mask(scene, start, end));
  let rest = '';
  let done = 0;
  for (const { start, end } of found) {
    rest += text.slice(done, start);
    done = end;
  }
  const isMixed = /[;{}][ \t]*(?:#.*)?\r?$/m.test(rest + text.slice(done));
  yield {
    oddity: {
      kind: 'pasted-page',
      at: span(source, first.start, lineEnd(text, first.start)),
      what: 'Apache',
    },
    masks: isMixed ? inner : [mask(scene, 0, text.length)],
  };
}
