/** Servers of two configurations, and which of them are one. */
import type { Span } from '../../../../grammar/text.ts';
import type { Ground } from '../../located.ts';
import type { NginxModel } from '../index.ts';
import { type Server, socketKey } from '../server.ts';
import { defaultOf, protocolOf, socketsOf } from '../sockets.ts';
import { remembered, type Side } from './change.ts';
import { isNear, likePairs, linesIn, namesIn, sharedIn } from './likeness.ts';

/** A server with its sockets and names in one spelling. */
export interface Site {
  readonly server: Server;
  /** Socket → flags that decide how it speaks; the only server of a socket is its default without a word. */
  readonly sockets: ReadonlyMap<
    string,
    { readonly flags: string; readonly isAlone: boolean; readonly at: Ground; readonly shown: string }
  >;
  readonly names: ReadonlyMap<string, Span>;
  readonly title: string;
}

/** Parameters of a listen that change what clients meet; the others tune the socket. */
const speaking = /^(?:ssl|http2|quic|proxy_protocol|spdy)$/;

/** The servers of one side. */
export const sitesOf = (side: Side): readonly Site[] => allSites(side, side.model);

const allSites = remembered<NginxModel, readonly Site[]>(({ neutral, moves }, model) => {
  const defaults = new Map(
    socketsOf(model.servers).map((socket) => [
      `${socket.module} ${socket.protocol} ${socket.key}`,
      {
        server: defaultOf(socket)?.server,
        shared: new Set(socket.bound.map(({ server }) => server)).size > 1,
      },
    ]),
  );
  return model.servers.map((server) => {
    const sockets = new Map<string, { flags: string; isAlone: boolean; at: Ground; shown: string }>();
    for (const listen of server.listens) {
      const { host, port } = listen.value;
      const key = socketKey(listen.value);
      const own =
        host !== undefined &&
        /^[\d.]+$|:/.test(host) &&
        host !== '::' &&
        !/^127\.|^::1$|^unix:/.test(host) &&
        !moves(host);
      const place = own
        ? `own address:${port}`
        : (key ?? neutral(listen.statement.directive.args[0]?.text ?? ''));
      const protocol = protocolOf(listen);
      const home = defaults.get(`${server.module} ${protocol} ${key}`);
      const flags = listen.parameters.map(({ value }) => value).filter((word) => speaking.test(word));
      if (home?.shared && home.server === server) flags.push('default_server');
      sockets.set(`${protocol} ${place}`, {
        flags: flags.sort().join(' '),
        isAlone: home?.shared === false,
        at: listen.written ? listen.at : { ...listen.at, lacks: 'listen' },
        shown: (key ?? place).replace(/^\*:/, ''),
      });
    }
    const names = new Map(server.names.map(({ value, at }) => [neutral(value.toLowerCase()), at]));
    const [name] = server.names;
    const [socket] = sockets.values();
    const title =
      name && !nameless(name.value)
        ? name.value
        : `on ${socket?.shown.replace(/^\d+$/, 'port $&') ?? 'no port'}`;
    return { server, sockets, names, title };
  });
});

