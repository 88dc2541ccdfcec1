/** Requests that nginx hands on to itself, and to the same place in itself. */
import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import {
  type Endpoint,
  isLocal,
  type Listen,
  type NginxModel,
  type Pass,
  protocolOf,
  type Server,
  type Statement,
  targetOf,
} from './nginx/index.ts';
import type { Node } from './node.ts';
import { virtualAddressesOf } from './serving.ts';

/** A target of a pass that leads back to the server it stands in. */
export interface Loop {
  readonly at: Span;
  /** The target, `A:P`. */
  readonly text: string;
  /** Whose address it is, in words. */
  readonly what: string;
  /** The head of the server. */
  readonly server: Span;
  /** The pass, where the target stands in an upstream. */
  readonly via: Span | undefined;
}

/** The loops of a node's nginx; only those that nothing known breaks. */
export function* loops(node: Node): Generator<Loop> {
  const owners = ownersOf(node);
  for (const model of node.nginx) {
    for (const pass of model.passes) {
      const server = loopable(model, pass);
      if (!server) continue;
      const upstream = targetOf(pass, model.upstreams);
      const targets = upstream
        ? upstream.servers
            .filter(({ parameters }) => !parameters.some(({ value }) => value === 'down'))
            .map((each) => ({ value: each.value, at: each.at, via: pass.target.at }))
        : [{ ...pass.target, via: undefined }];
      for (const { value, at, via } of targets) {
        const endpoint = { ...value, port: value.port ?? defaultPort(pass) };
        const whose = owners(endpoint.host);
        if (whose === undefined || endpoint.port === undefined) continue;
        if (!comesBack(model, pass, server, endpoint)) continue;
        const host = endpoint.host!.includes(':') ? `[${endpoint.host}]` : endpoint.host;
        const what =
          whose === 'virtual'
            ? 'a virtual address of this server itself'
            : `${whose}, where this server listens`;
        yield {
          at,
          text: `${host}:${endpoint.port}`,
          what,
          server: headSpan(server.statement.directive),
          via,
        };
      }
    }
  }
}

/** Whose address a host is: `virtual`, or in words; undefined for another machine's. */
function ownersOf(node: Node): (host: string | undefined) => string | undefined {
  const virtual = new Set(virtualAddressesOf(node).map(({ address }) => address.text));
  const own = new Set([
    ...node.host.network.interfaces.flatMap(({ addresses }) => addresses.map(({ value }) => value.text)),
    ...(node.keepalived?.instances ?? []).flatMap(({ unicastSource }) => unicastSource?.value.text ?? []),
  ]);
  return (host) => {
    if (host === undefined || host.startsWith('unix:')) return undefined;
    if (isLocal(host)) return 'loopback';
    if (virtual.has(host)) return 'virtual';
    return own.has(host) ? 'this node’s own address' : undefined;
  };
}

const defaultPort = ({ scheme, module }: Pass): number | undefined =>
  module !== 'http' ? undefined : scheme === 'https' ? 443 : 80;

/** Statements that may send a request elsewhere before it is handed on. */
const diverting = new Set([
  'if',
  'rewrite',
  'return',
  'deny',
  'internal',
  'auth_request',
  'auth_basic',
  'limit_except',
]);

/** The server of a pass that hands requests on as they came, path and all; undefined where something may break the circle. */
function loopable(model: NginxModel, pass: Pass): Server | undefined {
  const { statement, module, scheme, uri, hasVariables } = pass;
  const { parent } = statement;
  if (!parent || statement.name !== 'proxy_pass' || hasVariables) return undefined;
  if (module === 'stream') return parent.name === 'server' ? serverAt(model, parent) : undefined;
  if (module !== 'http' || parent.name !== 'location' || (scheme !== 'http' && scheme !== 'https'))
    return undefined;
  if (uri !== undefined && uri.value !== parent.directive.args.at(-1)?.text) return undefined;
  for (let at: Statement | undefined = parent; at; at = at.parent) {
    if (at.body.some(({ name }) => diverting.has(name))) return undefined;
    if (at.name === 'server') return serverAt(model, at);
  }
  return undefined;
}

const serverAt = (model: NginxModel, statement: Statement): Server | undefined =>
  model.servers.find((server) => server.statement === statement);

/** Whether a request to `target` certainly meets `server` again. */
function comesBack(model: NginxModel, pass: Pass, server: Server, target: Endpoint): boolean {
  const { port } = target;
  const host = target.host === 'localhost' ? '127.0.0.1' : target.host!;
  const wildcard = host.includes(':') ? '::' : '*';
  const answering = (own: string): { each: Server; listen: Listen }[] =>
    model.servers
      .filter(({ module }) => module === server.module)
      .flatMap((each) =>
        each.listens
          .filter(
            (listen) =>
              protocolOf(listen) === 'tcp' && listen.value.host === own && listen.value.port === port,
          )
          .map((listen) => ({ each, listen })),
      );
  const exact = answering(host);
  const candidates = exact.length > 0 ? exact : answering(wildcard);
  const own = candidates.find(({ each }) => each === server);
  if (!own) return false;
  const has = (word: string): boolean =>
    candidates.some(({ listen }) => listen.parameters.some(({ value }) => value === word));
  if (has('proxy_protocol')) return false;
  if (server.module === 'stream') return true;
  if (has('ssl') !== (pass.scheme === 'https')) return false;
  return new Set(candidates.map(({ each }) => each)).size === 1 || isNamed(model, pass, server, candidates);
}

/** Whether the name that is handed on chooses `server` among those that share the socket. */
function isNamed(
  model: NginxModel,
  pass: Pass,
  server: Server,
  candidates: readonly { readonly each: Server; readonly listen: Listen }[],
): boolean {
  const header = model
    .inForce(pass.statement.parent, 'proxy_set_header')
    .findLast(({ directive }) => directive.args[0]?.text.toLowerCase() === 'host');
  const written =
    header?.directive.args[1]?.text ?? pass.statement.directive.args[0]!.text.replace(/^\w+:\/\/|\/.*$/g, '');
  const plain = ({ names }: Server): string[] =>
    names
      .map(({ value }) => value.toLowerCase())
      .filter((name) => /^[a-z0-9.-]+$/.test(name) && !name.startsWith('.'));
  // The name that chose it once chooses it again.
  if (written === '$host' || written === '$http_host') return plain(server).length > 0;
  if (written.includes('$')) return false;
  const name = written.toLowerCase().replace(/:\d+$/, '');
  const chosen = candidates.find(({ each }) => plain(each).includes(name));
  if (chosen) return chosen.each === server;
  const patterns = candidates.some(({ each }) => each.names.some(({ value }) => /^[~*.$]|\*$/.test(value)));
  if (patterns) return false;
  const marked = candidates.find(({ listen }) =>
    listen.parameters.some(({ value }) => /^default(?:_server)?$/.test(value)),
  );
  return (marked ?? candidates[0])?.each === server;
}
