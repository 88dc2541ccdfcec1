/** Lines in the style of another language: comments of others, and backslashes that go on. */
import type { Token } from '../chevrotain.ts';
import { partitionPoint } from '../partition.ts';
import { lineEnd, lineStart, type Span, startsLine } from '../text.ts';
import type { Edit } from '../tree.ts';
import { type Found, isBare, mask, pieces, restOf, type Scene, span, startsStatement } from './scene.ts';

const lastBackslash = /(?<!\\)(?:\\\\)*\\$/;

/**
 * A `\` at the end of a line that is no part of a definition: keepalived joins no lines (decomment() keeps it, even of a
 * comment, and finds it before one).
 */
export function* continuations(scene: Scene): Iterable<Found> {
  const { source, text, dialect } = scene;
  if (!dialect.codeOf || !text.includes('\\') || !/\\[ \t\r]*(?:[\n#!]|$)/.test(text)) return;
  let defines = false;
  /** Lines one below the other are one slip. */
  let run:
    | { readonly place: Span; readonly isAlone: boolean; readonly edits: Edit[]; readonly masks: Edit[] }
    | undefined;
  const told = (): Found[] => {
    if (!run) return [];
    const { place: at, isAlone, edits, masks } = run;
    run = undefined;
    return [{ oddity: { kind: 'trailing-backslash', at, what: isAlone ? 'alone' : 'glued', edits }, masks }];
  };
  for (let start = 0; start < text.length; start = lineEnd(text, start) + 1) {
    const line = text.slice(start, lineEnd(text, start));
    const own = dialect.codeOf(line).trimEnd();
    const whole = lastBackslash.test(own) ? own : line.replace(/\r$/, '');
    const from = lastBackslash.exec(whole)?.index;
    defines = from !== undefined && (defines || /^[ \t]*(?:@\S+[ \t]+)?\$\w+=/.test(line));
    if (from === undefined || defines) {
      yield* told();
      continue;
    }
    const at = whole.length - 1;
    const code = dialect.codeOf(line.slice(0, at)).trim();
    const isAlone = code === '' || /[{}]$/.test(code);
    const place = span(source, start + at, start + at + 1);
    const blanks = at - line.slice(0, at).trimEnd().length;
    run ??= { place, isAlone, edits: [], masks: [] };
    run.edits.push({ ...place, start: place.start - blanks, text: '' });
    run.masks.push(mask(scene, place.start, place.end));
  }
  yield* told();
}

/** `listen 80; ; the old port`, and a line such as `; the old port`, in nginx: words that no semicolon ends. */
export function* semicolonComments(scene: Scene): Iterable<Found> {
  const { source, text, dialect } = scene;
  const { tokens, starts } = scene.lexed;
  if (!dialect.quotesSpanLines || !/(?:^|[;{}])[ \t]*;[ \t]+[A-Za-z]/m.test(text)) return;
  for (const { index, start } of pieces(scene, isSemicolon)) {
    if (!startsStatement(tokens, index) || !/^;[ \t]+[A-Za-z][^;{}"']*$/.test(restOf(text, start).trimEnd()))
      continue;
    if (starts[index + 1] === undefined || starts[index + 1]! > lineEnd(text, start)) continue;
    const at = span(source, start, start + 1);
    const end = start + restOf(text, start).trimEnd().length;
    yield {
      oddity: {
        kind: 'not-a-comment',
        at,
        what: ';',
        other: span(source, start, end),
        edits: [{ ...at, text: '#' }],
      },
      masks: [mask(scene, start, end)],
    };
  }
}

const isSemicolon = ({ tokenType }: Token): boolean => tokenType.name === 'Semicolon';

/** What begins a comment in other languages. */
export const foreignMark: RegExp = /\/\/|\/\*|--|;|<!--/;
const beginsForeign = new RegExp(`^(?:${foreignMark.source})`);

/** Comments in another language's manner, where a statement would begin. */
export function* foreignComments(scene: Scene): Iterable<Found> {
  const { source, text, dialect, lexed } = scene;
  if (!dialect.semicolonComments && !/[/][/*]|--|[;{}][ \t]*(?:<?[-=]+>|<[-=])/.test(text)) return;
  let done = 0;
  const isMark = (token: Token, start: number): boolean => '/-;<='.includes(text[start]!) && isBare(token);
  for (const { index, image, start } of pieces(scene, isMark)) {
    const [arrow] = /^(?:<?[-=]+>|<[-=]+)/.exec(image) ?? [];
    if (start < done || !(arrow ?? beginsForeign.test(image))) continue;
    const first = startsLine(text, start);
    const previous = lexed.tokens[index - 1];
    // An arrow points at what stands before it.
    if (arrow && !arrow.startsWith('--') && (first || !previous || !startsStatement(lexed.tokens, index)))
      continue;
    const ends = !first && dialect.codeOf !== undefined && isTail(scene, index, image);
    if (!first && (!previous || isBare(previous)) && image !== '//' && !ends) continue;
    const what =
      arrow && !arrow.startsWith('--')
        ? arrow
        : image.startsWith(';')
          ? ';'
          : image.startsWith('<')
            ? '<!--'
            : image.slice(0, 2);
    if (what === ';' && !(dialect.semicolonComments && first)) continue;
    const closing = what === '/*' ? '*/' : what === '<!--' ? '-->' : undefined;
    if (closing && !first && !ends) continue;
    if (what === '--' && !/^--(?:[ \t>]|[A-Za-z]|-|$)/.test(text.slice(start, lineEnd(text, start))))
      continue;
    // The slashes of `root //;` and `location // {` are a path.
    if (!first && image === '//' && /^\/\/[ \t]*[;{]/.test(text.slice(start, lineEnd(text, start)))) continue;
    // A word like //cdn.example.com that goes on a list of the line before is a value.
    if (what === '//' && image !== '//' && !ends && !startsStatement(lexed.tokens, index)) continue;
    let end = lineEnd(text, start);
    if (closing) {
      const close = text.indexOf(closing, start + 2);
      end = close < 0 ? end : close + closing.length;
    }
    if (text[end - 1] === '\r') end--;
    // The brace of the block that the line opens is none of the comment.
    const brace = first || !dialect.codeOf ? -1 : (/\{[ \t]*$/.exec(text.slice(start, end))?.index ?? -1);
    if (brace > 0) end = start + brace;
    done = end;
    // `priority 100; // main` as in C: both marks are of one slip.
    const semicolon =
      first || !dialect.codeOf ? undefined : /;[ \t]*$/.exec(text.slice(lineStart(text, start), start));
    const at = span(source, start - (semicolon?.[0].length ?? 0), start + what.length);
    if (first && bounds(scene, start, end)) {
      const edits = [{ ...at, end: at.end + /^[ \t]*/.exec(text.slice(at.end, end))![0].length, text: '' }];
      yield { oddity: { kind: 'not-a-comment', at, what, edits }, masks: [mask(scene, at.start, at.end)] };
      continue;
    }
    const multiline = text.slice(start, end).includes('\n');
    const edits = multiline
      ? undefined
      : brace > 0
        ? [{ ...at, end, text: '' }]
        : [{ ...at, text: semicolon ? ' #' : '#' }];
    yield {
      oddity: {
        kind: 'not-a-comment',
        at,
        what,
        other: span(source, at.start, end),
        ...(edits ? { edits } : {}),
      },
      masks: [mask(scene, at.start, end)],
    };
  }
}

/**
 * Whether a word and all that follows it on its line can only be a comment, in a language whose statements are lines:
 * `advert_int 1 //seconds`, where no keyword has a second word with slashes, `preempt //先`, `auth_type PASS /* plain *\/`.
 */
function isTail({ text, lexed: { tokens, starts, ends } }: Scene, index: number, image: string): boolean {
  if (image === '/*') return restOf(text, starts[index]!).trimEnd().endsWith('*/');
  if (!/^\/\/[^/]/.test(image) || startsStatement(tokens, index)) return false;
  const before = text.slice(starts[index - 1], ends[index - 1]);
  return image.charCodeAt(2) > 0x7f || !startsStatement(tokens, index - 1) || !/^[a-z_]+$/.test(before);
}

/** Whether a comment would take the first line of a block and leave the rest of it, or the brace that ends one. */
function bounds({ text }: Scene, start: number, end: number): boolean {
  if (/^[^\w\s}]+[ \t]*\}[ \t]*$/.test(text.slice(start, end))) return true;
  if (!/^\W+\w[^{}#"']*\{[ \t]*$/.test(text.slice(start, end))) return false;
  const next = /\S+/.exec(text.slice(end, end + 400))?.[0] ?? '';
  return /^[\w.:]/.test(next);
}

/** A line behind a comment that ends in no sign of nginx. */
const below = /^[^#\n]*#[^\n]*\n[ \t]*(?=[A-Za-z(][^\n]*[^;{}\s][ \t\r]*(?:\n|$))/gm;
const plainWord = /^[("']?[A-Za-z]+(?:['’-][A-Za-z]+)*[)"',.:;!?]*$/;

/** The rest of a comment on lines of its own, where only the first line has a mark: words that read as a sentence. */
export function* wrappedComments(scene: Scene): Iterable<Found> {
  const { source, text, dialect, lexed } = scene;
  const { isKeyword } = dialect;
  if (!isKeyword) return;
  for (const match of text.matchAll(below)) {
    const start = match.index + match[0].length;
    let end = start;
    for (let at = start; isSentence(restOf(text, at).trim(), isKeyword); at = lineEnd(text, at) + 1)
      end = at + restOf(text, at).trimEnd().length;
    if (end === start) continue;
    const index = partitionPoint(lexed.tokens.length, (at) => lexed.starts[at]! < start);
    const gap = text.slice(index === 0 ? 0 : lexed.ends[index - 1], start);
    if (lexed.starts[index] !== start || !startsStatement(lexed.tokens, index) || !gap.includes('#'))
      continue;
    const what = firstWord(text.slice(start, end));
    const at = span(source, start, start + what.length);
    yield {
      oddity: { kind: 'not-a-comment', at, what, other: span(source, start, end) },
      masks: [mask(scene, start, end)],
    };
  }
}

function isSentence(line: string, isKeyword: (word: string) => boolean): boolean {
  if (!/^\(?[A-Za-z]+[',.:)]?(?: |$)/.test(line) || /[{}"$]|;$/.test(line)) return false;
  if (line.split(';').some((part) => isKeyword(firstWord(part)))) return false;
  const words = line.split(/[ \t]+/);
  const plain = words.filter((word) => plainWord.test(word)).length;
  return plain >= 3 && plain >= words.length * 0.6;
}

const firstWord = (text: string): string => /[^\s();,.:]+/.exec(text)?.[0] ?? '';
