/** Characters that are not what they seem: marks at the beginning, lookalikes, a quote that never closes. */
import type { Token } from '../chevrotain.ts';
import { lineEnd, lineStart } from '../text.ts';
import type { Edit, OddityKind } from '../tree.ts';
import { placeholder } from './placeholder.ts';
import { type Found, isBare, pieces, type Scene, span } from './scene.ts';

export function* byteOrderMark(scene: Scene): Iterable<Found> {
  if (scene.text.charCodeAt(0) !== 0xfeff) return;
  const at = span(scene.source, 0, 1);
  const utf16 = scene.source.encoding.startsWith('utf-16');
  yield {
    oddity: {
      kind: 'byte-order-mark',
      at,
      what: utf16 ? 'UTF-16' : 'UTF-8',
      // Changing the encoding of a whole file is more than taking three bytes away.
      ...(utf16 ? {} : { edits: [{ ...at, text: '' }] }),
    },
    masks: [{ ...at, text: ' ' }],
  };
}

/** Full-width forms lie at a fixed distance from ASCII. */
const fullWidth = 0xfee0;

const wide = /[\uff01-\uff5e]/;

const lookalike =
  /[\u00a0\u02c6\u02dc\u2000-\u200d\u2010-\u2015\u2018-\u201f\u202f\u205f\u2060\u2212\u2217\u223c\u3000\ufeff\uff01-\uff5e]/;

/** `~`, `~*`, `^~` and `=` before the URI of a location, some of it from another keyboard. */
const modifier = /^[~*^=\u02c6\u02dc\u2217\u223c\uff0a\uff1d\uff3e\uff5e]{1,2}$/;

const signs: ReadonlyMap<string, string> = new Map([
  ['\u02c6', '^'],
  ['\u02dc', '~'],
  ['\u2217', '*'],
  ['\u223c', '~'],
]);

const ascii = /[0-9A-Za-z]/;

/** The character that was meant by the lookalike at `at` of a bare word, or undefined where it may stand as it is. */
function meant(text: string, at: number, word: { start: number; end: number }): string | undefined {
  const character = text[at]!;
  const before = at > word.start ? text[at - 1]! : '';
  const after = at + 1 < word.end ? text[at + 1]! : '';
  if (/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/.test(character)) return ' ';
  if (/[\u200b-\u200d\u2060\ufeff]/.test(character)) return '';
  if (/[\u201c-\u201f\uff02]/.test(character)) return '"';
  // An apostrophe inside a word is text; at its edge it was meant to quote.
  if (/[\u2018-\u201b\uff07]/.test(character)) return before && after && before !== '=' ? undefined : "'";
  if (/[\u2010-\u2015\u2212]/.test(character)) return !before && /\d/.test(after) ? '-' : undefined;
  const isModifier = word.end - word.start < 3 && modifier.test(text.slice(word.start, word.end));
  if (!wide.test(character)) return isModifier ? signs.get(character) : undefined;
  const plain = String.fromCharCode(character.charCodeAt(0) - fullWidth);
  if (isModifier || /[;{}0-9A-Za-z]/.test(plain)) return plain;
  if (/[#!]/.test(plain)) return before ? undefined : plain;
  // Chinese punctuation inside Chinese words is text; between ASCII letters it was meant for the machine.
  return ascii.test(before) && ascii.test(after) ? plain : undefined;
}

/** Whether a full-width colon ends a line that has to end in `;`, which lies on the same key. */
const isSemicolon = ({ text, dialect }: Scene, at: number, word: { start: number; end: number }): boolean =>
  text[at] === '\uff1a' &&
  dialect.quotesSpanLines &&
  at > word.start &&
  at + 1 === word.end &&
  /^[ \t\r]*(?:[#\n]|$)/.test(text.slice(word.end, lineEnd(text, word.end) + 1));

/** One oddity for a line: a person who typed one with the wrong keyboard typed all of them so. */
export function* lookalikes(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  if (!lookalike.test(text)) return;
  const lines = new Map<number, { first: number; edits: Edit[]; masks: Edit[] }>();
  for (const word of pieces(scene, isBare)) {
    if (!lookalike.test(word.image)) continue;
    for (let at = word.start; at < word.end; at++) {
      if (!lookalike.test(text[at]!)) continue;
      const plain = isSemicolon(scene, at, word) ? ';' : meant(text, at, word);
      if (plain === undefined) continue;
      const line = lineStart(text, at);
      const entry = lines.get(line) ?? { first: at, edits: [], masks: [] };
      lines.set(line, entry);
      entry.edits.push({ ...span(source, at, at + 1), text: plain });
      // Nothing at all cannot be masked by one character: at an edge a blank does, inside a word the value is unknown.
      const inside = at > word.start && at + 1 < word.end;
      entry.masks.push({ ...span(source, at, at + 1), text: plain || (inside ? placeholder(1) : ' ') });
    }
  }
  for (const { first, edits, masks } of lines.values()) {
    const at = span(source, first, first + 1);
    yield { oddity: { kind: 'smart-punctuation', at, what: source.text[first]!, edits }, masks };
  }
}

/** A quote that swallows the lines below it: it never closes, or closes where another word was meant to open. */
export function* openQuotes(scene: Scene): Iterable<Found> {
  if (!scene.dialect.quotesSpanLines) return;
  const { source, text } = scene;
  const spansLines = ({ quote }: Token, start: number, end: number): boolean =>
    quote !== '' && lineEnd(text, start) < end;
  for (const { image, start } of pieces(scene, spansLines)) {
    const line = image.indexOf('\n');
    const closed = image.length > 1 && image.endsWith(image[0]!) && !/(?:^|[^\\])(?:\\\\)*\\.$/s.test(image);
    const next = text[start + image.length] ?? ' ';
    if (closed && /[ \t\r\n;{)]/.test(next)) continue;
    const at = span(source, start, start + 1);
    const kind: OddityKind = 'quote-never-closed';
    // Where it was meant to end is before the semicolon that its line ends in, if there is one.
    const semicolon = start + image.slice(0, line).trimEnd().length - 1;
    const value = text.slice(start + 1, semicolon);
    const ends = text[semicolon] === ';' && !/;\s*[a-z]\w*\s+[^\s;]/.test(value);
    const certain = ends && (!/\s/.test(value) || (value.includes(';') && !/\salways$/.test(value)));
    const inner = ends ? [...value.matchAll(/;/g)].map(({ index }) => start + 1 + index) : [];
    yield {
      oddity: {
        kind,
        at,
        what: image[0]!,
        ...(certain ? { edits: [{ ...span(source, semicolon, semicolon), text: image[0]! }] } : {}),
      },
      masks: [
        { ...at, text: ends && value === '' ? '-' : ' ' },
        ...inner.map((each) => ({ ...span(source, each, each + 1), text: '-' })),
      ],
    };
    return; // Everything after it was read in the wrong state; the next round sees it aright.
  }
}
