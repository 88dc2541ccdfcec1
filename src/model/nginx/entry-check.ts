/** What is wrong with the lines of a block of data: map, geo, split_clients, types, charset_map. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { type Directive, headSpan, wordSpan } from '../../../grammar/tree.ts';
import { distance } from '../suggest.ts';
import type { Version } from '../version.ts';
import type { ArgumentFault } from './arguments/checking.ts';
import { patternFault } from './arguments/patterns.ts';
import { hostKeys } from './host-key.ts';
import type { Statement } from './statement.ts';
import { networkFault, shown } from './values.ts';

/** Extensions of file names with their types, by the level whose `types` blocks make one table. */
export type Extensions = Map<Statement | undefined, Map<string, string>>;

/** The faults in the lines of a block; a directive without a description has none. */
export function* entryFaults(
  statement: Statement,
  lines: Iterable<Directive>,
  version: Version,
  tables: Extensions,
): Generator<ArgumentFault> {
  const { name, variant, parent } = statement;
  if (!variant || variant.thirdParty || variant.plus) return;
  const judge = judges.get(name);
  if (!judge) return;
  const extensions = tables.get(parent) ?? new Map<string, string>();
  if (name === 'types') tables.set(parent, extensions);
  const state: State = {
    statement,
    version,
    keys: new Map(),
    extensions,
    total: 0,
    ranges: false,
    hostnames: false,
    isTotal: false,
  };
  for (const entry of lines) {
    if ([entry.name, ...entry.args].some(({ text }) => isPlaceholder(text))) continue;
    if (entry.body) {
      yield {
        at: headSpan(entry),
        says: `${name} holds lines of data, and no block such as ${entry.name.text}`,
      };
      continue;
    }
    const fault = judge(entry, state);
    if (fault) yield fault;
  }
  if (name === 'map') yield* misspeltDefault(state);
}

/** `defualt 0`: a value that no variable has, in a map without a line for all others. */
function* misspeltDefault({ keys, isTotal }: State): Generator<ArgumentFault> {
  if (isTotal) return;
  for (const [key, entry] of keys) {
    if (key === 'defaults' || distance(key, 'default', 1) > 1) continue;
    yield {
      at: wordSpan(entry, entry.name),
      says: `${shown(entry.name.text)} is a value like any other here, and the map has no default`,
      meant: 'default',
      // `default$ pool`, `defaul t$pool`
      isDoubtful:
        (key.slice(0, -1) === 'default' && !key.endsWith('tt')) ||
        (key === 'defaul' && entry.args[0]?.text.startsWith('t') === true),
      severity: 'warning',
    };
  }
}

interface State {
  readonly statement: Statement;
  readonly version: Version;
  readonly keys: Map<string, Directive>;
  readonly extensions: Map<string, string>;
  total: number;
  ranges: boolean;
  hostnames: boolean;
  /** It has a line for all others, or includes what may have one. */
  isTotal: boolean;
}

type Judge = (entry: Directive, state: State) => ArgumentFault | undefined;

const judges: ReadonlyMap<string, Judge> = new Map([
  ['map', map],
  ['geo', geo],
  ['split_clients', split],
  ['types', types],
  ['charset_map', charsets],
]);

/** ngx_http_map(). */
function map(entry: Directive, state: State): ArgumentFault | undefined {
  const { keys } = state;
  const { name, args } = entry;
  const { text } = name;
  if (args.length === 0 && (text === 'hostnames' || text === 'volatile')) {
    if (text === 'hostnames') state.hostnames = true;
    return undefined;
  }
  if (args.length !== 1) return wrongCount(entry, 'map');
  state.isTotal ||= text === 'default' || text === 'include';
  if (text === 'include') return undefined;
  if (text.startsWith('~')) {
    const fault = patternFault(text.replace(/^~\*?/, ''), state);
    const says = `the pattern ${shown(text)} ${fault?.says}`;
    return fault && { at: wordSpan(entry, name), says, ...fault.extra };
  }
  // nginx lower-cases keys: ngx_hash_add_key(). A backslash makes a key of a word such as `default`.
  const key = text.toLowerCase().replace(/^\\/, '');
  const occupied = text === 'default' ? ['\\default'] : state.hostnames ? hostKeys(key) : [key];
  const at = wordSpan(entry, name);
  if (!occupied) return { at, says: `${shown(text)} is no host, *.host or host.*` };
  const isTwice = occupied.some((each) => keys.has(each));
  for (const each of occupied) keys.set(each, entry);
  return isTwice ? { at, says: `the key ${shown(text)} stands twice in this map` } : undefined;
}

