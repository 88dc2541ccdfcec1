import text from './nginx.tsv?raw';
import { list, type Row, type Shape, shape, stated, table } from './table.ts';

/** How the body is read: no body, directives, data lines such as those of `map`, or raw Lua. */
export type Body = 'leaf' | 'directives' | 'entries' | 'lua';

/** What nginx does when the directive stands twice on one level; SOURCES.md explains the words. */
export type Duplicate = 'rejected' | 'once' | 'accepted' | 'warned' | 'per-name' | 'unknown';

/** How a level that lacks the directive gets it from the level above; absent when it is a plain single value. */
export type Inherit = 'array' | 'array-shared' | 'bitmask' | 'never' | 'never-but-if' | 'own-level';

/** What must be unique among the directives of that name. */
export type Unique =
  | 'name'
  | 'name-any-case'
  | 'zone'
  | 'path+zone'
  | 'modifier+uri'
  | 'address'
  | 'address-before-1.25.5'
  | 'address-in-server';

/** A remark of nginx.tsv for which no column exists; SOURCES.md explains the words. */
export type DirectiveFlag =
  | 'after-balancer'
  | 'approx'
  | 'debian12'
  | 'in1221'
  | 'no-effect'
  | 'official'
  | 'os-bsd'
  | 'os-solaris'
  | 'os-windows'
  | 'plus'
  | 'plus-since-1.5.7'
  | 'plus-since-1.7.10'
  | 'plus-since-1.7.11'
  | 'vars';

/** One parameter: `<name:type>` by position, `name` alone, `name=type`, or `name:type`. */
export interface Param extends Shape {
  readonly form: 'positional' | 'literal' | 'key' | 'prefix';
  readonly name: string;
  readonly optional: boolean;
  readonly variadic: boolean;
  /** Facts in braces: `since` → `1.9.1`, `plus` → ''; SOURCES.md lists them. */
  readonly facts: ReadonlyMap<string, string>;
}

/** The lines of an `entries` body: words per line, and first words with a meaning of their own. */
export interface Entries {
  readonly min: number;
  readonly max: number;
  readonly special: readonly string[];
}

/** A default and the last version that had it; the newest one has no `until`. */
export interface Default {
  readonly value: string;
  readonly until: string | undefined;
}

/** One directive as one module reads it in the contexts listed. */
export interface Variant {
  readonly name: string;
  readonly contexts: readonly string[];
  readonly body: Body;
  /** Context of the body: one, or one for each of `contexts`; empty unless `body` is `directives`. */
  readonly opens: readonly string[];
  /** Fewest and most arguments; `max` may be Infinity. */
  readonly min: number;
  readonly max: number;
  /** The only counts allowed, where not every count from min to max is. */
  readonly counts: readonly number[] | undefined;
  /** Type of the value (SOURCES.md), `custom` for a parser of its own, '' for a block. */
  readonly type: string;
  /** Words of an `enum` or `bitmask`, any case. */
  readonly values: readonly string[] | undefined;
  /** Inclusive bounds of a numeric value. */
  readonly range: readonly [min: number, max: number] | undefined;
  readonly params: readonly Param[];
  readonly entries: Entries | undefined;
  readonly defaults: readonly Default[];
  readonly inherit: Inherit | undefined;
  readonly duplicate: Duplicate;
  readonly unique: Unique | undefined;
  /** First version: of nginx, or of the package when there is one. */
  readonly since: string | undefined;
  /** Version that began to warn, `yes` when unknown, `soft` when only better avoided. */
  readonly deprecated: string | undefined;
  /** First nginx version without it, `gone` for a package that dropped it. */
  readonly removed: string | undefined;
  /** Replacements, each a directive and perhaps its first words, joined with commas. */
  readonly replacedBy: string | undefined;
  readonly module: string;
  /** Repositories of a module that is not part of nginx. */
  readonly packages: readonly string[];
  readonly thirdParty: boolean;
  readonly plus: boolean;
  readonly flags: ReadonlySet<DirectiveFlag>;
}

const byName = table(text, 'name');
const byContext = table(text, 'contexts');
const decoded = new Map<string, readonly Variant[]>();

/** All variants of a directive from nginx.tsv, http first; none when nobody knows the name. */
export const variants = (name: string): readonly Variant[] => {
  const known = decoded.get(name);
  if (known) return known;
  const found = byName.rows(name).map(decodeVariant);
  if (found.length > 0) decoded.set(name, found);
  return found;
};

/** Whether there is a directive of that name. */
export const isDirective = (name: string): boolean => byName.has(name);

/** Every directive name, sorted, third-party ones included. */
export const directiveNames = (): readonly string[] => byName.keys();

