/**
 * Rewrites inside of a server that go round in a circle: after ten of them nginx gives up
 * (ngx_http_core_post_rewrite_phase(), NGX_HTTP_MAX_URI_CHANGES).
 */
import type { NginxFiles } from '../../load/loaded.ts';
import { accepts, automatonOf } from './automaton.ts';
import { conditionOf } from './condition.ts';
import { codesIn, hasScripts, isCode, isRedirect, isTangled } from './flow/rewrite.ts';
import { passNames } from './pass.ts';
import { patternOf } from './pattern.ts';
import { isReachable, locationFor, pathIn } from './reach.ts';
import { enclosingServer, locationOf } from './server.ts';
import { moduleOf, type Statement } from './statement.ts';

interface Model {
  readonly files: NginxFiles;
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
}

/** Rewrites that lead to each other, or one to itself. */
export interface RewriteLoop {
  readonly statements: readonly [Statement, ...Statement[]];
  /** A path that ends in them. */
  readonly path: string;
  /** The location of the only one hands requests on. */
  readonly isPassedOn: boolean;
}

const mostChanges = 10;
/** Of more rewrites in a location only so many lend their target as a path to try. */
const mostTargets = 20;

/** Every circle of rewrites that is known to be one, whatever files there are. */
export function* rewriteLoops(model: Model): Generator<RewriteLoop> {
  if (hasScripts(model)) return;
  const levels = new Set(model.named('rewrite').flatMap(({ parent }) => (parent ? [parent] : [])));
  const told = new Set<Statement>();
  for (const level of levels) {
    const server = enclosingServer(level);
    if (level.name !== 'location' || !server || moduleOf(level.context) !== 'http') continue;
    for (const path of pathsInto(level)) {
      const circle = circleFrom(server.statement, path, model);
      if (!circle) continue;
      if (!circle.some((each) => told.has(each))) {
        const isPassedOn =
          circle.length === 1 && circle[0].parent!.body.some(({ name }) => passNames.has(name));
        yield { statements: circle, path, isPassedOn };
      }
      for (const each of circle) told.add(each);
      break;
    }
  }
}

/** Paths that may come to a location. */
function pathsInto(level: Statement): readonly string[] {
  const path = pathIn(locationOf(level));
  const targets = codesIn(level)
    .slice(0, mostTargets)
    .flatMap(({ name, directive }) => (name === 'rewrite' ? [pathOf(directive.args[1]?.text)] : []))
    .filter((each) => each !== undefined && !each.includes('$'));
  const own =
    path === undefined || locationOf(level).modifier === '='
      ? [path]
      : [path.endsWith('/') ? `${path}x` : `${path}/x`, path];
  return [...own, ...targets].filter((each) => each !== undefined);
}

/** The path of a replacement; undefined where it is none. */
const pathOf = (text = ''): string | undefined =>
  text.startsWith('/') ? text.replace(/\?.*/s, '') : undefined;

/** The rewrites that a request goes through for ever; undefined where it comes to an end, or nobody knows. */
function circleFrom(
  server: Statement,
  path: string,
  model: Model,
): readonly [Statement, ...Statement[]] | undefined {
  const entry = run(server, path);
  if (!entry || isTangled(server)) return undefined;
  const taken: Statement[] = [];
  let at = entry.path;
  while (taken.length <= mostChanges) {
    const found = locationFor(server, at, model);
    if (!found || found === 'unknown' || isTangled(found.statement)) return undefined;
    if (taken.length === 0 && !isReachable(found.statement)) return undefined;
    const next = run(found.statement, at);
    if (!next?.by) return undefined;
    taken.push(next.by);
    at = next.path;
  }
  // More than ten that lead on, and not back, are no circle, though nginx gives up there as well.
  const before = taken.lastIndexOf(taken.at(-1)!, -2);
  const round = new Set(before < 0 ? [] : taken.slice(before + 1));
  const [first, ...more] = new Set(taken.filter((each) => round.has(each)));
  return first && [first, ...more];
}

/** What the rewrite module of a level makes of a path, and by which rewrite; undefined where it answers, or nobody knows. */
function run(level: Statement, path: string): { path: string; by: Statement | undefined } | undefined {
  let at = path;
  let by: Statement | undefined;
  for (const statement of codesIn(level)) {
    const { name, directive, body } = statement;
    if (name === 'set') continue;
    if (name === 'if') {
      if (body.some((each) => each.name !== 'set' && isCode(each)) && !isOfClient(statement))
        return undefined;
      continue;
    }
    if (name !== 'rewrite') {
      if (name === 'break' && level.name === 'server') break;
      return undefined;
    }
    const result = rewritten(statement, at);
    if (result === 'unknown') return undefined;
    if (result === undefined) continue;
    const flag = directive.args[2]?.text;
    if (isRedirect(directive) || (flag === 'break' && level.name !== 'server')) return undefined;
    at = result;
    by = statement;
    if (flag === 'last' || flag === 'break') break;
  }
  return { path: at, by };
}

/** A condition that holds for some clients and not for others, whatever becomes of the path. */
const isOfClient = ({ directive }: Statement): boolean =>
  /^(?:host|request_method|remote_addr|http_\w+|cookie_\w+)$/.test(conditionOf(directive)?.variable ?? '');

/** `^/text(.*)$`: the text, and an optional slash before the group. */
const tail = /^\^?((?:[\w/~-]|\\[./-])*)(\/\?)?\(\/?\.[*+]\)\$?$/;

/** What a rewrite makes of a path; undefined where its pattern does not match. */
function rewritten({ directive }: Statement, path: string): string | undefined | 'unknown' {
  const [source, target] = directive.args;
  const pattern = source && patternOf(source.text, false);
  const automaton = pattern && automatonOf(pattern);
  if (!automaton || !target) return 'unknown';
  if (!accepts(automaton, path)) return undefined;
  if (isRedirect(directive)) return path;
  const made = pathOf(target.text);
  if (made === undefined) return target.text === '$1' ? groupIn(source.text, path) : 'unknown';
  if (!made.includes('$')) return made;
  const group = groupIn(source.text, path);
  const [, before, after] = /^([^$]*)\$(?:1|\{1\})([^$]*)$/.exec(made) ?? [];
  return before === undefined || group === 'unknown' ? 'unknown' : `${before}${group}${after}`;
}

/** What the first group holds. */
function groupIn(source: string, path: string): string | 'unknown' {
  const [all, escaped = '', slash] = tail.exec(source) ?? [];
  const text = escaped.replaceAll('\\', '');
  if (all === undefined || !path.startsWith(text)) return 'unknown';
  const rest = path.slice(text.length);
  return slash !== undefined && rest.startsWith('/') ? rest.slice(1) : rest;
}
