/** nginx's configuration language: text to tree. */
import { balance } from '../balance.ts';
import { isSound } from '../grow.ts';
import { type Dialect, repair } from '../repair/index.ts';
import { isDirective } from '../tables/directives.ts';
import { indentation, lineStart, type Source, type Span } from '../text.ts';
import type { File, Oddity, OddityKind } from '../tree.ts';
import { mend, unglued } from './mend.ts';
import { nginxParser } from './parser.ts';
import { knowledgeOf } from './place.ts';
import { lex } from './tokens.ts';

const dialect: Dialect = {
  lex,
  quotesSpanLines: true,
  semicolonComments: false,
  isKeyword: isDirective,
  // {name}, %(name)s and %name% (but %E4%BD is a text) as text formatting fills them in, less what stands alone in a
  // block; an expression in ${} or $(); @@name@@ and %%name%%.
  blanks:
    /(?<![${\\])\{(?!(?:api|break|empty_gif|f4f|flv|hls|internal|ip_hash|least_conn|mp4|ntlm|random|return|stub_status)\})\$?[A-Za-z_][\w.-]{0,60}\}(?!\})|\$\{(?!\w+:?[-+=?])(?=\w{0,60}[^\w{}\n])[^{}\n]{1,200}\}|\$\([A-Za-z][\w.]{0,60}\)|@@[A-Za-z][\w.-]{0,60}@@|%%[A-Za-z]\w{0,60}%%|%\([A-Za-z][\w.-]{0,60}\)[sd]|(?<!%[\dA-Fa-f]{2}|%)%[A-Za-z_]\w{1,60}%(?![\dA-Fa-f]{2})/g,
  // envsubst fills capitals; nginx's own variables are written small, and a capital one is set somewhere.
  undefinedIn: (text) => {
    const set = new Set(
      [...text.matchAll(/\b(?:set|map|geo)\b[^;{]*|\?<\w+/g)].flatMap(([part]) => part.match(/\w+/g)!),
    );
    return (name) => /^[A-Z][A-Z0-9_]*$/.test(name) && !set.has(name);
  },
};

/** One quote too few or too many puts the others of its line out of step: the first is where it began. */
function oneQuoteALine(oddities: readonly Oddity[]): readonly Oddity[] {
  const isQuote = ({ kind }: Oddity): boolean => kind === 'quote-never-closed' || kind === 'text-after-quote';
  const firsts = new Map<number, Oddity>();
  const lineOf = ({ at }: Oddity): number => lineStart(at.source.text, at.start);
  for (const each of oddities.filter(isQuote)) {
    const first = firsts.get(lineOf(each));
    if (!first || each.at.start < first.at.start) firsts.set(lineOf(each), each);
  }
  return firsts.size === 0
    ? oddities
    : oddities.filter((each) => !isQuote(each) || firsts.get(lineOf(each)) === each);
}

/**
 * A mark that stands in place of another is one slip: `listen 80}` is no brace that closes nothing after a semicolon that
 * is missing, nor is a `;` where a block ends a semicolon that ends nothing.
 */
function oneMarkEach(oddities: readonly Oddity[]): readonly Oddity[] {
  const ofKind = (kind: OddityKind, mark: string): readonly Oddity[] =>
    oddities.filter(({ kind: found, what }) => found === kind && what === mark);
  const braces = new Map(ofKind('stray-brace', '}').map((each) => [each.at.start, each]));
  const semicolons = ofKind('stray-semicolon', ';');
  if (braces.size + semicolons.length === 0) return oddities;
  const unclosed = oddities.filter(({ kind }) => kind === 'block-never-closed');
  const isOne =
    unclosed.length === 1 && semicolons.length === 1 && closes(semicolons[0]!.at, unclosed[0]!.at);
  const gone = new Set<Oddity>(isOne ? semicolons : []);
  const afterQuotes = new Map(ofKind('text-after-quote', '}').map((each) => [each.at.start, each]));
  const found = oddities.map((each): Oddity => {
    if (isOne && each === unclosed[0]) {
      const { at } = semicolons[0]!;
      return { kind: 'stray-brace', at, what: ';', edits: [{ ...at, text: '}' }] };
    }
    if (each.kind !== 'missing-semicolon') return each;
    const { source, end } = each.at;
    // Where the next line has but another one, that one is the end of the block.
    const [between] = /^\}[ \t\r]*\n\s*(?=\})/.exec(source.text.slice(end, end + 200)) ?? [];
    const isHead = between !== undefined && source.text.slice(lineStart(source.text, end), end).includes('{');
    const brace = braces.get(end) ?? (between && !isHead ? braces.get(end + between.length) : undefined);
    if (!brace) return each;
    gone.add(brace);
    const afterQuote = afterQuotes.get(end);
    if (afterQuote) gone.add(afterQuote);
    const at = { source, start: end, end: end + 1 };
    return { ...each, at, edits: [{ ...at, text: ';' }] };
  });
  return found.filter((each) => !gone.has(each));
}

/** Whether a mark stands where the block that begins at `head` would end. */
function closes({ source, start }: Span, head: Span): boolean {
  if (!source.text.slice(head.start, start).includes('\n')) return true;
  const column = indentation(source, head.start);
  return column !== undefined && start > head.start && indentation(source, start) === column;
}

/** The tree of an nginx file. Any text has one. `context` is where a fragment stands, when the operator said it. */
export function parseNginx(source: Source, context?: string): File {
  const parser = nginxParser(); // first of all, for it numbers the types of the tokens
  const repaired = repair(source, dialect);
  const { grown, oddities } = parser.parse(source, repaired.text, unglued(repaired, repaired.text));
  const mended = mend(grown, context);
  const { items } = mended.grown;
  const balanced = isSound(mended.grown)
    ? { items, oddities: [] }
    : balance(mended.grown, knowledgeOf({ items, context }));
  return {
    source,
    context,
    items: balanced.items,
    comments: repaired.comments.map(({ start, end }) => ({ source, start, end })),
    oddities: oneMarkEach([
      ...oneQuoteALine([...repaired.oddities, ...oddities]),
      ...mended.oddities,
      ...balanced.oddities,
    ]),
  };
}
