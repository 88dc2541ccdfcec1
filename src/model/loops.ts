/** Requests that nginx hands on to itself, and to the same place in itself. */
import { groupBy } from '../../grammar/group-by.ts';
import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import {
  defaultWord,
  type Endpoint,
  isLocal,
  type Listen,
  type NginxModel,
  type Pass,
  protocolOf,
  type Server,
  type Statement,
  serverOf,
  targetOf,
} from './nginx/index.ts';
import type { Node } from './node.ts';
import { ownAddressesOf, virtualAddressesOf } from './serving.ts';

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
    const sites = sitesOf(model);
    for (const pass of model.passes) {
      const server = loopable(pass);
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
        if (!comesBack(model, pass, server, endpoint, sites)) continue;
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
  const own = new Set(ownAddressesOf(node).map(({ text }) => text));
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
function loopable(pass: Pass): Server | undefined {
  const { statement, module, scheme, uri, hasVariables } = pass;
  const { parent } = statement;
  if (!parent || statement.name !== 'proxy_pass' || hasVariables) return undefined;
  if (module === 'stream') return parent.name === 'server' ? serverOf(parent) : undefined;
  if (module !== 'http' || parent.name !== 'location' || (scheme !== 'http' && scheme !== 'https'))
    return undefined;
  if (uri !== undefined && uri.value !== parent.directive.args.at(-1)?.text) return undefined;
  for (let at: Statement | undefined = parent; at; at = at.parent) {
    if (at.body.some(({ name }) => diverting.has(name))) return undefined;
    if (at.name === 'server') return serverOf(at);
  }
  return undefined;
}

/** The servers that answer at one address and port. */
interface Site {
  readonly servers: ReadonlySet<Server>;
  /** The one that takes requests for names that none of them has. */
  readonly fallback: Server;
  /** By the names that are written out. */
  readonly byName: ReadonlyMap<string, Server>;
  /** Some name is a pattern. */
  readonly hasPatterns: boolean;
  /** Words that some `listen` of theirs has. */
  readonly words: ReadonlySet<string>;
}

/** Where the servers of a model answer; asked for every pass, so worked out once. */
interface Sites {
  /** The site of a module at an address as it is written in `listen`. */
  readonly siteAt: (module: Server['module'], host: string, port: number | undefined) => Site | undefined;
}

function sitesOf(model: NginxModel): Sites {
  const listens = model.servers.flatMap((server) =>
    server.listens.flatMap((listen) => (protocolOf(listen) === 'tcp' ? { server, listen } : [])),
  );
  const bound = groupBy(listens, ({ server, listen: { value } }) =>
    siteKey(server.module, value.host, value.port),
  );
  const sites = new Map<string, Site>();
  return {
    siteAt: (module, host, port) => {
      const key = siteKey(module, host, port);
      const list = bound.get(key);
      if (!list) return undefined;
      const site = sites.get(key) ?? siteOf(list);
      sites.set(key, site);
      return site;
    },
  };
}

const siteKey = (module: string, host: string | undefined, port: number | undefined): string =>
  `${module} ${host} ${port}`;

function siteOf(bound: readonly { readonly server: Server; readonly listen: Listen }[]): Site {
  const byName = new Map<string, Server>();
  for (const { server } of bound) {
    for (const name of plainNames(server)) if (!byName.has(name)) byName.set(name, server);
  }
  const wordsOf = ({ parameters }: Listen): string[] => parameters.map(({ value }) => value);
  const marked = bound.find(({ listen }) => defaultWord(listen));
  return {
    servers: new Set(bound.map(({ server }) => server)),
    fallback: (marked ?? bound[0]!).server,
    byName,
    hasPatterns: bound.some(({ server }) => server.names.some(({ value }) => /^[~*.$]|\*$/.test(value))),
    words: new Set(bound.flatMap(({ listen }) => wordsOf(listen))),
  };
}

const plainNames = ({ names }: Server): string[] =>
  names
    .map(({ value }) => value.toLowerCase())
    .filter((name) => /^[a-z0-9.-]+$/.test(name) && !name.startsWith('.'));

/** Whether a request to `target` certainly meets `server` again. */
function comesBack(
  model: NginxModel,
  pass: Pass,
  server: Server,
  target: Endpoint,
  { siteAt }: Sites,
): boolean {
  const host = target.host === 'localhost' ? '127.0.0.1' : target.host!;
  const wildcard = host.includes(':') ? '::' : '*';
  const site = siteAt(server.module, host, target.port) ?? siteAt(server.module, wildcard, target.port);
  if (!site?.servers.has(server) || site.words.has('proxy_protocol')) return false;
  if (server.module === 'stream') return true;
  if (site.words.has('ssl') !== (pass.scheme === 'https')) return false;
  return site.servers.size === 1 || isNamed(model, pass, server, site);
}

/** Whether the name that is handed on chooses `server` among those that share the socket. */
function isNamed(
  model: NginxModel,
  pass: Pass,
  server: Server,
  { byName, hasPatterns, fallback }: Site,
): boolean {
  const header = model
    .inForce(pass.statement.parent, 'proxy_set_header')
    .findLast(({ directive }) => directive.args[0]?.text.toLowerCase() === 'host');
  const written =
    header?.directive.args[1]?.text ??
    pass.statement.directive.args[0]!.text.replace(/^\w+:\/\/|\/[\s\S]*$/g, '');
  // The name that chose it once chooses it again.
  if (written === '$host' || written === '$http_host') return plainNames(server).length > 0;
  if (written.includes('$')) return false;
  const chosen = byName.get(written.toLowerCase().replace(/:\d+$/, ''));
  return (chosen ?? (hasPatterns ? undefined : fallback)) === server;
}
