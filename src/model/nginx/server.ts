/** Servers, their sockets, names and locations, and the groups of servers behind them. */
import { type LocationHead, locationHead } from '../../../grammar/nginx/location.ts';
import { once } from '../../../grammar/remembered.ts';
import { headSpan, wordSpan } from '../../../grammar/tree.ts';
import { type Located, located } from '../located.ts';
import { atLeast, type Version } from '../version.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import { around, type Module, moduleOf, type Statement } from './statement.ts';
import { argument, argumentsFrom } from './words.ts';

/** One socket of a server. */
export interface Listen extends Located<Endpoint> {
  /** The `listen` statement, or the server that has none and so gets nginx's default. */
  readonly statement: Statement;
  readonly written: boolean;
  /** The words after the address: `ssl`, `default_server`, `backlog=1024`. */
  readonly parameters: readonly Located<string>[];
}

/** A `server` of http, stream or mail. */
export interface Server {
  readonly statement: Statement;
  readonly module: Module;
  /** At least one in http. */
  readonly listens: readonly Listen[];
  /** The words of all its `server_name`. */
  readonly names: readonly Located<string>[];
  /** Those on its own level. */
  readonly locations: readonly Location[];
}

/** A `location`. */
export interface Location {
  readonly statement: Statement;
  readonly modifier: LocationHead['modifier'];
  /** Prefix, pattern or, with its `@`, name; undefined where a template fills it in or it is missing. */
  readonly path: Located<string | undefined>;
}

/** A `server` of an upstream. */
export interface UpstreamServer extends Located<Endpoint> {
  readonly statement: Statement;
  /** The words after the address: `weight=2`, `backup`. */
  readonly parameters: readonly Located<string>[];
}

/** An `upstream`. */
export interface Upstream {
  readonly statement: Statement;
  readonly module: Module;
  /** nginx compares names without regard to case. */
  readonly name: Located<string>;
  readonly servers: readonly UpstreamServer[];
  /** The balancing method that counts, which is the last one; undefined for round robin. */
  readonly method: Statement | undefined;
  /** The methods before it, which do not count. */
  readonly replaced: readonly Statement[];
}

export const serverOf = once((statement: Statement): Server => {
  const module = moduleOf(statement.context);
  const listens: Listen[] = [];
  const names: Located<string>[] = [];
  const locations: Location[] = [];
  for (const each of statement.body) {
    if (each.name === 'listen') listens.push(listenOf(each, module));
    else if (each.name === 'server_name') names.push(...argumentsFrom(each.directive, 0));
    else if (each.name === 'location') locations.push(locationOf(each));
  }
  if (listens.length === 0 && module === 'http') listens.push(defaultListen(statement));
  return { statement, module, listens, names, locations };
});

function listenOf(statement: Statement, module: Module): Listen {
  const { directive } = statement;
  const address = argument(directive, 0) ?? located('', headSpan(directive));
  const endpoint = parseEndpoint(address.value, true);
  const { host, port } = endpoint;
  // ngx_http_core_listen(): the default port is 80; stream and mail have none.
  const takesDefault = module === 'http' && host !== undefined && !host.startsWith('unix:');
  const isPortWritten = port !== undefined || /:[^\]]*$/.test(address.value);
  return {
    statement,
    written: true,
    at: address.at,
    value: takesDefault && !isPortWritten ? { ...endpoint, port: 80 } : endpoint,
    parameters: argumentsFrom(directive, 1),
  };
}

/** Port 80 as root, 8000 else (ngx_http_core_server()); balancers are started by root. */
const defaultListen = (statement: Statement): Listen => ({
  statement,
  written: false,
  at: headSpan(statement.directive),
  value: { host: '*', port: 80 },
  parameters: [],
});

/** `A:P` as nginx compares sockets: `80`, `*:80` and `0.0.0.0:80` are one. Undefined where it is not known. */
export function socketKey({ host, port, lastPort }: Endpoint): string | undefined {
  if (host?.startsWith('unix:')) return host;
  if (host === undefined || port === undefined) return undefined;
  const address = host.includes(':') ? `[${host}]` : host;
  return `${address}:${port}${lastPort === undefined ? '' : `-${lastPort}`}`;
}

/** The locations directly inside a server or location. */
export const locationsIn = ({ body }: Statement): readonly Location[] =>
  body.filter(({ name }) => name === 'location').map(locationOf);

/** A location's modifier and path; nearly every rule about locations asks for them. */
export const locationOf = once((statement: Statement): Location => {
  const { directive } = statement;
  const { modifier, word, path } = locationHead(directive);
  return { statement, modifier, path: located(path, word ? wordSpan(directive, word) : headSpan(directive)) };
});

const methods = new Set(['hash', 'ip_hash', 'least_conn', 'least_time', 'random']);

/** What the table says of a parameter of a server. */
const factsOf = ({ statement }: UpstreamServer, parameter: string): ReadonlyMap<string, string> | undefined =>
  statement.variant?.params.find(({ name }) => name === parameter)?.facts;

/** Whether a server cannot have a parameter, such as `backup`, beside a balancing method. */
export const excludes = (method: Statement, server: UpstreamServer, parameter: string): boolean =>
  factsOf(server, parameter)?.get('conflicts')?.split('|').includes(method.name) ?? false;

/** Whether servers can have a parameter already; undefined where the version is not known. */
export const hasParameter = (version: Version, server: UpstreamServer, name: string): boolean | undefined =>
  atLeast(version, factsOf(server, name)?.get('since') ?? '0');

export function upstreamOf(statement: Statement): Upstream {
  const { directive, body, context } = statement;
  const chosen = body.filter(({ name }) => methods.has(name));
  return {
    statement,
    module: moduleOf(context),
    name: argument(directive, 0) ?? located('', headSpan(directive)),
    servers: body
      .filter(({ name }) => name === 'server')
      .map((each) => {
        const address = argument(each.directive, 0) ?? located('', headSpan(each.directive));
        return {
          statement: each,
          value: parseEndpoint(address.value),
          at: address.at,
          parameters: argumentsFrom(each.directive, 1),
        };
      }),
    method: chosen.at(-1),
    replaced: chosen.slice(0, -1),
  };
}

/** The server that a statement is in; undefined outside of servers. */
export function enclosingServer(statement: Statement): Server | undefined {
  const block = around(statement, 'server');
  return block && serverOf(block);
}

/** The location whose body a statement is in, through `if` and `limit_except`; undefined outside of locations. */
export function enclosingLocation({ parent }: Statement): Location | undefined {
  let at = parent;
  while (at && (at.name === 'if' || at.name === 'limit_except')) at = at.parent;
  return at?.name === 'location' ? locationOf(at) : undefined;
}
