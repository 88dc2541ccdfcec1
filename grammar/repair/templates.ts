/** Tags of template engines, and blanks that the operator is to fill in. */
import type { Token } from '../chevrotain.ts';
import { lineStart, type Span } from '../text.ts';
import type { Edit, Oddity } from '../tree.ts';
import { placeholder } from './placeholder.ts';
import { blank, type Found, isBare, pieces, type Scene, span, within } from './scene.ts';

/** Bounded, for every opening would be sought a closing to the end. */
const tags =
  /\{\{-?\s*[a-z_][\w.]*\([^{}]{0,999}\)\s*-?\}\}|\{\{[-~#^/!>&]?\s*[\w.$'"(][^{}\n]*\}\}\}?|\{\{-?\s*\/\*[^\n]{0,999}?\*\/\s*-?\}\}|\{%[^\n]{0,999}?%\}|\{#[^\n]{0,999}?#\}|%\{~?[ \t]*(?:if|else|endif|for|endfor)\b[^{}\n]*\}|<%[\s\S]{0,9999}?%>|<\?(?:php\b|=)[\s\S]{0,9999}?\?>|(?<![^\n])> (?:if|elseif|else|for|while|repeat|until|local|end)\b[^\n]{0,999}/g;

/** `{{ port }`, in a file with others of its kind. */
const halfTags = /\{\{[-~#^/!>&]?\s*[\w.$'"(][^{};\n]*\}(?!\})/g;

/** `listen #Port#;` */
const marked = /^([ \t]*[a-z]\w*[ \t]+)#[A-Za-z]\w*#(?=[ \t]*;)/gm;

export const blanks =
  /^(?:<[A-Za-z_][\w-]*>|CHANGE_?ME|REPLACE_?ME|YOUR_[A-Z_]+|__[A-Z][A-Z_0-9]*__|@[A-Z][A-Z_0-9]*@|%[A-Z][A-Z_0-9]*%)/;

/** Tags of template engines, and blanks that the operator is meant to fill in. */
export function* templates(scene: Scene): Iterable<Found> {
  const { source, text, lexed, dialect } = scene;
  const oddity = (start: number, end: number): Oddity => ({
    kind: 'template-placeholder',
    at: span(source, start, end),
    what: brief(source.text.slice(start, end)),
  });
  const doubled = [...doubledBraces(scene)];
  if (doubled.length > 0) {
    const { start, end } = doubled[0]!;
    yield { oddity: oddity(start - 1, end), masks: doubled };
    return; // What is one brace now was a tag before.
  }
  if (['{{', '{%', '%{', '<%', '<?', '{#', '\n> '].some((tag) => text.includes(tag))) {
    // In a Lua block every character is the operator's own business.
    const opaque = pieces(scene, ({ tokenType }) => tokenType.name === 'Lua');
    const isHidden = within([...lexed.comments, ...opaque]);
    const whole = [...tagged(text)];
    for (const { start, end, alternatives } of whole) {
      if (isHidden(start)) continue;
      const tag = text.slice(start, end);
      const isValue = alternatives || /^(?:\{\{(?!-?\s*\/\*)|\{%-?\s*\$|<%=|<\?(?:=|php\s+echo\b))/.test(tag);
      yield {
        oddity: oddity(start, end),
        masks: [{ ...span(source, start, end), text: isValue ? placeholder(end - start) : blank(tag) }],
      };
    }
    const hasBraces = whole.some(({ start }) => text.startsWith('{{', start));
    for (const { 0: tag, index: start } of hasBraces ? text.matchAll(halfTags) : []) {
      if (isHidden(start)) continue;
      const end = start + tag.length;
      const at = span(source, start, end);
      yield {
        oddity: {
          kind: 'block-never-closed',
          at,
          what: brief(source.text.slice(start, end)),
          edits: [{ ...span(source, end, end), text: '}' }],
        },
        masks: [{ ...at, text: placeholder(end - start) }],
      };
    }
  }
  yield* doubledDollars(scene);
  const [isUndefined, isComment] = text.includes('${')
    ? [dialect.undefinedIn(text), within(lexed.comments)]
    : [() => false, () => false];
  yield* ownBlanks(scene);
  // A value between two marks of comments, with the semicolon behind: panels of hosters fill these in.
  for (const match of dialect.quotesSpanLines && text.includes('#;') ? text.matchAll(marked) : []) {
    const start = match.index + match[1]!.length;
    const end = match.index + match[0].length;
    yield {
      oddity: oddity(start, end),
      masks: [{ ...span(source, start, end), text: placeholder(end - start) }],
    };
  }
  for (const match of text.includes('${')
    ? text.matchAll(/\$\{([A-Za-z]\w*)(?::?[-+=?][^{}\n]{0,200})?\}/g)
    : []) {
    const start = match.index;
    const end = start + match[0].length;
    if (!isUndefined(match[1]!) || isComment(start)) continue;
    yield {
      // Not the default, which may be a password.
      oddity: { ...oddity(start, end), what: `\${${match[1]}}` },
      masks: [{ ...span(source, start, end), text: placeholder(end - start) }],
    };
  }
  // One look at the whole text is many times faster than one at each of its words.
  if (!['<', 'CHANGE', 'REPLACE', 'YOUR_', '__', '@', '%'].some((mark) => text.includes(mark))) return;
  const mayBeBlank = (token: Token, at: number): boolean =>
    token.quote ? /[\s<CRY_@%]/.test(text[at + 1] ?? '') : '<CRY_@%'.includes(text[at]!) && isBare(token);
  for (const { quote, image, start: at } of pieces(scene, mayBeBlank)) {
    const match = blanks.exec(quote ? image.slice(1).trim() : image);
    // A page in quotes has tags of its own.
    if (!match || (quote && match[0][0] === '<' && image.includes('</'))) continue;
    const start = at + image.indexOf(match[0]);
    const end = start + match[0].length;
    yield {
      oddity: oddity(start, end),
      masks: [{ ...span(source, start, end), text: placeholder(end - start) }],
    };
  }
}

/** The second brace of each pair, where formatting of text is to make one of two: `events {{` and, alone, `}}`. */
function* doubledBraces({ source, text, dialect }: Scene): Iterable<Edit> {
  if (!dialect.quotesSpanLines || !text.includes('{{') || !/^[ \t]*\}\}[ \t\r]*$/m.test(text)) return;
  if (!/^[ \t]*[a-z_]+[^\n{]*[ \t]\{\{[ \t\r]*$/m.test(text)) return;
  for (const { index } of text.matchAll(/\{\{|\}\}/g)) {
    yield { ...span(source, index + 1, index + 2), text: ' ' };
  }
}

/** Variables of nginx whose `$` something is to make one of two, as all of the file are. */
function* doubledDollars({ source, text, lexed, dialect }: Scene): Iterable<Found> {
  if (!dialect.quotesSpanLines || !text.includes('$$')) return;
  const isComment = within(lexed.comments);
  const names = [...text.matchAll(/(?<!\$)(\$+)(?:[a-z]\w*|\{\w+\})/gi)].filter(
    ({ index }) => !isComment(index),
  );
  if (names.length < 2 || names.some(([, dollars]) => dollars !== '$$')) return;
  const at = ({ index, 0: name }: RegExpExecArray): Span => span(source, index, index + name.length);
  const [first] = names as [RegExpExecArray];
  yield {
    oddity: { kind: 'template-placeholder', at: at(first), what: first[0] },
    masks: names.map((each) => ({ ...at(each), text: placeholder(each[0].length) })),
  };
}

/** What a message can show of a tag, which may have many lines. */
function brief(tag: string): string {
  const [start] = /^[^\r\n]{0,60}/.exec(tag)!;
  return start === tag ? tag : `${start.trimEnd()}…`;
}

/** The blanks that only this language has. */
function* ownBlanks(scene: Scene): Iterable<Found> {
  const { source, text, lexed, dialect } = scene;
  let hidden: ((offset: number) => boolean) | undefined;
  let isUndefined: ((name: string) => boolean) | undefined;
  for (const match of dialect.blanks && /[<${@%[]/.test(text) ? text.matchAll(dialect.blanks) : []) {
    const start = match.index;
    const end = start + match[0].length;
    hidden ??= within([
      ...lexed.comments,
      ...pieces(scene, ({ quote, tokenType }) => quote !== '' || tokenType.name === 'Lua'),
    ]);
    if (hidden(start)) continue;
    isUndefined ??= dialect.undefinedIn(text);
    if (match[1] !== undefined && !isUndefined(match[1])) continue;
    const at = span(source, start, end);
    yield {
      oddity: {
        kind: 'template-placeholder',
        at,
        // Not what an expression quotes, which may be a password.
        what: source.text.slice(start, end).replace(/["'].*/, '…}'),
      },
      masks: [{ ...at, text: placeholder(end - start) }],
    };
  }
}

interface Tagged {
  readonly start: number;
  readonly end: number;
  /** Texts of which the engine takes one: `{% if first %}MASTER{% else %}BACKUP{% endif %}`. */
  readonly alternatives: boolean;
}

const opening =
  /^(?:\{%[-+~]?\s*(?:if|for|unless)\b|%\{~?\s*(?:if|for)\b|<%-?\s*(?:if|unless)\b|\{\{-?\s*(?:if|range|with)\b)/;

export const closing = /^(?:\{%[-+~]?|%\{~?|<%-?|\{\{-?)\s*end/;

/** The tags of a text; those that choose a value on one line, with what is between them, as one. */
function* tagged(text: string): Iterable<Tagged> {
  const all = [...text.matchAll(tags)];
  for (let first = 0; first < all.length; first++) {
    const { index: start, 0: tag } = all[first]!;
    let last = first;
    if (opening.test(tag) && text.slice(lineStart(text, start), start).trim() !== '') {
      for (let depth = 1, next = first + 1; next < all.length && next < first + 32; next++) {
        const before = all[next - 1]!;
        const { index, 0: other } = all[next]!;
        if (/[\n;{}]/.test(text.slice(before.index + before[0].length, index))) break;
        depth += opening.test(other) ? 1 : closing.test(other) ? -1 : 0;
        if (depth > 0) continue;
        last = next;
        break;
      }
    }
    const end = all[last]!.index + all[last]![0].length;
    yield { start, end, alternatives: last > first };
    first = last;
  }
}
