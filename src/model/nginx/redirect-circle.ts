/** Redirects of several places that send a browser round in a circle. */
import { once } from '../../../grammar/remembered.ts';
import type { NginxFiles } from '../../load/loaded.ts';
import { accepts, automatonOf } from './automaton.ts';
import { conditionOf } from './condition.ts';
import { codesIn, hasScripts, isCode, isTangled, takesAll } from './flow/rewrite.ts';
import { redirectOf } from './injection.ts';
import { patternOf } from './pattern.ts';
import { isLocalServer, isReachable, locationFor, pathIn } from './reach.ts';
import { targetOf } from './redirect-loop.ts';
import { enclosingServer, locationOf, type Server } from './server.ts';
import { speaksTls } from './sockets.ts';
import { moduleOf, type Statement } from './statement.ts';

interface Model {
  readonly files: NginxFiles;
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
  readonly servers: readonly Server[];
}

/** Redirects that lead to each other. */
export interface RedirectCircle {
  readonly statements: readonly [Statement, ...Statement[]];
  /** The URL that comes back. */
  readonly url: string;
}

/** What a browser asks for. */
interface Request {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const mostHops = 10;
const mostNames = 5;

/** Every circle of two redirects or more. */
export function* redirectCircles(model: Model): Generator<RedirectCircle> {
  if (hasScripts(model)) return;
  const told = new Set<Statement>();
  const ended = new Set<string>();
  const sites = sitesOf(model);
  for (const statement of [...model.named('return'), ...model.named('rewrite')]) {
    const server = enclosingServer(statement);
    if (!redirectOf(statement) || !server || moduleOf(statement.context) !== 'http') continue;
    for (const request of requestsTo(statement, server, sites)) {
      const circle = circleFrom(request, sites, ended);
      if (!circle || circle.statements.some((each) => told.has(each))) continue;
      for (const each of circle.statements) told.add(each);
      yield circle;
    }
  }
}

/** Who answers a name. */
interface Sites {
  readonly byName: ReadonlyMap<string, readonly Server[]>;
  /** The ports of a server that are known, and whether they speak TLS. */
  readonly portsOf: (server: Server) => ReadonlyMap<number, boolean>;
  readonly files: NginxFiles;
}

function sitesOf({ servers, inForce, files }: Model): Sites {
  const byName = new Map<string, Server[]>();
  for (const server of servers) {
    if (server.module !== 'http' || isLocalServer(server)) continue;
    for (const name of new Set(server.names.map(({ value }) => value.toLowerCase()))) {
      if (!/^[\w-]+(?:\.[\w-]+)+$/.test(name)) continue;
      const found = byName.get(name);
      if (found) found.push(server);
      else byName.set(name, [server]);
    }
  }
  const portsOf = once((server: Server): ReadonlyMap<number, boolean> => {
    const isAlwaysTls = inForce(server.statement, 'ssl')[0]?.directive.args[0]?.text === 'on';
    const ports = new Map<number, boolean>();
    for (const listen of server.listens) {
      const isTls = isAlwaysTls || speaksTls(servers)(listen);
      if (listen.value.port !== undefined && isTls !== undefined) ports.set(listen.value.port, isTls);
    }
    return ports;
  });
  return { byName, portsOf, files };
}

/** Requests that may come to a redirect. */
function* requestsTo({ parent }: Statement, server: Server, { byName, portsOf }: Sites): Generator<Request> {
  const level = parent?.name === 'if' ? parent.parent : parent;
  const path = level?.name === 'location' ? pathIn(locationOf(level)) : '/';
  const names = server.names.map(({ value }) => value.toLowerCase()).filter((name) => byName.has(name));
  if (path === undefined) return;
  for (const [port, isTls] of portsOf(server))
    for (const host of names.slice(0, mostNames)) yield { isTls, host, port, path };
}

const keyOf = ({ isTls, host, port, path }: Request): string => {
  const shownPort = port === (isTls ? 443 : 80) ? '' : `:${port}`;
  return `${isTls ? 'https' : 'http'}://${host}${shownPort}${path}`;
};

/** The circle of two places or more that a request comes to; adds those that come to none to `ended`. */
function circleFrom(start: Request, sites: Sites, ended: Set<string>): RedirectCircle | undefined {
  const seen = new Map<string, Statement>();
  let request = start;
  for (let hop = 0; hop <= mostHops; hop++) {
    const key = keyOf(request);
    if (seen.has(key)) {
      const keys = [...seen.keys()];
      const [first, ...more] = new Set([...seen.values()].slice(keys.indexOf(key)));
      return first && more.length > 0 ? { statements: [first, ...more], url: key } : undefined;
    }
    const answer = ended.has(key) ? undefined : answerTo(request, sites);
    if (!answer) {
      for (const each of [...seen.keys(), key]) ended.add(each);
      return undefined;
    }
    seen.set(key, answer.by);
    request = answer.next;
  }
  ended.add(keyOf(start));
  return undefined;
}

interface Answer {
  readonly by: Statement;
  readonly next: Request;
}

/** The redirect that a request gets; undefined where it gets none, or nobody knows. */
function answerTo(request: Request, { byName, portsOf, files }: Sites): Answer | undefined {
  const [server, ...others] = (byName.get(request.host) ?? []).filter(
    (each) => portsOf(each).get(request.port) === request.isTls,
  );
  if (!server || others.length > 0) return undefined;
  const own = run(server.statement, server, request);
  if (own !== 'goes on') return own === 'unknown' ? undefined : own;
  const location = locationFor(server.statement, request.path, { files });
  if (!location || location === 'unknown' || !isReachable(location.statement)) return undefined;
  const answer = run(location.statement, server, request);
  return typeof answer === 'string' ? undefined : answer;
}

/** What the rewrite module of a level does with a request. */
function run(level: Statement, server: Server, request: Request): Answer | 'goes on' | 'unknown' {
  if (isTangled(level)) return 'unknown';
  for (const statement of codesIn(level)) {
    const { name, directive, body } = statement;
    if (name === 'set') continue;
    if (name === 'if') {
      if (!body.some((each) => each.name !== 'set' && isCode(each))) continue;
      const holds = isTrue(statement, request);
      if (holds === undefined) return 'unknown';
      const inside = holds ? run(statement, server, request) : 'goes on';
      if (inside !== 'goes on') return inside;
      continue;
    }
    if (name === 'break') return level.name === 'server' ? 'goes on' : 'unknown';
    if (name === 'rewrite') {
      const pattern = patternOf(directive.args[0]?.text ?? '', false);
      const automaton = pattern && automatonOf(pattern);
      if (!automaton) return 'unknown';
      if (!accepts(automaton, request.path)) continue;
    }
    const next = nextOf(statement, server, request);
    return next ? { by: statement, next } : 'unknown';
  }
  return 'goes on';
}

/** Whether the condition of an `if` holds for a request; undefined where something else decides. */
function isTrue({ directive }: Statement, { isTls, host, port }: Request): boolean | undefined {
  const condition = conditionOf(directive);
  if (!condition || condition.test === 'bare') return undefined;
  const { variable, isNegated, value } = condition;
  const known: Readonly<Record<string, string>> = {
    request_method: 'GET',
    host,
    http_host: port === (isTls ? 443 : 80) ? host : `${host}:${port}`,
    scheme: isTls ? 'https' : 'http',
    https: isTls ? 'on' : '',
    server_port: `${port}`,
  };
  const is = Object.hasOwn(known, variable) ? known[variable] : undefined;
  if (is === undefined || (condition.test === '=' && value.text.includes('$'))) return undefined;
  if (condition.test === '=') return (is === value.text) !== isNegated;
  const pattern = patternOf(value.text, condition.ignoreCase);
  const automaton = pattern && automatonOf(pattern);
  return automaton && accepts(automaton, is) !== isNegated;
}

/** Where a redirect sends a request. */
function nextOf(statement: Statement, server: Server, request: Request): Request | undefined {
  const text = redirectOf(statement)?.text;
  const isWhole = statement.name === 'rewrite' && takesAll(statement.directive);
  const target = text === undefined ? undefined : targetOf(text, (path) => isWhole && /^\/?\$1$/.test(path));
  if (!target) return undefined;
  const { scheme, port } = target;
  const path = target.path ?? request.path;
  if (target.host === undefined) return { ...request, path };
  const isTls = scheme === '$scheme' ? request.isTls : scheme === 'https';
  const isOwn = /^\$(?:http_)?host$/.test(target.host);
  const host = isOwn ? request.host : target.host === '$server_name' ? server.names[0]?.value : target.host;
  const usual = target.host === '$http_host' ? request.port : isTls ? 443 : 80;
  const to = port === '$server_port' ? request.port : port === undefined ? usual : Number(port);
  return host === undefined ? undefined : { isTls, host: host.toLowerCase(), port: to, path };
}
