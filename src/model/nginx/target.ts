/** What a client can choose of where a request or a browser is sent. */
import { isAddress } from '../net.ts';
import { servesFiles } from './alias.ts';
import { charsOf, digits, has, none } from './charset.ts';
import { parseEndpoint } from './endpoint.ts';
import { type Flow, isRedirect, type Outcome, type Part } from './flow/index.ts';
import { innermostLocation, redirectOf } from './injection.ts';
import { passNames } from './pass.ts';
import type { Statement, Where } from './statement.ts';
import { requestFor } from './witness.ts';

/** What is chosen, by which stretch, and the request that does it. */
export interface Choice {
  readonly what: 'scheme' | 'host' | 'port' | 'path';
  readonly part: Part;
  readonly request: string;
}

interface Model {
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
  readonly flow: Flow;
  readonly complete: boolean;
  readonly isMain: boolean;
}

/** Whether a stretch begins what follows a host: a path or a query. */
const endsHost = ({ kind, text, first, canBeEmpty, variable }: Part): boolean =>
  kind === 'text'
    ? /^[/?#]/.test(text)
    : variable === 'is_args' || (!canBeEmpty && first !== none && (first & ~charsOf('/?#')) === none);

/** A stretch that is empty, or begins a path. */
const addsPath = ({ kind, first }: Part): boolean => kind !== 'text' && (first & ~charsOf('/?#')) === none;

/** The host that a target names, where the file alone says it. */
export function writtenHost(outcome: Outcome): string | undefined {
  const at = outcome.findIndex(({ kind }) => kind !== 'text');
  const [written, next] = at < 0 ? [outcome, undefined] : [outcome.slice(0, at), outcome[at]!];
  const text = written.map(({ text }) => text).join('');
  const [, host, rest] = /^(?:\w+:\/\/)?([^/?#]*)(.*)$/s.exec(text)!;
  const isWhole = !next || rest !== '' || endsHost(next) || addsPath(next);
  return isWhole ? parseEndpoint(host!).host : undefined;
}

const hosts = ['127.0.0.1:8080', '127.0.0.1', 'evil.example'];

/** What a client can choose of the scheme, host and port that a request is handed on to; undefined of none. */
export function chosenTarget(statement: Statement, model: Model): Choice | undefined {
  const text = statement.directive.args[0]?.text ?? '';
  if (!text.includes('$')) return undefined;
  const location = innermostLocation(statement);
  for (const outcome of model.flow.outcomes(statement, text)) {
    const choice = chosenIn(outcome, statement, location, model);
    if (choice) return choice;
  }
  return undefined;
}

function chosenIn(
  outcome: Outcome,
  statement: Statement,
  location: Statement | undefined,
  model: Model,
): Choice | undefined {
  const needsScheme = statement.name === 'proxy_pass' && !statement.context.startsWith('stream');
  let hasScheme = !needsScheme;
  let before = '';
  for (const [index, part] of outcome.entries()) {
    if (part.kind === 'text') {
      before += part.text;
      if (/^[a-z]+:\/\//i.test(before)) {
        hasScheme = true;
        before = before.replace(/^[a-z]+:\/\//i, '');
      }
      if (hasScheme && /[/?#]/.test(before)) return undefined;
      continue;
    }
    if (part.kind === 'unknown') return undefined;
    if (part.kind === 'fixed') {
      if (hasScheme && endsHost(part)) return undefined;
      before += part.variable === 'scheme' ? 'http' : 'x';
      continue;
    }
    if (!hasScheme && /^[a-z]+:\/$/i.test(before) && part.first === charsOf('/') && part.cuts.length === 0) {
      // The path of the request brings the second slash: `https:/$request_uri`.
      const request = requestFor(part, ['/127.0.0.1:8080/'], location);
      return request === undefined ? undefined : { what: 'host', part, request };
    }
    if (!hasScheme) {
      const rest = outcome[index + 1];
      const isScheme = rest?.kind === 'text' && rest.text.startsWith('://');
      const payloads = isScheme ? ['http://127.0.0.1/?', 'https'] : ['http://127.0.0.1:8080/'];
      const request = requestFor(part, payloads, location);
      return request === undefined
        ? undefined
        : { what: isScheme && !request.includes('//') ? 'scheme' : 'host', part, request };
    }
    if (endsHost(part)) return undefined;
    if (addsPath(part)) continue;
    if (/:\d*$/.test(before)) {
      // A port that the file begins leaves the client some digits, and few of them a port that is open.
      if (!before.endsWith(':') || (part.chars & digits) === none) return undefined;
      const request = requestFor(part, ['8080', '22'], location);
      return request === undefined ? undefined : { what: 'port', part, request };
    }
    // Without a point or a colon it names an upstream of this configuration at most.
    if (!has(part.chars, '.') && !has(part.chars, ':')) {
      before += 'x';
      continue;
    }
    if (before !== '' && !resolves(statement, before.toLowerCase(), model)) return undefined;
    const suffix = outcome[index + 1];
    const isLabel = suffix?.kind === 'text' && suffix.text.startsWith('.');
    if (isLabel && !['/', '?', '#', ':', '@', '\\'].some((each) => has(part.chars, each))) return undefined;
    const payloads =
      before === '' ? (isLabel ? ['127.0.0.1:8080/'] : hosts) : ['.evil.example', 'evil.example', '.x'];
    const request = requestFor(part, payloads, location);
    return request === undefined ? undefined : { what: 'host', part, request };
  }
  return undefined;
}

/** Whether a name that a client completes may be looked up: without a resolver nginx knows its upstreams only. */
function resolves(
  statement: Statement,
  before: string,
  { named, inForce, complete, isMain }: Model,
): boolean {
  if (inForce(statement.parent, 'resolver').length > 0) return true;
  if (complete && isMain) return false;
  const isKnown = named('upstream').some(({ directive }) => directive.args[0]?.text.toLowerCase() === before);
  return !isKnown && before !== 'localhost' && !isAddress(before);
}

/** A URL whose host is written, to its end: nothing behind it changes it. */
const hasHost = /^(?:(?:[a-z]+:)?\/\/[^/?#$]*[/?#]|[/?#][^/\\$])/i;

/** What a client's link can choose of where a browser is sent, where that is another's host; undefined of none. */
export function chosenRedirect(statement: Statement, model: Model): Choice | undefined {
  const word = redirectOf(statement);
  if (!word?.text.includes('$') || hasHost.test(word.text)) return undefined;
  const location = innermostLocation(statement);
  const isAbsolute = model
    .inForce(statement.parent, 'absolute_redirect')
    .every(({ directive }) => directive.args[0]?.text !== 'off');
  for (const outcome of model.flow.outcomes(statement, word.text)) {
    let before = '';
    for (const part of outcome) {
      if (part.kind === 'text') before += part.text;
      else if (part.kind === 'unknown') break;
      else if (part.kind === 'fixed' || part.carrier === 'host') before += 'x';
      else {
        const isLink = part.carrier === 'uri' || part.carrier === 'query';
        const choice = isLink ? foreign(part, before, isAbsolute, statement, location) : undefined;
        if (choice) return { what: 'host', part, request: choice };
        if (!addsPath(part)) break;
        if (!part.canBeEmpty) break;
      }
      if (hasHost.test(before)) break;
    }
  }
  return undefined;
}

/** The request that makes the rest of a URL another's host. */
function foreign(
  part: Part,
  before: string,
  isAbsolute: boolean,
  statement: Statement,
  location: Statement | undefined,
): string | undefined {
  if (before === '') {
    // What begins with a slash gets this server's own scheme and name, and rewrite escapes its groups.
    if (statement.name === 'rewrite' && part.isNumbered) return undefined;
    const relative = isAbsolute ? [] : ['//evil.example'];
    return requestFor(part, ['https://evil.example', '\\\\evil.example', ...relative], location);
  }
  if (before === '/') {
    return isAbsolute ? undefined : requestFor(part, ['\\evil.example', '/evil.example'], location);
  }
  if (!/^[a-z]+:\/\/[^/?#]*$/i.test(before)) return undefined;
  if (/:\d+$/.test(before)) return requestFor(part, ['@evil.example'], location);
  return requestFor(part, ['.evil.example', '@evil.example', '.evil.com'], location);
}

/** Arguments that are paths of files, by directive; of fastcgi_param only where the name says so. */
const fileArguments: Readonly<Record<string, (args: Statement['directive']['args']) => readonly number[]>> = {
  root: () => [0],
  alias: () => [0],
  // The last one is no file: nginx looks for a location again.
  try_files: (args) => args.slice(0, -1).map((_, index) => index),
  rewrite: (args) => (args[2]?.text === 'break' ? [1] : []),
  proxy_store: () => [0],
  fastcgi_param: (args) => (/^(?:SCRIPT_FILENAME|DOCUMENT_ROOT)$/.test(args[0]?.text ?? '') ? [1] : []),
  auth_basic_user_file: () => [0],
  access_log: (args) => (args[0]?.text.startsWith('syslog:') ? [] : [0]),
  ssl_certificate: () => [0],
};

/** Every statement that hands requests on to where a variable tells. */
export const passTargets = ({ where }: { readonly where: Where }): readonly Statement[] =>
  [...passNames].flatMap((name) => where(name, ([target]) => target?.text.includes('$') === true));

/**
 * Tells whether a target with variables may be an upstream of that name: by what stands before them and behind. A pass that
 * lost its target may be to any.
 */
export function variableTargets(
  model: Pick<Model, 'flow' | 'named'> & { readonly where: Where },
): (upstream: string) => boolean {
  if ([...passNames].some((name) => model.named(name).some(({ directive }) => directive.args.length === 0)))
    return () => true;
  const hosts = new Set<string>();
  for (const statement of passTargets(model)) {
    for (const outcome of model.flow.outcomes(statement, statement.directive.args[0]!.text)) {
      const text = outcome.map((each) => (each.kind === 'text' ? each.text : '\0')).join('');
      hosts.add(
        text
          .toLowerCase()
          .replace(/^[^/]*:\/\//, '')
          .replace(/\/.*/s, ''),
      );
    }
  }
  return (upstream) => {
    const name = upstream.toLowerCase();
    return [...hosts].some((host) => {
      const [before = '', ...more] = host.split('\0');
      const behind = more.at(-1) ?? '';
      if (more.length === 0) return host === name;
      return name.length >= before.length + behind.length && name.startsWith(before) && name.endsWith(behind);
    });
  };
}

/** A path of a file that a client can lead out of its folder. */
export interface FileChoice extends Choice {
  readonly statement: Statement;
  readonly index: number;
}

/** Every path of a file that a client can lead out of its folder. */
export function* chosenFiles(model: Model): Generator<FileChoice> {
  for (const [name, indexes] of Object.entries(fileArguments)) {
    for (const statement of model.named(name)) {
      const { args } = statement.directive;
      if (!args.some(({ text }) => text.includes('$'))) continue;
      if (name === 'rewrite' && isRedirect(statement.directive)) continue;
      const location = innermostLocation(statement);
      const levels = [location, statement.parent?.name === 'if' ? statement.parent : undefined];
      const opensFiles = levels.every((level) => !level || servesFiles(level));
      // A backend, not nginx, is asked for what is there.
      if (!opensFiles && (name === 'root' || name === 'alias' || name === 'rewrite')) continue;
      for (const index of indexes(args)) {
        const choice = climbing(statement, args[index]!.text, location, model);
        if (!choice) continue;
        yield { ...choice, statement, index };
        break;
      }
    }
  }
}

/** Those who look for a file with folders in its path that are not there: PHP takes `x?/..` out, proxy_store makes `x?`. */
const climbAnyway = /^(?:fastcgi_param|proxy_store)$/;

function climbing(
  statement: Statement,
  text: string,
  location: Statement | undefined,
  { flow, inForce }: Model,
): Choice | undefined {
  if (!text.includes('$')) return undefined;
  // nginx refuses a request whose steps upwards leave its root. It counts //, which is no folder, only where it keeps it.
  const isCounted =
    !climbAnyway.test(statement.name) &&
    inForce(statement.parent, 'merge_slashes')[0]?.directive.args[0]?.text !== 'off';
  const isUri = statement.name === 'rewrite' || statement.name === 'try_files';
  for (const outcome of flow.outcomes(statement, text)) {
    for (const part of outcome) {
      // What follows is the query.
      if (isUri && (part.text.includes('?') || part.variable === 'is_args')) break;
      if (isCounted && part.variable === 'request_uri' && part.cuts.length === 0) continue;
      if (part.kind !== 'client' || !part.climbs || !has(part.chars, '.') || !has(part.chars, '/')) continue;
      const request = requestFor(part, ['../../etc/passwd', '/../../etc/passwd'], location);
      if (request !== undefined) return { what: 'path', part, request };
    }
  }
  return undefined;
}
