/** keepalived's configuration language: text to tree. */
import { balance } from '../balance.ts';
import { isSound } from '../grow.ts';
import { type Dialect, type Repaired, repair } from '../repair/index.ts';
import type { Source, Span } from '../text.ts';
import type { Comment, File, Oddity } from '../tree.ts';
import { conditionsOf } from './conditions.ts';
import { wrapLists } from './lists.ts';
import { knowledge, openBlocks, uselessBraces } from './mend.ts';
import { keepalivedParser } from './parser.ts';
import { type Environment, expand, withGluedBackslashes, withoutComment } from './preprocess.ts';
import { lex } from './tokens.ts';

export { type Condition, conditionsOf } from './conditions.ts';
export { maxMade } from './preprocess.ts';

/** What decides how a file reads besides its text. */
export interface KeepalivedOptions {
  /** The daemon's `--config-id`, for `@id` lines. */
  readonly configId?: string | undefined;
  /** The files that an include names, in the daemon's order; without it includes are left out. */
  readonly include?: (pattern: string, at: Span) => readonly Source[];
  /** Told once, where definitions and repetitions make more than a bound and the rest is left out. */
  readonly cut?: (at: Span) => void;
}

/** The tree of a keepalived file and all that it includes, as one: a block may begin in one file and end in another. */
export function parseKeepalived(source: Source, options: KeepalivedOptions = {}): File {
  keepalivedParser(); // first of all, for it numbers the types of the tokens
  const comments: Comment[] = [];
  const oddities: Oddity[] = [];
  const definitions: Environment['definitions'] = new Map();
  const read = (source: Source): Repaired => {
    const repaired = repair(source, dialectWith(definitions));
    for (const oddity of repaired.oddities) oddities.push(oddity);
    for (const { start, end } of repaired.comments) comments.push({ source, start, end });
    return repaired;
  };
  /** What each include gave, one after the other: the bounds on includes hold for both readings together. */
  const included = new Map<string, (readonly Source[])[]>();
  const include = (pattern: string, at: Span): readonly Source[] => {
    const found = options.include?.(pattern, at) ?? [];
    const before = included.get(keyOf(pattern, at));
    if (before) before.push(found);
    else included.set(keyOf(pattern, at), [found]);
    return found;
  };
  const again = (pattern: string, at: Span): readonly Source[] =>
    included.get(keyOf(pattern, at))?.shift() ?? [];
  const { configId, cut } = options;

  const parsed = parseLines(
    read(source),
    source,
    { configId, definitions, include, cut },
    (each) => read(each).text,
  );
  const mended = openBlocks(parsed.grown);
  const balanced = isSound(mended.grown)
    ? { items: mended.grown.items, oddities: [] }
    : balance(mended.grown, knowledge);
  const braces = [...mended.oddities, ...balanced.oddities, ...uselessBraces(balanced.items)];
  // A line that is astray because of a brace has its finding.
  const wrapped = braces.length > 0 ? { items: balanced.items, oddities: [] } : wrapLists(balanced.items);
  const items = { source, items: wrapped.items, comments };
  const all = [...oddities, ...parsed.oddities, ...braces, ...wrapped.oddities];
  if (all.length === 0) return { ...items, oddities: all };
  const text = withGluedBackslashes(source.text);
  const plain = { text, ...lex(text) };
  const environment = { configId, definitions: new Map(), include: again };
  const written =
    oddities.length === 0
      ? parsed
      : parseLines(plain, source, environment, ({ text }) => withGluedBackslashes(text));
  return { ...items, oddities: all, written: written.grown };
}

const keyOf = (pattern: string, { source, start }: Span): string => `${source.path} ${start} ${pattern}`;

/** Whether a text needs expanding at all: most files have no such line. */
const needsExpanding = (text: string): boolean =>
  // One character is looked for many times faster than a line, and what begins with one faster than what begins with `^`.
  ['$', '@', '~', 'include'].some((mark) => text.includes(mark)) &&
  (/^[ \t]*(?:[$@~]|include[rmwba]?[ \t])/.test(text) ||
    /\n[ \t]*(?:[$@~]|include[rmwba]?[ \t])/.test(text) ||
    /\$(?:\{|[A-Za-z_])/.test(text));

/** The lines of a text and of all it includes; `textOf` gives the text of an included file. */
function parseLines(
  { text, ...lexed }: Omit<Repaired, 'oddities'>,
  source: Source,
  environment: Omit<Environment, 'include'> & { include: (pattern: string, at: Span) => readonly Source[] },
  textOf: (source: Source) => string,
): ReturnType<ReturnType<typeof keepalivedParser>['parse']> {
  if (!needsExpanding(text)) {
    return keepalivedParser().parse(text, lexed, (start, end) => ({ source, start, end }));
  }
  const include: Environment['include'] = (pattern, at) =>
    environment.include(pattern, at).map((source) => ({ source, text: textOf(source) }));
  const expanded = expand({ source, text }, { ...environment, include });
  return keepalivedParser().parse(expanded.text, lex(expanded.text), expanded.locate);
}

/** The names that the lines of a text define, or repeat something with. */
function definedIn(text: string): ReadonlySet<string> {
  const set = new Set<string>();
  for (const [, name, repeated] of text.matchAll(
    /^[ \t]*(?:@\S+[ \t]+)?\$(\w+)=|~(?:SEQx?|LST)[ \t]*\(([^)\n]*)\)/gm,
  )) {
    for (const word of name === undefined ? (repeated!.match(/\w+/g) ?? []) : [name]) set.add(word);
  }
  return set;
}

const dialectWith = (definitions: Environment['definitions']): Dialect => ({
  lex,
  quotesSpanLines: false,
  semicolonComments: true,
  // What it is made of is read when a line needs it.
  codeOf: (line) => withoutComment(line),
  // `<block name>`, `{$VIP}`, `[backup_ip]`, and `$VIP` where no definition has that name; a password may begin with such signs.
  blanks:
    /(?<![^\s/,:])<(?=[\w-])[^<>\n"'{};#!=@]{0,60}>(?=[\s/,:]|$)|\{\$[A-Za-z][\w-]{0,60}\}|(?<!\S)(?<!auth_pass\s{1,9})(?:\$([A-Z][A-Z0-9_]+)\b|\[(?:[A-Za-z]\w*_\w+|\w+(?: ?\| ?\w+)+|V?IP)\](?=[\s/,]|$))/g,
  conditionsOf,
  definedIn: (text) => new Set([...definitions.keys(), ...definedIn(text)]),
  undefinedIn: (text) => {
    const set = definedIn(text);
    return (name) => !definitions.has(name) && !set.has(name);
  },
});
