/** Brackets, commas and braces in the place of the brace or semicolon that was meant. */
import type { Lexed, Token } from '../chevrotain.ts';
import { lineEnd, lineStart, startsLine } from '../text.ts';
import {
  type Found,
  isBare,
  isLast,
  mask,
  pieces,
  restOf,
  type Scene,
  span,
  startsStatement,
} from './scene.ts';

/** What was meant by a bracket in a brace's place. */
const braceFor: Readonly<Record<string, string>> = { '(': '{', '[': '{', ')': '}', ']': '}' };

/** A bracket where a line can only have a brace, and a `,` or another mark after a closing quote, where nginx can only have a `;`. */
export function* wrongMarks(scene: Scene): Iterable<Found> {
  const { source, text, lexed, dialect } = scene;
  const mayOpen = /\w[([][ \t\r]*$/m.test(text) && /^[ \t]*\w+[([][ \t\r]*$/m.test(text);
  if (!mayOpen && !/[ \t\n;"'][([\]),:.|>][ \t\r]*(?:[#!\n]|$)/.test(text)) return;
  const isMark = (token: Token, _: number, end: number): boolean =>
    '([)],:.|>'.includes(text[end - 1]!) && isBare(token);
  for (const { index, image, start, end } of pieces(scene, isMark)) {
    if (!isLast(scene, index)) continue;
    const mark = image.at(-1)!;
    const at = span(source, end - 1, end);
    const previous = lexed.tokens[index - 1];
    const isFirst = startsLine(text, start);
    if (',:.|>'.includes(mark)) {
      if (image.length > 1 || !previous?.quote || lexed.ends[index - 1] !== start || !dialect.quotesSpanLines)
        continue;
      const edits = [{ ...at, text: ';' }];
      yield { oddity: { kind: 'missing-semicolon', at, what: mark, edits }, masks: edits };
      continue;
    }
    const isAlone = image.length === 1;
    const opens = braceFor[mark] === '{';
    if (!isAlone && !(opens && isFirst && /^[a-z_]+.$/.test(image))) continue;
    const above = isFirst && previous?.tokenType.name === 'Newline' ? index - 2 : index - 1;
    const before = lexed.tokens[above];
    // The parenthesis of an `if` may have a line to itself, and so may the one that closes it.
    const isMeant = opens
      ? !isAlone ||
        (before?.tokenType.name === 'Word' && text.slice(lexed.starts[above]!, lexed.ends[above]!) !== 'if')
      : isFirst
        ? startsStatement(lexed.tokens, index)
        : previous !== undefined && !isBare(previous) && startsStatement(lexed.tokens, index);
    if (!isMeant) continue;
    const edits = [{ ...at, text: braceFor[mark]! }];
    yield { oddity: { kind: 'stray-brace', at, what: mark, edits }, masks: edits };
  }
}

/**
 * `global_defs:` as in YAML, `{` typed as `<`, and a block that ends in `>` or `end`: where braces do not add up, and the
 * indentation says what was meant. nginx has words that end in `:` and `<`.
 */
export function* foreignMarks(scene: Scene): Iterable<Found> {
  const { source, text, lexed, dialect } = scene;
  if (
    !(dialect.quotesSpanLines ? /^[ \t]*(?:>|end)[ \t\r]*$/m : /(?:[:<>]|\bend)[ \t\r]*(?:[#!\n]|$)/).test(
      text,
    )
  )
    return;
  let surplus = surplusOf(lexed.tokens);
  if (surplus === 0) return;
  const isMark = (token: Token, _: number, end: number): boolean =>
    ':<>d'.includes(text[end - 1]!) && isBare(token);
  for (const { index, image, start, end } of pieces(scene, isMark)) {
    if (surplus === 0) return;
    if (!isLast(scene, index)) continue;
    const isFirst = startsLine(text, start);
    const opens =
      !dialect.quotesSpanLines &&
      surplus < 0 &&
      (image === '<' ? !isFirst : image.length > 1 && /^[\w.:/-]+:$/.test(image));
    const closes =
      surplus > 0 && isFirst && /^(?:>|end)$/.test(image) && startsStatement(lexed.tokens, index);
    const other = opens || closes ? neighbour(lexed, index, opens ? 1 : -1) : undefined;
    if (other === undefined || margin(text, other) <= margin(text, start)) continue;
    const at = span(source, closes ? start : end - 1, end);
    const brace = opens ? '{' : '}';
    const edits = [{ ...at, text: opens && !isFirst && image === '<' ? brace : opens ? ' {' : brace }];
    const masks = [{ ...at, text: brace.padEnd(at.end - at.start) }];
    yield { oddity: { kind: 'stray-brace', at, what: text.slice(at.start, end), edits }, masks };
    surplus += opens ? 1 : -1;
  }
}

/** Where the next token in a direction begins that is no end of a line. */
function neighbour({ tokens, starts }: Lexed, index: number, step: 1 | -1): number | undefined {
  let at = index + step;
  while (tokens[at]?.tokenType.name === 'Newline') at += step;
  return starts[at];
}

/** How much deeper the lines below or above stand: the columns of blanks before the first word of a place's line. */
const margin = (text: string, at: number): number => {
  const start = lineStart(text, at);
  return /^[ \t]*/.exec(restOf(text, start))![0].replaceAll('\t', '        ').length;
};

/** `server; {`: where every brace has its partner, the semicolon is what is too many. */
export function* earlySemicolons(scene: Scene): Iterable<Found> {
  const { source, text, lexed, dialect } = scene;
  if (!dialect.quotesSpanLines || !/;[ \t]*\{/.test(text)) return;
  const { tokens, starts, ends } = lexed;
  if (surplusOf(tokens) !== 0) return;
  for (const { index, start } of pieces(scene, ({ tokenType }) => tokenType.name === 'Open')) {
    if (tokens[index - 1]?.tokenType.name !== 'Semicolon') continue;
    if (tokens[index - 2]?.tokenType.name !== 'Word' || lineStart(text, start) > ends[index - 2]!) continue;
    const at = span(source, starts[index - 1]!, ends[index - 1]!);
    const edits = [{ ...at, text: '' }];
    yield {
      oddity: { kind: 'stray-semicolon', at, what: ';', edits },
      masks: [mask(scene, at.start, at.end)],
    };
  }
}

/** Where braces do not add up by two: one that points the other way than the indentation. By one: a head that stands twice. */
export function* turnedBraces(scene: Scene): Iterable<Found> {
  const { source, text, lexed } = scene;
  const { tokens, starts, ends } = lexed;
  let surplus = surplusOf(tokens);
  if (surplus === 0 || surplus === -1) return;
  const isBrace = ({ tokenType: { name } }: Token): boolean => name === 'Open' || name === 'Close';
  for (const { index, image, start, end } of pieces(scene, isBrace)) {
    if (!isLast(scene, index)) continue;
    const at = span(source, start, end);
    const isFirst = startsLine(text, start);
    if (image === '{' && surplus > 0 && /\{[ \t]*$/.test(text.slice(lineStart(text, start), start))) {
      const edits = [{ ...at, text: '' }];
      yield { oddity: { kind: 'stray-brace', at, what: '{', edits }, masks: [mask(scene, start, end)] };
      surplus--;
      continue;
    }
    const before = tokens[index - 1]?.tokenType.name === 'Newline' ? index - 2 : index - 1;
    const after = tokens[index + 1]?.tokenType.name === 'Newline' ? index + 2 : index + 1;
    if (image === '{' && surplus > 0) {
      const line = lineStart(text, start);
      const next = Math.min(lineEnd(text, start) + 1, text.length);
      const head = text.slice(line, lineEnd(text, start)).trim();
      const isTwice = !isFirst && head === restOf(text, next).trim();
      if (isTwice && surplus % 2 === 1) {
        const nextEnd = lineEnd(text, next);
        const name = text.slice(line, start).trimStart();
        const from = start - name.length;
        const edits = [{ ...span(source, next, Math.min(nextEnd + 1, text.length)), text: '' }];
        const what = /^\S*/.exec(name)![0];
        const masks = [mask(scene, next, nextEnd)];
        yield { oddity: { kind: 'block-never-closed', at: span(source, from, end), what, edits }, masks };
        surplus--;
        return; // the tokens of the next line are gone
      }
      const opensNothing = /^(?:Semicolon|Open)$/.test(tokens[before]?.tokenType.name ?? '');
      const deeper = before < 0 ? 0 : margin(text, starts[before]!) - margin(text, start);
      const isTurned = isFirst
        ? deeper > 0 || (deeper === 0 && opensNothing)
        : tokens[before]?.tokenType.name === 'Semicolon';
      if (isTurned && surplus >= 2) {
        const edits = [{ ...at, text: '}' }];
        yield { oddity: { kind: 'stray-brace', at, what: '{', edits }, masks: edits };
        surplus -= 2;
      } else if (opensNothing) {
        const edits = [{ ...at, text: '' }];
        yield { oddity: { kind: 'stray-brace', at, what: '{', edits }, masks: [mask(scene, start, end)] };
        surplus--;
      }
    } else if (image === '}' && surplus <= -2 && (!isFirst || isUnderHead(scene, before, start))) {
      let first = index - 1;
      while (first >= 0 && tokens[first]!.tokenType.name === 'Word' && ends[first]! > lineStart(text, start))
        first--;
      const isHead = isFirst || (startsLine(text, starts[first + 1]!) && first + 1 < index);
      const isDeeper = after < tokens.length && margin(text, starts[after]!) > margin(text, start);
      if (!isHead || !isDeeper) continue;
      const edits = [{ ...at, text: '{' }];
      yield { oddity: { kind: 'stray-brace', at, what: '}', edits }, masks: edits };
      surplus += 2;
    }
  }
}

/** Whether a brace stands under a line that nothing ends, as the `{` of a block does in a language whose lines end in `;`. */
function isUnderHead(
  { text, lexed: { tokens, starts }, dialect }: Scene,
  before: number,
  at: number,
): boolean {
  if (!dialect.quotesSpanLines || tokens[before]?.tokenType.name !== 'Word') return false;
  return margin(text, starts[before]!) === margin(text, at);
}

/** How many more braces open than close. A file has a token every ten characters, and few of them are braces. */
function surplusOf(tokens: readonly Token[]): number {
  let surplus = 0;
  for (let index = 0; index < tokens.length; index++) {
    const { name } = tokens[index]!.tokenType;
    if (name === 'Open') surplus++;
    else if (name === 'Close') surplus--;
  }
  return surplus;
}
