/** Which location answers a request (ngx_http_core_find_location()), and who can send one. */
import { once } from '../../../grammar/remembered.ts';
import type { Span } from '../../../grammar/text.ts';
import { headSpan } from '../../../grammar/tree.ts';
import {
  accessList,
  authOf,
  clientFamily,
  hasUnreadInclude,
  isGuarded,
  lastWord,
  networkIn,
  ownAccessList,
} from './access.ts';
import { servesFiles } from './alias.ts';
import { accepts, automatonOf, shortest } from './automaton.ts';
import { charsOf, visible, without } from './charset.ts';
import { isRedirect } from './flow/index.ts';
import { type Pass, passNames } from './pass.ts';
import { patternOf } from './pattern.ts';
import {
  enclosingLocation,
  enclosingServer,
  type Location,
  locationOf,
  locationsIn,
  type Server,
} from './server.ts';
import { isLocal } from './sockets.ts';
import { around, type Statement } from './statement.ts';

type Files = Parameters<typeof hasUnreadInclude>[1];

interface Found {
  readonly location: Location;
  /** No regular expression further out is asked any more. */
  readonly isFinal: boolean;
}

/**
 * The innermost location for a decoded path; undefined where none fits, `unknown` where a pattern cannot be judged, and, of
 * `levels` with their files, where an include that is not at hand may have another one.
 */
export function locationFor(
  block: Statement,
  path: string,
  levels?: Files,
): Location | undefined | 'unknown' {
  const found = find(block, path, levels);
  return found === 'unknown' ? found : found?.location;
}

/** The locations of a level as they are looked for. */
interface Places {
  readonly exact: ReadonlyMap<string, Location>;
  readonly prefixes: ReadonlyMap<string, Location>;
  /** The lengths of the prefixes, the longest first. */
  readonly lengths: readonly number[];
  readonly patterns: readonly Location[];
}

const placesIn = once((block: Statement): Places => {
  const exact = new Map<string, Location>();
  const prefixes = new Map<string, Location>();
  const patterns: Location[] = [];
  for (const each of locationsIn(block)) {
    const { modifier, path } = each;
    if (path.value === undefined || modifier === '@') continue;
    const places = modifier === '=' ? exact : prefixes;
    if (modifier.startsWith('~')) patterns.push(each);
    else if (!places.has(path.value)) places.set(path.value, each);
  }
  const lengths = [...new Set([...prefixes.keys()].map(({ length }) => length))].sort((a, b) => b - a);
  return { exact, prefixes, lengths, patterns };
});

