import keywordText from './keepalived.tsv?raw';
import itemText from './keepalived-items.tsv?raw';
import { list, type Row, type Shape, shape, stated, table } from './table.ts';

/** One word after a keyword; for a numeric type `values` are words taken instead of a number. */
export interface Arg extends Shape {
  readonly name?: string | undefined;
  readonly optional: boolean;
  readonly variadic: boolean;
}

/** What keepalived does when a keyword stands twice in one block; SOURCES.md explains the words. */
export type Repeat =
  | 'last-wins'
  | 'last-wins-error'
  | 'first-wins-error'
  | 'master-wins-error'
  | 'accumulate'
  | 'idempotent'
  | 'merged'
  | 'second-skipped'
  | 'same-name-skipped'
  | 'same-name-error'
  | 'same-name-unchecked';

/** How the value relates between nodes that serve the same virtual router. */
export type Pair = 'must-equal' | 'should-equal' | 'must-differ' | 'should-differ' | 'local';

/** What keepalived 2.2.7 does when the first required word is absent; `abort` ends the whole parse (exit 2). */
export type Missing = 'abort' | 'error' | 'ignored';

/** A remark of keepalived.tsv for which no column exists; SOURCES.md explains the words. */
export type KeywordFlag =
  | 'any-case'
  | 'any-order'
  | 'leading-number'
  | 'not227'
  | 'off-is-on'
  | 'one-word'
  | 'raw'
  | 'replaced-error'
  | 'required'
  | 'whole-before-2.3.2';

/** What keepalived knows of one keyword in one context. */
export interface Keyword {
  readonly context: string;
  readonly name: string;
  readonly args: readonly Arg[];
  /** Context of the block the keyword opens. */
  readonly opens: string | undefined;
  /** Kind of the lines in the block the keyword opens, see itemKind(). */
  readonly items: string | undefined;
  readonly repeat: Repeat;
  readonly default: string | undefined;
  /** First release with the keyword, absent when 1.2.24 had it, `unreleased` when none has. */
  readonly since: string | undefined;
  /** The newer keyword, as `name` or, in another context, `context/name`. */
  readonly replacedBy: string | undefined;
  readonly aliasOf: string | undefined;
  readonly pair: Pair | undefined;
  readonly missing: Missing | undefined;
  /** Build options it needs, joined with `+`. */
  readonly build: string | undefined;
  /** Split again by the quoting rules of scripts. */
  readonly raw: boolean;
  /** The block is refused, dropped or without use unless the keyword is given. */
  readonly required: boolean;
  readonly flags: ReadonlySet<KeywordFlag>;
}

/** An option word on a line of a list block, with the words that belong to it. */
export interface ItemOption {
  readonly word: string;
  readonly args: readonly Arg[];
  readonly default: string | undefined;
  readonly aliasOf: string | undefined;
  /** `v4`/`v6`: one family only; `leads`: stands before the first word; `rest`: owns the rest of the line. */
  readonly flags: ReadonlySet<'v4' | 'v6' | 'old' | 'leads' | 'rest' | 'action'>;
}

/** Grammar of the lines in a list block such as `virtual_ipaddress { … }`. */
export interface ItemKind {
  readonly kind: string;
  /** The words that start a line; empty when option words alone make it. */
  readonly first: readonly Arg[];
  /** One line may hold many items (and then has no options). */
  readonly many: boolean;
  /** What an item names must stand earlier in the file. */
  readonly earlier: boolean;
  readonly options: ReadonlyMap<string, ItemOption>;
}

const byName = table(keywordText, 'keyword');
const byContext = table(keywordText, 'context');
const byKind = table(itemText, 'kind');

/** By context and name. */
const keywords = new Map<string, Map<string, Keyword>>();
const names = new Map<string, readonly string[]>();
const kinds = new Map<string, ItemKind>();

/** The keyword as known in that context (`root` is the file itself), from keepalived.tsv. */
export const keyword = (context: string, name: string): Keyword | undefined => {
  let inContext = keywords.get(context);
  const known = inContext?.get(name);
  if (known) return known;
  const row = byName.rows(name).find((candidate) => list(candidate('context')).includes(context));
  if (!row) return undefined;
  const decoded = decodeKeyword(row, context);
  if (!inContext) {
    inContext = new Map();
    keywords.set(context, inContext);
  }
  inContext.set(name, decoded);
  return decoded;
};