/** Names allowed in a context, those among them that are allowed everywhere; none in one that is unknown. */
export function directivesIn(context: string): readonly string[] {
  const own = byContext.rows(context);
  return own.length === 0 ? [] : [...own, ...byContext.rows('any')].map((row) => row('name'));
}

/** The variant that is allowed in the context, if any. */
export function variantIn(context: string, name: string): Variant | undefined {
  const all = variants(name);
  if (all.length === 0) return undefined;
  let known = allowed.get(context);
  if (!known) {
    known = new Map();
    allowed.set(context, known);
  }
  let found = known.get(name);
  if (found === undefined) {
    found = all.find(({ contexts }) => contexts.includes(context) || contexts.includes('any')) ?? null;
    known.set(name, found);
  }
  return found ?? undefined;
}

/** What variantIn() found, by context and name: of both there are few. */
const allowed = new Map<string, Map<string, Variant | null>>();

/** Context of the variant's body when it stands in `context`, or '' when its body holds no directives. */
export const bodyContext = ({ contexts, opens }: Variant, context: string): string =>
  opens[contexts.indexOf(context)] ?? opens[0] ?? '';

/** The context inside these blocks, outermost first: `server` of http and server; undefined where one cannot stand there. */
export const contextWithin = (blocks: readonly string[]): string | undefined => {
  let context = 'main';
  for (const block of blocks) {
    const variant = variantIn(context, block);
    if (variant?.body !== 'directives') return undefined;
    context = bodyContext(variant, context);
  }
  return context;
};

const decodeVariant = (row: Row): Variant => {
  const slot = shape(row('type'));
  const flags = new Set(list(row('flags')) as readonly DirectiveFlag[]);
  const packages = list(row('package'));
  const entries = row('entries');
  const { min, max, counts } = decodeCounts(row('args'));
  return {
    name: row('name'),
    contexts: list(row('contexts')),
    body: (row('body') || 'leaf') as Body,
    opens: list(row('opens')),
    min,
    max,
    counts,
    type: slot.type,
    values: slot.values,
    range: slot.min === undefined ? undefined : [slot.min, slot.max ?? Infinity],
    params: decodeParams(row('params')),
    entries: entries ? decodeEntries(entries) : undefined,
    defaults: decodeDefaults(row('default')),
    inherit: stated(row('inherit') as Inherit | ''),
    duplicate: (row('duplicate') || 'unknown') as Duplicate,
    unique: stated(row('unique') as Unique | ''),
    since: stated(row('since')),
    deprecated: stated(row('deprecated')),
    removed: stated(row('removed')),
    replacedBy: stated(row('replaced-by')),
    module: row('module'),
    packages,
    thirdParty: packages.length > 0,
    plus: flags.has('plus'),
    flags,
  };
};

const decodeCounts = (cell: string): Pick<Variant, 'min' | 'max' | 'counts'> => {
  const counts = list(cell).map(Number);
  if (counts.length > 1) return { min: Math.min(...counts), max: Math.max(...counts), counts };
  const [min = '', max] = cell.split('..');
  return {
    min: Number(min),
    max: max === undefined ? Number(min) : max === '' ? Infinity : Number(max),
    counts: undefined,
  };
};

const decodeEntries = (cell: string): Entries => {
  const { type, values = [] } = shape(cell);
  const { min, max } = decodeCounts(type);
  return { min, max, special: values };
};

const decodeDefaults = (cell: string): readonly Default[] =>
  cell === ''
    ? []
    : cell.split('; ').map((part) => {
        const [value = '', until = ''] = part.split(' until ');
        return { value, until: stated(until) };
      });

const decodeParams = (cell: string): readonly Param[] =>
  cell === '' ? [] : cell.split(' ').map(decodeParam);

const paramNotation = /^(?:<([^:>]+):([^>]+)>([*?]*)|([^=:{]+)(?:([=:])([^{]*))?)(?:\{(.*)\})?$/;

const decodeParam = (word: string): Param => {
  const [, place, placeType, marks = '', name, sign, type, facts = ''] = paramNotation.exec(word) ?? [];
  const form =
    place !== undefined ? 'positional' : sign === '=' ? 'key' : sign === ':' ? 'prefix' : 'literal';
  const slot = placeType ?? type ?? 'literal';
  return {
    form,
    name: place ?? name ?? word,
    // `int(0..9)|url` is a choice of types and stays as it is written.
    ...(/\)\|/.test(slot) ? { type: slot } : shape(slot)),
    optional: marks.includes('?'),
    variadic: marks.includes('*'),
    facts: new Map(list(facts).map((fact) => pairOf(fact))),
  };
};

const pairOf = (fact: string): readonly [string, string] => {
  const at = fact.indexOf('=');
  return at < 0 ? [fact, ''] : [fact.slice(0, at), fact.slice(at + 1)];
};