function find(block: Statement, path: string, levels: Files | undefined): Found | undefined | 'unknown' {
  const { exact, prefixes, lengths, patterns } = placesIn(block);
  const location = exact.get(path);
  if (location) return { location, isFinal: true };
  if (levels && hasUnreadInclude(block, levels)) return 'unknown';
  const length = lengths.find((each) => each <= path.length && prefixes.has(path.slice(0, each)));
  const best = length === undefined ? undefined : prefixes.get(path.slice(0, length));
  let inside: Found | undefined;
  if (best) {
    const nested = find(best.statement, path, levels);
    if (nested === 'unknown') return nested;
    inside = nested;
    if (inside?.isFinal) return inside;
  }
  const isBarred = best?.modifier === '^~';
  for (const each of isBarred ? [] : patterns) {
    const matches = matchesPath(each, path);
    if (matches === undefined) return 'unknown';
    if (!matches) continue;
    const nested = find(each.statement, path, levels);
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

/** Whether requests of other machines come to a place: nginx does not keep it to itself, and listens to more than its own. */
export function isForOthers(statement: Statement): boolean {
  const server = enclosingServer(statement);
  return isReachable(enclosingLocation(statement)?.statement) && !(server && isLocalServer(server));
}

/** What a path may hold that needs no encoding. */
const pathChars = without(visible, '?#%"<>\\^`{|}');

/** A path below a prefix that a pattern matches, and that the pattern's location answers; undefined where none is found. */
function bypassOf(prefix: Location, pattern: Location, block: Statement): string | undefined {
  const text = prefix.path.value;
  const source = pattern.path.value;
  if (!text?.startsWith('/') || text.length > 200 || source === undefined) return undefined;
  const read = patternOf(source, pattern.modifier === '~*');
  const automaton = read && automatonOf(read);
  if (!automaton) return undefined;
  const below = (start: string): string | undefined | 'unknown' => {
    const edges = [
      ...[...start].map((character, at) => [{ chars: charsOf(character), to: at + 1 }]),
      [{ chars: pathChars, to: start.length }],
    ];
    return shortest(automaton, { edges, accept: new Set([start.length]) });
  };
  // A name that somebody would have is easier to believe.
  const path = text.endsWith('/') ? (below(`${text}x`) ?? below(text)) : below(`${text}/x`);
  // What nginx takes out of a path does not stay below the prefix.
  if (path === undefined || path === 'unknown' || /\/\.{0,2}\//.test(path.slice(text.lastIndexOf('/'))))
    return undefined;
  const found = locationFor(block, path);
  return found !== 'unknown' && found?.statement === pattern.statement ? path : undefined;
}

/** A location that is protected, and a pattern that takes requests away from it. */
export interface Bypass {
  readonly guarded: Location;
  /** What protects it. */
  readonly guard: Span;
  readonly pattern: Location;
  /** A request that the pattern answers. */
  readonly path: string;
  /** A program answers it, not a file. */
  readonly isProgram: boolean;
}

interface Model {
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
}

const guards = ['deny', 'auth_basic', 'auth_request', 'auth_jwt'];

/** What protects a location on its own level: a list that ends in a refusal, or a module that asks for users. */
export const ownGuard = once((level: Statement) => {
  const list = ownAccessList(level);
  if (lastWord(list) === 'deny') return list.findLast(({ name }) => name === 'deny');
  return level.body.find(
    ({ name, directive }) => /^auth_(?:basic|request|jwt)$/.test(name) && directive.args[0]?.text !== 'off',
  );
});

/** Every way around a protected prefix through a regular expression beside it. */
export function* bypassesOf(model: Model): Generator<Bypass> {
  const levels = new Set(guards.flatMap(model.named).flatMap(({ parent }) => (parent ? [parent] : [])));
  for (const level of levels) {
    const block = level.parent;
    if (level.name !== 'location' || !block) continue;
    const guarded = locationOf(level);
    const guard = guarded.modifier === '' ? ownGuard(level) : undefined;
    if (!guard || !isReachable(level) || block.body.length > 2000) continue;
    for (const pattern of locationsIn(block)) {
      if (!pattern.modifier.startsWith('~') || !competes(level, pattern.statement, model)) continue;
      const path = bypassOf(guarded, pattern, block);
      if (path === undefined) continue;
      const isProgram = passOf(pattern.statement) !== undefined;
      yield { guarded, guard: headSpan(guard.directive), pattern, path, isProgram };
      break;
    }
  }
}

/** The paths that begin with one slash. */
const anyPath = {
  edges: [[{ chars: charsOf('/'), to: 1 }], [{ chars: pathChars, to: 1 }]],
  accept: new Set([1]),
};

/** A path that a location answers when it is looked at alone; undefined where nobody knows one. */
export function pathIn({ modifier, path }: Location): string | undefined {
  if (!modifier.startsWith('~')) return path.value?.startsWith('/') ? path.value : undefined;
  const pattern = patternOf(path.value ?? '', modifier === '~*');
  const automaton = pattern && automatonOf(pattern);
  const found = automaton && shortest(automaton, anyPath);
  return found === 'unknown' ? undefined : found;
}

/** A rewrite or a condition that deals with doubled slashes itself. */
const mergesSlashes = ({ name, directive: { args } }: Statement): boolean =>
  (name === 'rewrite' && args[0]?.text.includes('//')) ||
  (name === 'if' && args.some(({ text }) => text.includes('//')));

/** Whether a request with a doubled slash, where nginx keeps it, is answered past a protected location. */
export function isPassedByDoubledSlash(level: Statement, model: Model): boolean {
  const server = around(level, 'server');
  const path = pathIn(locationOf(level));
  if (!server || path === undefined || !isReachable(level) || server.body.some(mergesSlashes)) return false;
  const found = locationFor(server, `/${path}`);
  if (found === 'unknown') return false;
  const other = found?.statement ?? server;
  return (
    other !== level &&
    !isGuarded(other, model) &&
    isReachable(found?.statement) &&
    !other.body.some(({ name }) => name === 'return')
  );
}

const passOf = ({ body }: Statement): Statement | undefined => body.find(({ name }) => passNames.has(name));

/** Whether a pattern's location would answer with what the guarded one protects. */
function competes(level: Statement, other: Statement, model: Model): boolean {
  if (isGuarded(other, model) || !isReachable(other)) return false;
  if (
    other.body.some(
      ({ name, directive }) => name === 'return' || (name === 'rewrite' && isRedirect(directive)),
    )
  )
    return false;
  const [from, to] = [passOf(level), passOf(other)];
  if (from) return to !== undefined && from.name === to.name;
  if (!servesFiles(level)) return false;
  if (level.body.some(({ name }) => name === 'alias') || other.body.some(({ name }) => name === 'alias'))
    return false;
  if (model.inForce(level, 'root')[0] !== model.inForce(other, 'root')[0]) return false;
  return to === undefined || !/^(?:proxy|grpc|memcached)_pass$/.test(to.name);
}

/** Whether anybody at all may have what a statement gives: nothing turns away, and other machines reach it. */
export function isExposed(statement: Statement, model: Model & { readonly isMain: boolean }): boolean {
  const { parent } = statement;
  if (!model.isMain || !parent || isGuarded(parent, model)) return false;
  // A list without an end, or with none, is another mistake, and has its own finding.
  const list = accessList(parent);
  if (list.some(({ directive }) => networkIn(directive.args[0]?.text).family === 'unknown')) return false;
  const word = lastWord(list, clientFamily(parent, list));
  if (list.length > 0 && list.every(({ name }) => name === 'allow') && word === undefined) return false;
  if (word === 'allow' && authOf(parent, model).length > 0) return false;
  if (!isReachable(parent.name === 'location' ? parent : undefined)) return false;
  const server = enclosingServer(statement);
  return server !== undefined && !isLocalServer(server);
}

/** An error_page that undoes a refusal. */
export interface FallsThrough {
  readonly statement: Statement;
  readonly codes: string;
  /** What turns away. */
  readonly refused: Statement;
  /** What hands the request on to the backend that was protected. */
  readonly target: Statement;
}

/** Every error_page that sends those who were turned away to the backend that they were kept from. */
export function* fallsThrough({ named }: Pick<Model, 'named'>): Generator<FallsThrough> {
  for (const statement of named('error_page')) {
    const { parent, directive } = statement;
    const words = directive.args.map(({ text }) => text);
    const codes = words.filter((text) => text === '401' || text === '403').join(' and ');
    const where = words.at(-1) ?? '';
    const server = around(statement, 'server');
    // `=403` keeps the refusal, whatever the page says.
    if (codes === '' || !server || !parent || words.some((text) => /^=\d/.test(text))) continue;
    const location = where.startsWith('@')
      ? locationsIn(server).find(({ modifier, path }) => modifier === '@' && path.value === where)
      : where.startsWith('/')
        ? locationFor(server, where)
        : undefined;
    if (!location || location === 'unknown') continue;
    const target = passOf(location.statement);
    if (!target || ownGuard(location.statement)) continue;
    const to = target.directive.args[0]?.text;
    const levels = parent.name === 'server' ? locationsIn(parent).map((each) => each.statement) : [parent];
    for (const level of levels) {
      const refused = ownGuard(level);
      const pass = passOf(level);
      if (!refused || level === location.statement || pass?.directive.args[0]?.text !== to) continue;
      if (level !== parent && level.body.some(({ name }) => name === 'error_page')) continue;
      yield { statement, codes, refused, target };
      break;
    }
  }
}

/** The location from which a pass lets requests out of the folder that it names, by `../`; undefined where it does not. */
export function climbsOut({ statement, uri, hasVariables }: Pass): Location | undefined {
  const location = enclosingLocation(statement);
  const path = location?.path.value;
  if (statement.name !== 'proxy_pass' || !uri || hasVariables || !location || path === undefined)
    return undefined;
  if (location.modifier !== '' && location.modifier !== '^~') return undefined;
  if (!/^\/[^?]+\/$/.test(uri.value)) return undefined;
  if (path.endsWith('/') || !path.startsWith('/') || !isReachable(location.statement)) return undefined;
  // A rewrite that stays here makes another path of it.
  return location.statement.body.some(({ name }) => name === 'rewrite') ? undefined : location;
}
