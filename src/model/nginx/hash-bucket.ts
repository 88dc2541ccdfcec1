/** Keys that do not fit into a bucket of the hash that nginx makes of them (ngx_hash_init()). */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { type Word, wordSpan } from '../../../grammar/tree.ts';
import type { Located } from '../located.ts';
import type { NginxModel } from './index.ts';
import { nameKeys, socketsOf } from './sockets.ts';
import { type Module, moduleOf, type Statement } from './statement.ts';

/** A hash with a key that is too long for it. */
export interface TightHash {
  /** The directive that sets its size. */
  readonly directive:
    | 'server_names_hash_bucket_size'
    | 'map_hash_bucket_size'
    | 'variables_hash_bucket_size'
    | 'referer_hash_bucket_size';
  /** The longest key, and its bytes. */
  readonly key: Located<number>;
  /** How many others are too long. */
  readonly others: number;
  /** The statement with the size; without it nginx takes that of a cache line. */
  readonly setting: Statement | undefined;
  /** The bytes that the longest key may have where a cache line has 64 of them. */
  readonly holds: number;
  /** A size that is enough. */
  readonly enough: number;
  /** Too long on every machine; else on those whose cache lines have 64 bytes or less, which are nearly all. */
  readonly always: boolean;
  /** The statement before which a size would count: the first map, or the server with the name. */
  readonly before: Statement | undefined;
}

type Model = Pick<NginxModel, 'named' | 'servers' | 'entries' | 'templates'>;

const aligned = (size: number, to: number): number => Math.ceil(size / to) * to;

/** NGX_HASH_ELT_SIZE() and the pointer that ends a bucket; `word` is the size of a pointer. */
const needed = (length: number, word: number): number => word + aligned(length + 2, word) + word;

/** What nginx makes of a stated size: a multiple of the cache line. */
const bucket = (size: number | undefined, line: number): number => aligned(size ?? line, line);

/** The first map, as long as nothing hides which that is. */
function firstMap(
  maps: readonly Statement[],
  { parent, directive: { source } }: Statement,
): Statement | undefined {
  return maps.every((map) => map.parent === parent && map.directive.source === source) ? maps[0] : undefined;
}

interface Key {
  readonly at: Located<number>;
  readonly statement: Statement;
}

/** Every hash with a key too long for it, which nginx refuses to build. */
export function* tightHashes(model: Model): Generator<TightHash> {
  const { named } = model;
  const settingIn = (directive: TightHash['directive'], module: Module): Statement | undefined =>
    named(directive).find(({ context }) => moduleOf(context) === module);
  const names = 'server_names_hash_bucket_size';
  yield* tight(model, names, settingIn(names, 'http'), serverKeys(model));
  for (const module of ['http', 'stream'] as const) {
    const maps = 'map_hash_bucket_size';
    yield* tight(model, maps, settingIn(maps, module), mapKeys(model, module));
    const variables = 'variables_hash_bucket_size';
    yield* tight(model, variables, settingIn(variables, module), variableKeys(model, module));
  }
  for (const level of new Set(named('valid_referers').map(({ parent }) => parent))) {
    const referers = 'referer_hash_bucket_size';
    yield* tight(model, referers, settingAbove(level, referers), refererKeys(model, level));
  }
}

/** The setting of a level, or of the nearest one around it. */
function settingAbove(level: Statement | undefined, directive: string): Statement | undefined {
  const own = level?.body.find(({ name }) => name === directive);
  return own ?? (level && settingAbove(level.parent, directive));
}

function* tight(
  { named }: Model,
  directive: TightHash['directive'],
  setting: Statement | undefined,
  keys: Iterable<Key>,
): Generator<TightHash> {
  const word = setting?.directive.args[0]?.text;
  const size = word === undefined ? undefined : Number(word);
  if (size !== undefined && !(Number.isInteger(size) && size > 0)) return;
  const holds = bucket(size, 64) - needed(0, 8) + 6;
  let longest: Key | undefined;
  let count = 0;
  for (const key of keys) {
    if (key.at.value <= holds) continue;
    count++;
    if (!longest || key.at.value > longest.at.value) longest = key;
  }
  if (!longest) return;
  const length = longest.at.value;
  yield {
    directive,
    key: longest.at,
    others: count - 1,
    setting,
    holds,
    enough: 2 ** Math.ceil(Math.log2(needed(length, 8))),
    always: needed(length, 4) > bucket(size, 128),
    before:
      directive === 'map_hash_bucket_size'
        ? firstMap(named('map'), longest.statement)
        : directive === 'variables_hash_bucket_size' && longest.statement.parent?.parent
          ? undefined
          : longest.statement,
  };
}

