/** The web servers behind the balancers, and the names that requests reach them with. */
import { isPlaceholder } from '../../grammar/repair/index.ts';
import { type Located, located } from './located.ts';
import { isAddress } from './net.ts';
import {
  argument,
  enclosingServer,
  type NginxModel,
  type Pass,
  type Server,
  type Upstream,
  type UpstreamServer,
} from './nginx/index.ts';
import type { Node } from './node.ts';

/** A web server behind an upstream, as far as the port goes at which the balancer asks it. */
export interface Backend {
  readonly node: Node;
  /** The servers that listen there, the default one first. */
  readonly servers: readonly [Server, ...Server[]];
  /** The default one is marked as default_server. */
  readonly chosen: boolean;
}

/** A way of requests through a balancer to the web servers behind it. */
export interface Hop {
  readonly balancer: Node;
  readonly upstream: Upstream;
  /** The names that go with the requests as Host, as far as they are written out. */
  readonly names: readonly Located<string>[];
  readonly backends: readonly Backend[];
}

/**
 * The ways through a balancer's nginx to the web servers of its cluster. Which web server is behind which upstream is known
 * from names and addresses; else all of them are behind the only upstream there is.
 */
export function* hopsOf(balancer: Node, model: NginxModel, backends: readonly Node[]): Generator<Hop> {
  const groups = model.upstreams.filter(({ module, servers }) => module === 'http' && servers.length > 0);
  for (const pass of model.passes) {
    const { host } = pass.target.value;
    const upstream = groups.find(({ name }) => host !== undefined && name.value.toLowerCase() === host);
    if (pass.module !== 'http' || pass.statement.name !== 'proxy_pass' || !upstream) continue;
    const known = backends.filter((node) => upstream.servers.some((server) => isBehind(server, node)));
    const likely = groups.length === 1 && backends.length <= upstream.servers.length ? backends : [];
    const port = pass.scheme === 'https' ? 443 : 80;
    const ports = new Set(upstream.servers.map(({ value }) => value.port ?? port));
    yield {
      balancer,
      upstream,
      names: passedNames(model, pass),
      backends: (known.length > 0 ? known : likely).flatMap((node) => backendOf(node, ports) ?? []),
    };
  }
}

/** A web server is known by its name, or by an address it listens on. */
function isBehind({ value: { host } }: UpstreamServer, { name, nginx }: Node): boolean {
  if (host === undefined) return false;
  const listens = nginx.flatMap(({ servers }) => servers.flatMap(({ listens }) => listens));
  return host.split('.')[0] === name.toLowerCase() || listens.some(({ value }) => value.host === host);
}

function backendOf(node: Node, ports: ReadonlySet<number>): Backend | undefined {
  const listening = node.nginx
    .flatMap(({ servers }) => servers)
    .filter(({ module }) => module === 'http')
    .flatMap((server) => {
      const listen = server.listens.find(({ value }) => value.port !== undefined && ports.has(value.port));
      return listen
        ? [{ server, chosen: listen.parameters.some(({ value }) => /^default/.test(value)) }]
        : [];
    });
  const chosen = listening.find((each) => each.chosen);
  const fallback = chosen ?? listening[0];
  if (!fallback) return undefined;
  const rest = listening.filter((each) => each !== fallback).map(({ server }) => server);
  return { node, servers: [fallback.server, ...rest], chosen: chosen !== undefined };
}

/** What proxy_pass sends as Host: the header that is set, else the upstream's own name. */
function passedNames(model: NginxModel, { statement, target }: Pass): readonly Located<string>[] {
  const header = model
    .inForce(statement.parent, 'proxy_set_header')
    .flatMap(({ directive }) => (directive.args[0]?.text.toLowerCase() === 'host' ? [directive] : []))
    .at(-1);
  const value = header && argument(header, 1);
  const name = value?.value.replace(/:(?:\d+|\$\w+)$/, '');
  if (!header) return [located(target.value.host ?? '', target.at)].filter(({ value }) => isPlainName(value));
  if (value && name && isPlainName(name)) return [located(name.toLowerCase(), value.at)];
  if (!name || !/^\$\{?(?:host|http_host|server_name)\}?$/.test(name)) return [];
  return (enclosingServer(statement)?.names ?? []).flatMap(({ value, at }) =>
    isPlainName(value) && value.includes('.') ? [located(value.toLowerCase(), at)] : [],
  );
}

const isPlainName = (name: string): boolean => /^[a-z0-9](?:[\w.-]*\w)?$/i.test(name);

/** The word of a server's server_name that a request for `name` matches. */
export const matchingName = ({ names }: Server, name: string): Located<string> | undefined =>
  names.find(({ value }) => nameMatches(value.toLowerCase(), name));

function nameMatches(pattern: string, name: string): boolean {
  if (pattern.startsWith('~') || isPlaceholder(pattern) || pattern.includes('$')) return true; // It may well.
  if (pattern.startsWith('*.')) return name.endsWith(pattern.slice(1));
  if (pattern.startsWith('.')) return name.endsWith(pattern) || name === pattern.slice(1);
  if (pattern.endsWith('.*')) return name.startsWith(pattern.slice(0, -1));
  return pattern === name;
}

/** Whether a web server's default server has no name of a site: it takes whatever comes. */
export const takesAll = ({ servers: [fallback], node }: Backend): boolean =>
  fallback.names.every(({ value }) => !value.includes('.') || value.includes(node.name) || isAddress(value));
