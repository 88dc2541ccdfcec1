/** Which location answers a request (ngx_http_core_find_location()), and who can send one. */
import { accepts, automatonOf, shortest } from './automaton.ts';
import { charsOf, visible, without } from './charset.ts';
import { patternOf } from './pattern.ts';
import { type Location, locationOf, locationsIn, type Server } from './server.ts';
import { isLocal } from './sockets.ts';
import type { Statement } from './statement.ts';

interface Found {
  readonly location: Location;
  /** No regular expression further out is asked any more. */
  readonly isFinal: boolean;
}

/** The innermost location for a decoded path; undefined where none fits, `unknown` where a pattern cannot be judged. */
export function locationFor(block: Statement, path: string): Location | undefined | 'unknown' {
  const found = find(block, path);
  return found === 'unknown' ? found : found?.location;
}

function find(block: Statement, path: string): Found | undefined | 'unknown' {
  const locations = locationsIn(block).filter(({ path: { value } }) => value !== undefined);
  let best: Location | undefined;
  for (const each of locations) {
    const text = each.path.value!;
    if (each.modifier === '=' && text === path) return { location: each, isFinal: true };
    if (each.modifier !== '' && each.modifier !== '^~') continue;
    if (path.startsWith(text) && text.length > (best?.path.value ?? '').length) best = each;
    else if (path.startsWith(text) && !best) best = each;
  }
  let inside: Found | undefined;
  if (best) {
    const nested = find(best.statement, path);
    if (nested === 'unknown') return nested;
    inside = nested;
    if (inside?.isFinal) return inside;
  }
  const isBarred = best?.modifier === '^~';
  for (const each of isBarred ? [] : locations) {
    if (!each.modifier.startsWith('~')) continue;
    const matches = matchesPath(each, path);
    if (matches === undefined) return 'unknown';
    if (!matches) continue;
    const nested = find(each.statement, path);
    return nested === 'unknown' ? nested : { location: nested?.location ?? each, isFinal: true };
  }
  return inside ?? (best && { location: best, isFinal: false });
}

/** Whether the pattern of a location matches a path; undefined where nobody can tell. */
function matchesPath({ modifier, path }: Location, text: string): boolean | undefined {
  const pattern = patternOf(path.value ?? '', modifier === '~*');
  const automaton = pattern && automatonOf(pattern);
  return automaton && accepts(automaton, text);
}

/** Whether a client's own request can end here: not where only nginx sends one on. */
export function isReachable(location: Statement | undefined): boolean {
  for (let at = location; at?.name === 'location'; at = at.parent) {
    if (locationOf(at).modifier === '@' || at.body.some(({ name }) => name === 'internal')) return false;
  }
  return true;
}

/** Whether only this machine can reach a server. */
export const isLocalServer = ({ listens }: Server): boolean =>
  listens.length > 0 && listens.every(({ value }) => value.host !== undefined && isLocal(value.host));

/** What a path may hold that needs no encoding. */
const pathChars = without(visible, '?#%"<>\\^`{|}');

/** A path below a prefix that a pattern matches, and that the pattern's location answers; undefined where none is found. */
export function bypassOf(prefix: Location, pattern: Location, block: Statement): string | undefined {
  const text = prefix.path.value;
  const source = pattern.path.value;
  if (!text?.startsWith('/') || text.length > 200 || source === undefined) return undefined;
  const read = patternOf(source, pattern.modifier === '~*');
  const automaton = read && automatonOf(read);
  if (!automaton) return undefined;
  const edges = [
    ...[...text].map((character, at) => [{ chars: charsOf(character), to: at + 1 }]),
    [{ chars: pathChars, to: text.length }],
  ];
  const path = shortest(automaton, { edges, accept: new Set([text.length]) });
  if (path === undefined || path === 'unknown' || /\/\.{0,2}\//.test(path.slice(text.length - 1)))
    return undefined;
  const found = locationFor(block, path);
  return found !== 'unknown' && found?.statement === pattern.statement ? path : undefined;
}