/** Servers of both sides that are one: by sockets and names together, then by names, by a name, by sockets alone; then by likeness. */
export function matched(mine: readonly Site[], theirs: readonly Site[]) {
  const pairs: (readonly [Site, Site])[] = [];
  const sockets = ({ sockets: all, server }: Site): string =>
    [server.module, ...[...all.keys()].sort()].join(' ');
  const names = ({ names: all, server }: Site): string =>
    [server.module, ...[...all.keys()].sort()].join(' ');
  const left = new Set(mine);
  const right = new Set(theirs);
  const pass = (
    keys: (site: Site) => readonly string[],
    unique = false,
    isOne: (a: Site, b: Site) => boolean = () => true,
  ): void => {
    const [ours, others] = [queues(left, keys), queues(right, keys)];
    for (const site of left) {
      for (const key of keys(site)) {
        const queue = others.get(key);
        if (!queue || (unique && (queue.length > 1 || ours.get(key)!.length > 1))) continue;
        while (queue.length > 0 && !right.has(queue.at(-1)!)) queue.pop();
        const found = queue.at(-1);
        if (!found || !isOne(site, found)) continue;
        queue.pop();
        pairs.push([site, found]);
        left.delete(site);
        right.delete(found);
        break;
      }
    }
  };
  const named = ({ names: all }: Site): readonly string[] =>
    [...all.keys()].filter((name) => !nameless(name));
  const whole = (site: Site): string => `${sockets(site)} / ${names(site)}`;
  // Of several that are called alike those that do the same.
  const crowded = new Set([mine, theirs].flatMap((sites) => repeated(sites.map(whole))));
  if (crowded.size > 0)
    pass((site) => (crowded.has(whole(site)) ? [`${whole(site)} / ${deedsOf(site)}`] : []));
  pass((site) => [whole(site)]);
  pass((site) =>
    named(site).flatMap((name) =>
      [...site.sockets.keys()].map((socket) => `${site.server.module} ${name} ${socket}`),
    ),
  );
  pass((site) => (named(site).length > 0 ? [names(site)] : []));
  pass(
    (site) => [sockets(site)],
    true,
    // Where a node has one site and its partner another, neither is a change of the other.
    (a, b) =>
      named(a).length === 0 ||
      named(b).length === 0 ||
      sharedIn(linesIn(a.server.statement), linesIn(b.server.statement)) >= 0.5,
  );
  // What does the same elsewhere was moved.
  pass((site) => [`${site.server.module} ${deedsOf(site)}`], true);
  for (const [site, found] of likePairs(left, right, siteLikeness)) {
    pairs.push([site, found]);
    left.delete(site);
    right.delete(found);
  }
  return { pairs, extra: [...left], missing: [...right] };
}

const repeated = (words: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return words.filter((word) => seen.has(word) || !seen.add(word));
};

const nameless = (name: string): boolean => name === '_' || name === '';

/** How much two servers of no common socket and name look like one that was changed; undefined where they do not. */
function siteLikeness(a: Site, b: Site): number | undefined {
  if (a.server.module !== b.server.module) return undefined;
  const [mine, theirs] = [a, b].map(({ names }) => [...names.keys()].filter((name) => !nameless(name))) as [
    string[],
    string[],
  ];
  const isOneOf = (some: readonly string[], others: readonly string[]): boolean =>
    some.some((name) => others.some((other) => name === other || isNear(name, other)));
  const [x, y] = [a.server.statement, b.server.statement];
  const shared = sharedIn(linesIn(x), linesIn(y));
  if (isOneOf(mine, theirs)) return shared > 0 ? 1 + shared : undefined;
  const isNameless = mine.length === 0 && theirs.length === 0;
  if (isNameless && isOneOf([...a.sockets.keys()], [...b.sockets.keys()])) {
    const isAlike = shared > 0.3 || sharedIn(namesIn(x), namesIn(y)) > 0.5;
    return isAlike ? 1 + shared : undefined;
  }
  // Two names that have nothing in common are two sites, however alike the headers that they set.
  const enough = mine.length > 0 && theirs.length > 0 ? 0.8 : 0.3;
  return shared >= enough ? shared : undefined;
}

/** What a server says besides where it listens and for whom. */
const deedsOf = ({ server }: Site): string =>
  server.statement.body
    .filter(({ name }) => name !== 'listen' && name !== 'server_name')
    .map(({ directive: { source, name, close } }) =>
      source.text.slice(name.start, close).replace(/\s+/g, ' '),
    )
    .join('\n');

/** Sites by key, the first of a key last. */
function queues(
  sites: ReadonlySet<Site>,
  keys: (site: Site) => readonly string[],
): ReadonlyMap<string, Site[]> {
  const byKey = new Map<string, Site[]>();
  for (const site of [...sites].reverse()) {
    for (const key of keys(site)) {
      const queue = byKey.get(key);
      if (queue) queue.push(site);
      else byKey.set(key, [site]);
    }
  }
  return byKey;
}
