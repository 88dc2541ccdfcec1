/** Redirects whose target is answered by the same redirect again (ngx_http_rewrite_module.c). */
import { once } from '../../../grammar/remembered.ts';
import type { NginxFiles } from '../../load/loaded.ts';
import { accepts, automatonOf } from './automaton.ts';
import { conditionOf } from './condition.ts';
import { takesAll } from './flow/rewrite.ts';
import { redirectOf } from './injection.ts';
import { patternOf } from './pattern.ts';
import { isLocalServer, isReachable, locationFor } from './reach.ts';
import { enclosingServer, locationOf, type Server } from './server.ts';
import { speaksTls } from './sockets.ts';
import { moduleOf, type Statement } from './statement.ts';

interface Model {
  readonly files: NginxFiles;
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
  readonly servers: readonly Server[];
}

export interface RedirectLoop {
  readonly statement: Statement;
  /** Where it sends. */
  readonly target: string;
}

/** Who is sent where: parts that are not written are those of the request. */
interface Target {
  readonly scheme: string | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
  /** Undefined where it is the path of the request. */
  readonly path: string | undefined;
}

const url =
  /^(?:(https?|\$scheme):\/\/([^/?#$:]+|\$(?:host|http_host|server_name))(?::(\d+|\$server_port))?)?((?:[/?$].*)?)$/s;
const samePath =
  /^\$(?:request_uri|uri|document_uri)(?:\?|\$is_args\$(?:args|query_string)|\?\$(?:args|query_string))?$/;

/** The parts of a redirect; undefined where a variable tells more than that it is the request's own. */
export function targetOf(text: string, ownPath: (path: string) => boolean): Target | undefined {
  const [all, scheme, host, port, rest = ''] = url.exec(text) ?? [];
  if (all === undefined || (host === undefined && rest === '')) return undefined;
  const parts = { scheme, host: host?.toLowerCase(), port };
  if (samePath.test(rest) || ownPath(rest)) return { ...parts, path: undefined };
  const path = rest.replace(/\?.*/s, '') || '/';
  return /^\/[^$%#]*$/.test(path) ? { ...parts, path } : undefined;
}

/** Statements of the rewrite module that may answer before what follows them. */
const mayAnswer = ({ name }: Statement): boolean => /^(?:if|rewrite|return|break)$/.test(name);

const anyMayAnswer = once(({ body }: Statement) => body.some(mayAnswer));

/** The host that an `if` around a redirect asks for; undefined where it asks for something else. */
function hostAsked(block: Statement): string | undefined {
  const condition = conditionOf(block.directive);
  if (!condition || condition.isNegated || condition.test !== '=') return undefined;
  return /^(?:http_)?host$/.test(condition.variable) ? condition.value.text.toLowerCase() : undefined;
}

/** Whether a request for the target comes to the server that sent it there. */
function comesBack(
  { scheme, host, port }: Target,
  asked: string | undefined,
  server: Server,
  model: Model,
): boolean {
  if (host === undefined) return true;
  if (!/^\$(?:http_)?host$/.test(host)) {
    const names = server.names.map(({ value }) => value.toLowerCase());
    const name = host === '$server_name' ? names[0] : host;
    if (name === undefined || !names.includes(name) || !/^[\w.-]+$/.test(name)) return false;
    if (asked !== undefined && asked !== name) return false;
  }
  const isAlwaysTls = model.inForce(server.statement, 'ssl')[0]?.directive.args[0]?.text === 'on';
  return server.listens.some((listen) => {
    if (listen.value.port === undefined) return false;
    const hasTls = isAlwaysTls || speaksTls(model.servers)(listen) === true;
    if (scheme !== '$scheme' && (scheme === 'https') !== hasTls) return false;
    if (port === '$server_port' || (port === undefined && host === '$http_host')) return true;
    return listen.value.port === Number(port ?? (hasTls ? 443 : 80));
  });
}

/** Every redirect that a browser follows in a circle. */
export function* redirectLoops(model: Model): Generator<RedirectLoop> {
  for (const statement of [...model.named('return'), ...model.named('rewrite')]) {
    const text = redirectOf(statement)?.text;
    if (text === undefined || moduleOf(statement.context) !== 'http') continue;
    const server = enclosingServer(statement);
    if (server && !isLocalServer(server) && isLoop(statement, text, server, model))
      yield { statement, target: text };
  }
}

function isLoop(statement: Statement, text: string, server: Server, model: Model): boolean {
  const { parent, name, directive } = statement;
  const [top, level] = parent?.name === 'if' ? [parent, parent.parent] : [statement, parent];
  const asked = top === statement ? undefined : hostAsked(top);
  if (!level || (top !== statement && asked === undefined)) return false;
  const isServer = level === server.statement;
  if (!isServer && level.name !== 'location') return false;
  // Whatever stands before it may answer the second request.
  const inside = top === statement ? [] : top.body.slice(0, top.body.indexOf(statement));
  if ([...level.body.slice(0, level.body.indexOf(top)), ...inside].some(mayAnswer)) return false;
  if (!isServer && anyMayAnswer(server.statement)) return false;
  const takesEach = name === 'return' || takesAll(directive);
  const target = targetOf(text, (path) => takesEach && name === 'rewrite' && /^\/?\$1$/.test(path));
  if (!target || !comesBack(target, asked, server, model)) return false;
  const { path } = target;
  if (!takesEach) {
    const pattern = patternOf(directive.args[0]!.text, false);
    const automaton = pattern && automatonOf(pattern);
    if (path === undefined || !automaton || !accepts(automaton, path)) return false;
  }
  if (isServer) return true;
  if (!isReachable(level) || locationOf(level).modifier === '@') return false;
  if (path === undefined) return true;
  const found = locationFor(server.statement, path, model);
  return found !== undefined && found !== 'unknown' && found.statement === level;
}
