/** What becomes of the path of a request in a URL with variables (ngx_http_proxy_eval(), ngx_http_script_copy_var_code()). */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Word, wordSpan } from '../../../grammar/tree.ts';
import { charsOf, has, none } from './charset.ts';
import type { Flow, Outcome } from './flow/index.ts';
import { redirectOf } from './injection.ts';
import type { Pass } from './pass.ts';
import { isReachable } from './reach.ts';
import { enclosingLocation, type Location } from './server.ts';
import { around, moduleOf, type Statement } from './statement.ts';
import { within } from './words.ts';

const slash = charsOf('/');
/** A URL as far as its path goes, or a path; host and path are groups. */
const begun = /^(?:[^/?]*:\/\/([^/?]+))?(\/[^?]*)$/s;

/** The path that a proxy_pass asks for whatever the request was; undefined where it is the request's, or nobody knows. */
function fixedPath(outcome: Outcome): string | undefined {
  let before = '';
  let path: string | undefined;
  for (const { kind, text, chars } of outcome) {
    if (path !== undefined && kind !== 'text') return undefined;
    if (kind === 'unknown' || (kind !== 'text' && has(chars, '/'))) return undefined;
    before += kind === 'text' ? text : 'x';
    path = /^[^/?]*:\/\/[^/?]+(\/.*)$/s.exec(before)?.[1];
  }
  return /:\/\/unix:/i.test(before) ? undefined : path;
}

interface Model {
  readonly named: (name: string) => readonly Statement[];
  readonly flow: Flow;
}

/** A proxy_pass that asks for one path, whatever a client asked for below its location. */
export interface DroppedPath {
  readonly pass: Pass;
  readonly location: Location;
  readonly path: string;
}

/** Every proxy_pass with a variable and the path of a folder, which takes the place of the whole request. */
export function* droppedPaths(model: Model & { readonly passes: readonly Pass[] }): Generator<DroppedPath> {
  // What nginx itself asks for has one path.
  const asked = new Set(
    ['auth_request', 'mirror'].flatMap(model.named).map(({ directive }) => directive.args[0]?.text),
  );
  for (const pass of model.passes) {
    const { statement, hasVariables, module } = pass;
    const text = statement.directive.args[0]!.text;
    if (!hasVariables || module !== 'http' || statement.name !== 'proxy_pass' || isPlaceholder(text))
      continue;
    const location = enclosingLocation(statement);
    if (!location?.path.value?.startsWith('/') || !/^(?:\^~)?$/.test(location.modifier)) continue;
    if (!isReachable(location.statement) || asked.has(location.path.value)) continue;
    const paths = new Set(model.flow.outcomes(statement, text).map(fixedPath));
    const [path] = paths;
    // One that names no folder may be the one page that is meant, and so may any that a page is handed to.
    const { value } = location.path;
    const isFolder = value.endsWith('/') || path === '/' || path === `${value}/`;
    if (paths.size === 1 && path !== undefined && isFolder && /^[^?]*\/$/.test(path))
      yield { pass, location, path };
  }
}

/** A slash before a variable that begins with one. */
export interface DoubledSlash {
  readonly at: Span;
  readonly slash: Span;
  readonly variable: string;
  /** The path up to the variable. */
  readonly before: string;
}

/** The words in which a place says where it sends: clients, or requests to a backend. */
function* urlsOf({ named }: Model): Generator<{ readonly statement: Statement; readonly word: Word }> {
  for (const name of ['return', 'rewrite', 'proxy_pass', 'set']) {
    for (const statement of named(name)) {
      if (moduleOf(statement.context) !== 'http') continue;
      const { args } = statement.directive;
      const word = name === 'proxy_pass' ? args[0] : name === 'set' ? args[1] : redirectOf(statement);
      if (!word || isPlaceholder(word.text)) continue;
      if (name !== 'set' || /^[^/]*:\/\//.test(word.text)) yield { statement, word };
    }
  }
}

/** Every URL that gets `//` where a variable with a path follows a slash. */
export function* doubledSlashes(model: Model): Generator<DoubledSlash> {
  const prefixed = new Set([...doubledPrefixes(model)].map(({ statement }) => statement));
  for (const { statement, word } of urlsOf(model)) {
    const { directive } = statement;
    const match = /\/\$\{?(\w+)\}?/.exec(
      word.text.replace(/^[^/]*:\/\//, (scheme) => ' '.repeat(scheme.length)),
    );
    if (!match || prefixed.has(statement)) continue;
    const text = word.text.slice(0, match.index + match[0].length);
    if (text.includes('?')) continue;
    const doubled = model.flow.outcomes(statement, text).map(doubling);
    const [before] = doubled;
    if (before === undefined || doubled.some((each) => each !== before)) continue;
    yield {
      at: wordSpan(directive, word),
      slash: within(directive, word, match.index, match.index + 1),
      variable: match[1]!,
      before,
    };
  }
}

/** The path of a location before a variable that begins with it. */
export interface DoubledPrefix {
  readonly statement: Statement;
  readonly at: Span;
  /** What stands before the variable. */
  readonly written: Span;
  readonly variable: string;
  readonly prefix: string;
}

const prefixed = /^((?:[^/?]*:\/\/[^/?]+)?)((\/[^?$]*?)\/?)\$\{?(request_uri|uri|document_uri)\b/;

/** Every URL that gets the path of its location twice. */
export function* doubledPrefixes(model: Model): Generator<DoubledPrefix> {
  for (const { statement, word } of urlsOf(model)) {
    const [, host, written, prefix, variable] = prefixed.exec(word.text) ?? [];
    const location = prefix === undefined ? undefined : enclosingLocation(statement);
    const path = location?.path.value?.replace(/\/$/, '');
    if (!location || path === '' || path !== prefix || !/^(?:\^~|=)?$/.test(location.modifier)) continue;
    if (!isReachable(location.statement) || isAskedFor(location, model)) continue;
    const server = around(statement, 'server');
    const levels = [location.statement, ...(server ? [server] : [])];
    // By then a rewrite may have taken it off.
    if (variable !== 'request_uri' && levels.some(({ body }) => body.some(({ name }) => name === 'rewrite')))
      continue;
    const { directive } = statement;
    yield {
      statement,
      at: wordSpan(directive, word),
      written: within(directive, word, host!.length, host!.length + written!.length),
      variable: variable!,
      prefix: prefix!,
    };
  }
}

/** What leads a request to a location whose own path may be another one. */
const leading = ['rewrite', 'try_files', 'error_page', 'auth_request', 'mirror', 'index'];

/** Whether nginx itself may ask for something below a location. */
const isAskedFor = ({ statement, path }: Location, { named }: Model): boolean =>
  leading
    .flatMap(named)
    .some(
      (each) =>
        each.parent !== statement &&
        each.directive.args.some(({ text }) => text.startsWith(path.value!.replace(/\/$/, ''))),
    );

/** The path before the last stretch, where it ends in a slash and the stretch begins with another one. */
function doubling(outcome: Outcome): string | undefined {
  const last = outcome.at(-1);
  if (!last || last.kind === 'text' || last.kind === 'unknown') return undefined;
  if (last.first === none || (last.first & ~slash) !== none) return undefined;
  const before = outcome
    .slice(0, -1)
    .map(({ kind, text }) => (kind === 'text' ? text : 'x'))
    .join('');
  const [, host, path] = begun.exec(before) ?? [];
  return path?.endsWith('/') && (host !== undefined || path !== '/') ? path : undefined;
}