/** A wildcard is hashed label by label (ngx_hash_wildcard_init()), all else as a whole. */
const longestPart = (key: string): number =>
  key.includes('*') ? Math.max(...key.split('.').map(bytesIn)) : bytesIn(key);

const bytesIn = (text: string): number =>
  /[\u0080-\uffff]/.test(text) ? new TextEncoder().encode(text).length : text.length;

/** The names of servers that share a socket: of one server alone nginx makes no hash (ngx_http_optimize_servers()). */
function* serverKeys({ servers, templates }: Model): Generator<Key> {
  const shared = new Set(
    socketsOf(servers)
      .filter(({ module, bound }) => module === 'http' && new Set(bound.map(({ server }) => server)).size > 1)
      .flatMap(({ bound }) => bound.map(({ server }) => server)),
  );
  for (const { statement, names } of shared) {
    for (const { value, at } of names) {
      if (templates.has(at.source)) continue;
      // `.example.org` is hashed as a wildcard only.
      const keys = nameKeys(value).filter((key) => !value.startsWith('.') || key.startsWith('*'));
      for (const key of keys) yield { at: { at, value: longestPart(key) }, statement };
    }
  }
}

const special: ReadonlySet<string> = new Set(['default', 'hostnames', 'include', 'volatile']);

/** The keys of all maps of a module that are texts (ngx_http_map()). */
function* mapKeys({ named, entries, templates }: Model, module: Module): Generator<Key> {
  for (const statement of named('map')) {
    if (moduleOf(statement.context) !== module || templates.has(statement.directive.source)) continue;
    let hasHostnames = false;
    for (const entry of entries(statement)) {
      const { name, args }: { name: Word; args: readonly Word[] } = entry;
      if (name.text === 'hostnames' && args.length === 0) hasHostnames = true;
      if (special.has(name.text) || name.text.startsWith('~') || isPlaceholder(name.text)) continue;
      const key = name.text.startsWith('\\') ? name.text.slice(1) : name.text;
      const isWildcard = hasHostnames && /^\*?\.|\.\*$/.test(key);
      const value = longestPart(isWildcard ? `*${key}` : key.replaceAll('*', '-'));
      yield { at: { at: wordSpan(entry, name), value }, statement };
    }
  }
}

/** The hosts of a level's `valid_referers` that are texts (ngx_http_referer_merge_conf()). */
function* refererKeys({ named, templates }: Model, level: Statement | undefined): Generator<Key> {
  for (const statement of named('valid_referers')) {
    const { directive } = statement;
    if (statement.parent !== level || templates.has(directive.source)) continue;
    for (const word of directive.args) {
      if (/^(?:none|blocked|server_names)$|^~|\$/.test(word.text)) continue;
      const value = longestPart(word.text.split('/', 1)[0]!.replace(/^\./, '*.'));
      yield { at: { at: wordSpan(directive, word), value }, statement };
    }
  }
}

/** Directives that make a variable, and the argument that names it. */
const naming: Readonly<Record<string, number>> = {
  map: 1,
  geo: -1,
  split_clients: 1,
  set: 0,
  auth_request_set: 0,
};

/** The variables of a module that the file makes (ngx_http_variables_init_vars()). */
function* variableKeys({ named, templates }: Model, module: Module): Generator<Key> {
  for (const [name, index] of Object.entries(naming)) {
    for (const statement of named(name)) {
      const { directive } = statement;
      const word = directive.args.at(index);
      if (!word || moduleOf(statement.context) !== module || templates.has(directive.source)) continue;
      const [, variable] = /^\$(\w+)$/.exec(word.text) ?? [];
      if (variable !== undefined)
        yield { at: { at: wordSpan(directive, word), value: bytesIn(variable) }, statement };
    }
  }
}
