/** The sockets of a configuration, and the servers that share them. */
import { grouped } from '../../../grammar/group-by.ts';
import { once } from '../../../grammar/remembered.ts';
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { Located } from '../located.ts';
import { hostKeys } from './host-key.ts';
import type { Listen, Server } from './server.ts';
import { socketKey } from './server.ts';
import type { Module } from './statement.ts';

/** What a worker takes without worker_connections (ngx_event.c: DEFAULT_CONNECTIONS). */
export const defaultConnections = 512;

/** A server on a socket. */
export interface Bound {
  readonly server: Server;
  readonly listen: Listen;
}

/** One address and port of one module. */
export interface Socket {
  readonly module: Module;
  readonly protocol: 'tcp' | 'udp';
  /** `A:P` as nginx compares sockets. */
  readonly key: string;
  readonly host: string;
  readonly port: number | undefined;
  /** In nginx's order; a server that names the socket twice is there twice. */
  readonly bound: readonly Bound[];
}

/** `quic` and `udp` sockets are others than those of TCP; `http3` is what previews of nginx called `quic`. */
export const protocolOf = ({ parameters }: Listen): Socket['protocol'] =>
  parameters.some(({ value }) => value === 'udp' || value === 'quic' || value === 'http3') ? 'udp' : 'tcp';

/** Every socket whose address is known; a range of ports counts as one. */
export const socketsOf = once((servers: readonly Server[]): readonly Socket[] => {
  const found = new Map<string, Socket & { readonly bound: Bound[] }>();
  for (const server of servers) {
    for (const listen of server.listens) {
      const key = socketKey(listen.value);
      if (key === undefined) continue;
      const { module } = server;
      const protocol = protocolOf(listen);
      const id = `${module} ${protocol} ${key}`;
      const { host = '', port } = listen.value;
      const socket = found.get(id) ?? { module, protocol, key, host, port, bound: [] };
      found.set(id, socket);
      socket.bound.push({ server, listen });
    }
  }
  return [...found.values()];
});

/** Two listens of one address whose ports overlap, at least one of them a range: the first and the lowest of both. */
export function* sharedPorts(
  sockets: readonly Socket[],
): Generator<{ readonly first: Bound; readonly second: Bound; readonly port: number }> {
  const ends = ({ listen: { value } }: Bound): number => value.lastPort ?? value.port!;
  const isRange = ({ bound: [first] }: Socket): boolean => first?.listen.value.lastPort !== undefined;
  for (const range of sockets.filter(isRange)) {
    for (const other of sockets) {
      if (other === range || other.module !== range.module || other.protocol !== range.protocol) continue;
      if (other.host !== range.host || other.port === undefined || range.port === undefined) continue;
      const port = Math.max(range.port, other.port);
      if (port > Math.min(ends(range.bound[0]!), ends(other.bound[0]!))) continue;
      // Of two ranges that overlap each meets the other.
      const isSecond = isRange(other) && sockets.indexOf(other) < sockets.indexOf(range);
      if (isSecond) continue;
      yield* met(range, other, port);
    }
  }
}

function* met(range: Socket, other: Socket, port: number): ReturnType<typeof sharedPorts> {
  for (const second of other.bound) {
    const same = range.bound.find(({ server }) => server === second.server) ?? range.bound[0]!;
    const isFirst =
      same.listen.at.source === second.listen.at.source && second.listen.at.start < same.listen.at.start;
    yield isFirst ? { first: second, second: same, port } : { first: same, second, port };
  }
}

/**
 * How many sockets nginx opens at least: a wildcard takes in the addresses of its family on the same port
 * (ngx_http_optimize_servers()), unless they are bound of their own.
 */
export function leastSockets(sockets: readonly Socket[]): number {
  const familyOf = ({ host }: Socket): string =>
    host.startsWith('unix:') ? host : host.includes(':') ? 'inet6' : 'inet';
  const groups = grouped(sockets, (socket) => {
    const { module, protocol, port, bound } = socket;
    return `${module} ${protocol} ${familyOf(socket)} ${port}-${bound[0]?.listen.value.lastPort}`;
  });
  let count = 0;
  for (const group of groups) {
    const { port, lastPort = port } = group[0]!.bound[0]!.listen.value;
    const ports = port === undefined || lastPort === undefined ? 1 : lastPort - port + 1;
    count += ports * (group.some(({ host }) => host === '*' || host === '::') ? 1 : group.length);
  }
  return count;
}

/** Whether a socket speaks TLS, over TCP or QUIC, as far as one `listen` tells. */
export const isTls = ({ parameters }: Listen): boolean =>
  parameters.some(({ value }) => value === 'ssl' || value === 'quic' || value === 'http3');

/**
 * Whether the socket of a `listen` speaks TLS, undefined where its address is not known: `ssl` of one server counts for all that
 * share the socket (ngx_http_add_addresses()).
 */
export const speaksTls = once((servers: readonly Server[]) => {
  const keys = new Set(
    servers.flatMap(({ listens }) => listens.filter(isTls).map(({ value }) => socketKey(value))),
  );
  return ({ value }: Listen): boolean | undefined => {
    const key = socketKey(value);
    return key === undefined ? undefined : keys.has(key);
  };
});

/** The word that makes a server the default of a socket. */
export const defaultWord = ({ parameters }: Listen): Located<string> | undefined =>
  parameters.find(({ value }) => value === 'default_server' || value === 'default');

/** The server that answers names which no server of the socket has: the marked one, else the first. */
export const defaultOf = ({ bound }: Socket): Bound | undefined =>
  bound.find(({ listen }) => defaultWord(listen)) ?? bound[0];

/** Whether a server has only names that nobody asks for, such as `_`, and so is meant for requests that name none. */
export const isNameless = ({ names }: Server): boolean =>
  names.length > 0 && names.every(({ value }) => /^(?:[_-]+|!@#)$/.test(value));

/** What a server name occupies among the names of a socket (ngx_hash_add_key()); patterns occupy nothing. */
export function nameKeys(name: string): readonly string[] {
  const lower = name.toLowerCase();
  if (isPlaceholder(name)) return [];
  if (lower.startsWith('~') || lower === '$hostname') return [];
  return hostKeys(lower) ?? [lower];
}

const socketOptions =
  /^(?:setfib=|fastopen=|backlog=|rcvbuf=|sndbuf=|accept_filter=|deferred$|bind$|ipv6only=|reuseport$|multipath$|so_keepalive=)/;

/** The options of a socket, which only one server may give. */
export const socketOptionsOf = ({ parameters }: Listen): readonly Located<string>[] =>
  parameters.filter(({ value }) => socketOptions.test(value));

/** Loopback addresses and UNIX sockets, which no other machine reaches. */
export const isLocal = (host: string): boolean =>
  host.startsWith('unix:') || host.startsWith('127.') || host === '::1' || host === 'localhost';
