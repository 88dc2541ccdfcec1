/** Macros of m4, of which a file is a template. */
import { lineStart } from '../text.ts';
import type { Edit } from '../tree.ts';
import { placeholder } from './placeholder.ts';
import { blank, type Found, type Scene, span } from './scene.ts';

const calls = /\b(?:define|undefine|ifdef|ifelse|s?include|forloop|foreach|divert|translit|eval)\(/g;

/** A line that begins with what m4 alone gives a meaning to: `define(` and a backtick. */
const signs = /^[ \t]*(?:define|ifdef|ifelse|s?include|undefine)\(`/m;

const remarks = /\bdnl\b[^\n]*/g;

/** No macro is this long, and none is sought further. */
const reach = 20_000;

/** The macros of a file that m4 is to read first, and the names that it is told of. */
export function* macros({ source, text, dialect }: Scene): Iterable<Found> {
  if (!dialect.quotesSpanLines || !text.includes('(`') || !signs.test(text)) return;
  const masks: Edit[] = [];
  const names = new Set<string>();
  let done = 0;
  for (const { index, 0: call } of text.matchAll(calls)) {
    if (index < done) continue;
    const end = endOf(text, index + call.length);
    if (end === undefined) continue;
    const isValue = /[^\s;{}]/.test(text.slice(lineStart(text, index), index));
    const written = text.slice(index, end);
    masks.push({ ...span(source, index, end), text: isValue ? placeholder(end - index) : blank(written) });
    for (const [, name] of written.matchAll(/\b(?:define|ifdef)\(`(\w+)'/g)) names.add(name!);
    done = end;
  }
  for (const { index, 0: remark } of text.matchAll(remarks))
    masks.push({ ...span(source, index, index + remark.length), text: blank(remark) });
  for (const { index, 0: word } of names.size > 0 ? text.matchAll(/\b[A-Za-z_]\w*/g) : []) {
    if (names.has(word))
      masks.push({ ...span(source, index, index + word.length), text: placeholder(word.length) });
  }
  const [first] = masks;
  if (!first) return;
  const { start } = first;
  const [name] = /^\w+/.exec(text.slice(start))!;
  const at = span(source, start, start + name.length);
  yield { oddity: { kind: 'template-placeholder', at, what: `${name}(…)` }, masks };
}

/** Where the call ends whose `(` stands before `from`: brackets in quotes, which nest, end nothing. */
function endOf(text: string, from: number): number | undefined {
  let quotes = 0;
  let depth = 1;
  for (let at = from; at < Math.min(text.length, from + reach); at++) {
    const sign = text[at];
    if (sign === '`') quotes++;
    else if (sign === "'" && quotes > 0) quotes--;
    else if (quotes > 0) continue;
    else if (sign === '(') depth++;
    else if (sign === ')' && --depth === 0) return at + 1;
  }
  return undefined;
}
