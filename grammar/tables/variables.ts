import directiveText from './nginx.tsv?raw';
import { list, type Row, stated, table } from './table.ts';
import variableText from './variables.tsv?raw';

/** The two variable name spaces of nginx. */
export type VariableModule = 'http' | 'stream';

/** Where in a request its sender chooses a variable's text: the name itself, or nobody (`no`). */
export type Carrier =
  | 'uri'
  | 'query'
  | 'header'
  | 'cookie'
  | 'host'
  | 'user'
  | 'body'
  | 'sni'
  | 'certificate'
  | 'no';

/** A variable that exists without being defined in the configuration. */
export interface Variable {
  /** Lower case; of a family such as `arg_` the common beginning. */
  readonly name: string;
  /** Any name that begins with `name` exists. */
  readonly prefix: boolean;
  /** `set`, `map` and the like may define the name again; else nginx calls it a duplicate variable. */
  readonly settable: boolean;
  /** Module that defines it, when known. */
  readonly source: string | undefined;
  readonly since: string | undefined;
  readonly removed: string | undefined;
  /** Repositories of a module that is not part of nginx. */
  readonly packages: readonly string[];
  readonly thirdParty: boolean;
  readonly plus: boolean;
  /** Who chooses its text; undefined where that is not known, as of a backend's answer. */
  readonly carrier: Carrier | undefined;
  /** nginx decoded it: `%3C` is `<`. */
  readonly decoded: boolean;
  /** It may hold a line feed, a slash, and `..` as a step upwards. */
  readonly lineFeed: boolean;
  readonly slash: boolean;
  readonly dots: boolean;
  /** Its first character, where that is certain. */
  readonly first: string;
}

/** Where a directive names the variables it defines. */
export type Definer =
  /** As `$name` in that argument: 0 is the first, -1 the last before the block. */
  | { readonly at: 'argument'; readonly index: number }
  /** As `key$name` in an argument that begins with the key, such as `to=`. */
  | { readonly at: 'key'; readonly key: string }
  /** As `$name` at the start of lines in its block. */
  | { readonly at: 'block' }
  /** Nowhere: always these names. */
  | { readonly at: 'fixed'; readonly names: readonly string[] };

interface Names {
  readonly exact: ReadonlyMap<string, Row>;
  readonly prefixes: readonly (readonly [string, Row])[];
}

const byModule = table(variableText, 'module');
const byDefines = table(directiveText, 'defines');

const spaces = new Map<VariableModule, Names>();
const decoded = new Map<Row, Variable>();
const definersOf = new Map<VariableModule, ReadonlyMap<string, Definer>>();

/** The built-in variable of that name (without `$`, any case), or the family it belongs to, from variables.tsv. */
export const builtinVariable = (module: VariableModule, name: string): Variable | undefined => {
  // nginx lower-cases names before it looks them up: ngx_http_add_variable(), ngx_http_get_variable_index().
  const wanted = name.toLowerCase();
  const { exact, prefixes } = namesOf(module);
  const row = exact.get(wanted) ?? longest(prefixes, wanted);
  if (!row) return undefined;
  const variable = decoded.get(row) ?? decodeVariable(row);
  decoded.set(row, variable);
  return variable;
};

/** Names of the built-in variables that still exist, for suggestions; families left out. */
export const variableNames = (module: VariableModule): readonly string[] =>
  [...namesOf(module).exact].filter(([, row]) => row('removed') === '').map(([name]) => name);

/** Directives that define variables and where the names stand, from the `defines` column of nginx.tsv. */
export const definers = (module: VariableModule): ReadonlyMap<string, Definer> => {
  const known = definersOf.get(module);
  if (known) return known;
  const found = new Map(
    byDefines
      .keys()
      .flatMap((key) => byDefines.rows(key).map((row) => [key, row] as const))
      .filter(([, row]) => row('contexts').startsWith('stream') === (module === 'stream'))
      .map(([key, row]) => [row('name'), decodeDefiner(key)] as const),
  );
  definersOf.set(module, found);
  return found;
};

const namesOf = (module: VariableModule): Names => {
  const known = spaces.get(module);
  if (known) return known;
  const exact = new Map<string, Row>();
  const prefixes: [string, Row][] = [];
  for (const row of byModule.rows(module)) {
    const name = row('name');
    if (name.endsWith('*')) prefixes.push([name.slice(0, -1), row]);
    else exact.set(name, row);
  }
  const names = { exact, prefixes };
  spaces.set(module, names);
  return names;
};

const longest = (prefixes: Names['prefixes'], name: string): Row | undefined =>
  prefixes
    .filter(([prefix]) => name.startsWith(prefix))
    .reduce<readonly [string, Row] | undefined>(
      (best, next) => (best && best[0].length >= next[0].length ? best : next),
      undefined,
    )?.[1];

const decodeVariable = (row: Row): Variable => {
  const name = row('name');
  const prefix = name.endsWith('*');
  const flags = list(row('flags'));
  const packages = list(row('package'));
  return {
    name: prefix ? name.slice(0, -1) : name,
    prefix,
    // A family holds no names of its own, so that `set $arg_x` makes a new variable.
    settable: prefix || flags.includes('settable'),
    source: stated(row('source')),
    since: stated(row('since')),
    removed: stated(row('removed')),
    packages,
    thirdParty: packages.length > 0,
    plus: flags.includes('plus'),
    carrier: stated(row('client') as Carrier | ''),
    decoded: row('decoded') === 'yes',
    lineFeed: row('lf') === 'yes',
    slash: row('slash') === 'yes',
    dots: row('dots') === 'yes',
    first: row('first'),
  };
};

const decodeDefiner = (cell: string): Definer => {
  if (cell === 'block') return { at: 'block' };
  if (cell.endsWith('=')) return { at: 'key', key: cell };
  if (cell.startsWith('$')) return { at: 'fixed', names: cell.split(' ').map((name) => name.slice(1)) };
  return { at: 'argument', index: Number(cell) };
};
