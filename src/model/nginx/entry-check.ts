/** What is wrong with the lines of a block of data: map, geo, split_clients, types. */
import { isPlaceholder } from '../../../grammar/repair.ts';
import { type Directive, headSpan, wordSpan } from '../../../grammar/tree.ts';
import type { ArgumentFault } from './argument-check.ts';
import type { Statement } from './statement.ts';
import { networkFault, networkOf, regexFault, shown } from './values.ts';

/** The faults in the lines of a block; a directive without a description has none. */
export function* entryFaults(
  { name, variant }: Statement,
  lines: Iterable<Directive>,
): Generator<ArgumentFault> {
  if (!variant || variant.thirdParty || variant.plus) return;
  const judge = judges.get(name);
  if (!judge) return;
  const state: State = { keys: new Map(), total: 0, ranges: false };
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
}

interface State {
  readonly keys: Map<string, Directive>;
  total: number;
  ranges: boolean;
}

type Judge = (entry: Directive, state: State) => ArgumentFault | undefined;

const judges: ReadonlyMap<string, Judge> = new Map([
  ['map', map],
  ['geo', geo],
  ['split_clients', split],
]);

/** ngx_http_map(). */
function map(entry: Directive, { keys }: State): ArgumentFault | undefined {
  const { name, args } = entry;
  const { text } = name;
  if (args.length === 0 && (text === 'hostnames' || text === 'volatile')) return undefined;
  if (args.length !== 1) return wrongCount(entry, 'map');
  if (text === 'include') return undefined;
  if (text.startsWith('~')) {
    const fault = text === '~' ? 'is empty' : regexFault(text.replace(/^~\*?/, ''));
    return fault ? { at: wordSpan(entry, name), says: `the pattern ${shown(text)} ${fault}` } : undefined;
  }
  // nginx lower-cases keys: ngx_hash_add_key().
  const key = text.toLowerCase();
  if (keys.has(key))
    return { at: wordSpan(entry, name), says: `the key ${shown(text)} stands twice in this map` };
  keys.set(key, entry);
  return undefined;
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
      ends.length === 2 && ends.every((end) => networkFault(end) === undefined && !end.includes('/'));
    if (isRange && isUpwards(ends)) return undefined;
    return { at: wordSpan(entry, word), says: `${shown(word.text)} is no range of addresses` };
  }
  const network = word.text === '255.255.255.255' ? '255.255.255.255/32' : word.text;
  const fault = networkFault(network);
  if (fault === undefined) return undefined;
  const at = wordSpan(entry, word);
  if (fault === 'invalid') return { at, says: `${shown(word.text)} is no address or network` };
  const meant = networkOf(network);
  return {
    at,
    says: `${word.text} means ${meant}: bits beyond the prefix do not count`,
    meant,
    harmless: true,
  };
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

const wrongCount = (entry: Directive, name: string): ArgumentFault => ({
  at: headSpan(entry),
  says: `a line of ${name} has two words, this one has ${entry.args.length + 1}`,
});

/** Whether a range of IPv4 addresses ends where it begins or above; of others it is not judged. */
function isUpwards(ends: readonly string[]): boolean {
  const [first, last] = ends.map((end) => end.split('.').reduce((sum, part) => sum * 256 + Number(part), 0));
  return !(last! < first!);
}