/** ngx_http_geo(). */
function geo(entry: Directive, state: State): ArgumentFault | undefined {
  const { name, args } = entry;
  const { text } = name;
  if (args.length === 0 && text === 'ranges') {
    state.ranges = true;
    return undefined;
  }
  if (args.length === 0 && (text === 'proxy_recursive' || text === 'volatile')) return undefined;
  if (args.length !== 1) return wrongCount(entry, 'geo');
  if (text === 'include' || text === 'default') return undefined;
  const word = text === 'delete' || text === 'proxy' ? args[0]! : name;
  if (state.ranges) {
    const ends = word.text.split('-');
    const isRange =
      ends.length === 2 && ends.every((end) => networkFault(end) !== 'invalid' && !end.includes('/'));
    if (isRange && isUpwards(ends)) return undefined;
    return { at: wordSpan(entry, word), says: `${shown(word.text)} is no range of addresses` };
  }
  const network = word.text === '255.255.255.255' ? '255.255.255.255/32' : word.text;
  const fault = networkFault(network);
  if (fault === undefined) return undefined;
  const at = wordSpan(entry, word);
  if (fault === 'invalid') return { at, says: `${shown(word.text)} is no address or network` };
  return { at, ...fault, severity: 'warning' };
}

/** ngx_conf_split_clients(). */
function split(entry: Directive, state: State): ArgumentFault | undefined {
  const { name, args } = entry;
  if (args.length !== 1) return wrongCount(entry, 'split_clients');
  if (name.text === '*') return undefined;
  const at = wordSpan(entry, name);
  const [, share] = /^(\d+(?:\.\d{1,2})?)%$/.exec(name.text) ?? [];
  if (share === undefined || Number(share) === 0) {
    return { at, says: `${shown(name.text)} is no share such as 0.5% or 20%, nor *` };
  }
  state.total += Math.round(Number(share) * 100);
  if (state.total <= 10000) return undefined;
  return { at, says: `the shares of split_clients add up to ${state.total / 100}%` };
}

/** ngx_http_core_type(): the last type of an extension counts, and nginx warns of each change. */
function types(entry: Directive, { extensions }: State): ArgumentFault | undefined {
  const { name, args } = entry;
  if (name.text === 'include') return undefined;
  let first: ArgumentFault | undefined;
  for (const word of args) {
    const extension = word.text.toLowerCase();
    const other = extensions.get(extension);
    extensions.set(extension, name.text);
    if (other === undefined || first) continue;
    const isSame = other === name.text;
    first = {
      at: wordSpan(entry, word),
      says: isSame
        ? `the extension ${shown(word.text)} stands twice for ${shown(other)}`
        : `the extension ${shown(word.text)} is ${shown(other)} above, and this replaces it`,
      severity: 'warning',
    };
  }
  return first;
}

/** What ngx_utf8_decode() takes: ASCII is none of it. */
const beyondAscii = /^(?:(?:c[2-9a-f]|d[\da-f])[89ab][\da-f]|e[\da-f](?:[89ab][\da-f]){2})(?:[\da-f]{2})*$/i;

/** ngx_http_charset_map(): codes in hexadecimal digits; those of UTF-8 are of several bytes. */
function charsets(entry: Directive, { statement }: State): ArgumentFault | undefined {
  const { name, args } = entry;
  if (name.text === 'include') return undefined;
  const [value] = args;
  if (args.length !== 1 || !value) return wrongCount(entry, 'charset_map');
  const isUtf8 = statement.directive.args[1]?.text.toLowerCase() === 'utf-8';
  const isByte = /^[\da-f]{1,2}$/i;
  if (!isByte.test(name.text)) {
    return { at: wordSpan(entry, name), says: `${shown(name.text)} is no byte such as 80 or E2` };
  }
  if ((isUtf8 ? beyondAscii : isByte).test(value.text)) return undefined;
  const kind = isUtf8 ? 'character of UTF-8 such as E282AC' : 'byte such as 80 or E2';
  return { at: wordSpan(entry, value), says: `${shown(value.text)} is no ${kind}` };
}

const wrongCount = (entry: Directive, name: string): ArgumentFault => ({
  at: headSpan(entry),
  says: `a line of ${name} has two words, this one has ${entry.args.length + 1}`,
});

/** Whether a range of IPv4 addresses ends where it begins or above; of others it is not judged. */
function isUpwards(ends: readonly string[]): boolean {
  const [first, last] = ends.map((end) => end.split('.').reduce((sum, part) => sum * 256 + Number(part), 0));
  return !(last! < first!);
}