/** Names of all keywords of a context, sorted; empty for an unknown context. */
export const keywordsIn = (context: string): readonly string[] => {
  const known = names.get(context);
  if (known) return known;
  const found = byContext.rows(context).map((row) => row('keyword'));
  if (found.length > 0) names.set(context, found.sort());
  return found;
};

const requiredNames = new Map<string, readonly string[]>();

/** Names of the keywords that a block of the context cannot do without, sorted. */
export const requiredIn = (context: string): readonly string[] => {
  const known = requiredNames.get(context);
  if (known) return known;
  const rows = byContext.rows(context).filter((row) => list(row('flags')).includes('required'));
  const found = rows.map((row) => row('keyword')).sort();
  requiredNames.set(context, found);
  return found;
};

/** Contexts in which the keyword is known, to say where a misplaced one belongs. */
export const contextsOf = (name: string): readonly string[] =>
  byName.rows(name).flatMap((row) => list(row('context')));

/** Names of all contexts that have keywords, `root` included. */
export const keywordContexts = (): readonly string[] => byContext.keys();

/** Grammar of the lines in a list block, from keepalived-items.tsv. */
export const itemKind = (kind: string): ItemKind | undefined => {
  const known = kinds.get(kind);
  if (known) return known;
  const rows = byKind.rows(kind);
  const first = rows.find((row) => row('word') === '(first)');
  if (!first) return undefined;
  const flags = list(first('flags'));
  const decoded: ItemKind = {
    kind,
    first: decodeArgs(first('args')),
    many: flags.includes('many'),
    earlier: flags.includes('earlier'),
    options: new Map(rows.filter((row) => row !== first).map((row) => [row('word'), decodeOption(row)])),
  };
  kinds.set(kind, decoded);
  return decoded;
};

const decodeKeyword = (row: Row, context: string): Keyword => {
  const opens = row('opens');
  const isList = opens.startsWith('list:');
  const flags = new Set(list(row('flags')) as readonly KeywordFlag[]);
  return {
    context,
    name: row('keyword'),
    args: decodeArgs(row('args')),
    // `.url` is relative, so that one row can serve HTTP_GET and SSL_GET.
    opens: isList ? undefined : stated(opens.startsWith('.') ? context + opens : opens),
    items: isList ? opens.slice('list:'.length) : undefined,
    repeat: row('repeat') as Repeat,
    default: stated(row('default')),
    since: stated(row('since')),
    replacedBy: stated(row('replaced-by')),
    aliasOf: stated(row('alias-of')),
    pair: stated(row('pair') as Pair | ''),
    missing: stated(row('missing') as Missing | ''),
    build: stated(row('build')),
    raw: flags.has('raw'),
    required: flags.has('required'),
    flags,
  };
};

const decodeOption = (row: Row): ItemOption => ({
  word: row('word'),
  args: decodeArgs(row('args')),
  default: stated(row('default')),
  aliasOf: stated(row('alias-of')),
  flags: new Set(list(row('flags'))) as ItemOption['flags'],
});

const booleans: readonly string[] = ['true', 'on', 'yes', 'false', 'off', 'no'];

const decodeArgs = (cell: string): readonly Arg[] => (cell === '' ? [] : cell.split(' ').map(decodeArg));

/** `name:type(values)` with `?` where it may be left out and `*` where more of its kind may follow. */
const decodeArg = (text: string): Arg => {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '?' || text[end - 1] === '*')) end--;
  const colon = text.indexOf(':');
  const open = text.indexOf('(');
  const named = colon > 0 && (open < 0 || colon < open);
  const shaped = shape(text.slice(named ? colon + 1 : 0, end));
  return {
    ...shaped,
    values: shaped.type === 'bool' ? booleans : shaped.values,
    name: named ? text.slice(0, colon) : undefined,
    optional: text.includes('?', end),
    variadic: text.includes('*', end),
  };
};
