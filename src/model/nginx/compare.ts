/** How two nginx configurations differ in what they mean, object by object. */
import type { Span } from '../../../grammar/text.ts';
import { headSpan } from '../../../grammar/tree.ts';
import type { NginxModel } from './index.ts';
import { passNames, passOf, targetOf } from './pass.ts';
import { secretsOf } from './secrets.ts';
import { type Location, locationOf, type Server, socketKey, type Upstream } from './server.ts';
import { defaultOf, protocolOf, socketsOf } from './sockets.ts';
import type { Statement } from './statement.ts';

/** One of the two configurations. */
export interface Side {
  readonly model: NginxModel;
  /** Puts one mark in place of names and addresses of the nodes themselves. */
  readonly neutral: (text: string) => string;
  /** Addresses that move between the nodes; any other address in a `listen` is the node's own. */
  readonly moves: (address: string) => boolean;
}

/** Something that one side says otherwise, or does not say. */
export interface ChangePart {
  /** The directive, or the word that names a thing: `client_max_body_size`, `server 10.0.1.11:8080`. */
  readonly name: string;
  /** What each side says in few words; undefined where it says nothing, and where it is long or secret. */
  readonly here: string | undefined;
  readonly there: string | undefined;
  /** Where each side says it; undefined where it does not. */
  readonly at: Span | undefined;
  readonly expected: Span | undefined;
}

/** The differences of one object. */
export interface Change {
  readonly kind: 'upstream' | 'listen' | 'server-name' | 'tls' | 'other';
  /** In words: `upstream app`, `server example.com`, `location /api of example.com`, `http`. */
  readonly object: string;
  /** Whether the object as a whole is on one side only. */
  readonly presence: 'here' | 'there' | 'both';
  readonly parts: readonly ChangePart[];
  readonly at: Span;
  readonly expected: Span | undefined;
}

/** Directives in which healthy nodes differ: the size of the machine, its accounts, its logs and its paths. */
const local =
  /^(?:worker_(?:processes|cpu_affinity|rlimit_\w+|connections|priority|shutdown_timeout)|working_directory|pid|lock_file|error_log|access_log|daemon|master_process|user|env|load_module|thread_pool|debug_\w+|\w+_temp_path|timer_resolution|pcre_jit|use|multi_accept|accept_mutex\w*|open_file_cache\w*|types|\w+_hash_(?:max|bucket)_size|include|open_log_file_cache|log_format|aio|sendfile\w*|directio|google_perftools_profiles)$/;
/** Headers by which a node tells which one it is. */
const identifying =
  /^(?:x-(?:served|node|server|backend|instance|proxy|lb|host(?:name)?|via|cache|upstream|origin|pod|machine)(?:-?(?:by|id|name|node|server|host|instance|lb))*|via|server)$/i;
/** Directives that are carried out in their order. */
const sequences: ReadonlyMap<string, string> = new Map([
  ...['rewrite', 'set', 'if', 'return', 'break'].map((name) => [name, 'rewrite'] as const),
  ...['allow', 'deny'].map((name) => [name, 'allow and deny'] as const),
]);

/** Lists of which each line is about something of its own: its first word. */
const keyed =
  /^(?:add_header|add_trailer|more_set_headers|(?:proxy|grpc)_set_header|(?:fastcgi|uwsgi|scgi)_param|perl_set|js_set|upstream)$/;

interface Comparison {
  readonly here: Side;
  readonly there: Side;
  /** Upstreams that are called otherwise `here`, by their names. */
  readonly renamed: Map<string, string>;
}

/** The differences, outer objects first. `allowed` names directives and objects that may differ. */
export function* changesBetween(here: Side, there: Side, allowed: ReadonlySet<string>): Generator<Change> {
  if (here.model === there.model || isSameText(here.model, there.model)) return;
  // What is still to be filled in may become the same.
  if (here.model.templates.size > 0 || there.model.templates.size > 0) return;
  const comparison: Comparison = { here, there, renamed: new Map() };
  for (const change of changes(comparison)) {
    if (namesOf(change.object).some((name) => allowed.has(name))) continue;
    const parts = change.parts.filter(({ name }) => !allowed.has(name) && !allowed.has(name.split(' ')[0]!));
    if (parts.length > 0 || change.presence !== 'both') yield { ...change, parts };
  }
}

/** What an operator may call an object: `location /a of b`, `location /a`, `/a`. */
const namesOf = (object: string): readonly string[] =>
  [object, object.split(' of ')[0]!].flatMap((name) => [name, name.replace(/^\w+ /, '')]);

function isSameText({ syntax: a }: NginxModel, { syntax: b }: NginxModel): boolean {
  return (
    a.length === b.length && a.every(({ file }, index) => file.source.text === b[index]!.file.source.text)
  );
}

function* changes(comparison: Comparison): Generator<Change> {
  const { here, there } = comparison;
  yield* upstreamChanges(comparison);
  yield* levelChanges(comparison, 'main', undefined, undefined);
  for (const name of ['http', 'stream', 'mail', 'events']) {
    const [mine] = here.model.named(name);
    const [theirs] = there.model.named(name);
    if (mine && theirs) yield* levelChanges(comparison, name, mine, theirs);
  }
  yield* serverChanges(comparison);
}

/** Statements of a level that are about one thing. */
interface Group {
  readonly name: string;
  readonly statements: readonly Statement[];
  readonly text: string;
}

const isObject = ({ name, directive }: Statement): boolean =>
  (/^(?:http|stream|mail|events|upstream|location)$/.test(name) && directive.body !== undefined) ||
  (name === 'server' && directive.body !== undefined);

function groupsOf(
  side: Side,
  statements: readonly Statement[],
  rename?: Comparison['renamed'],
): ReadonlyMap<string, Group> {
  const lists = new Map<string, Statement[]>();
  for (const statement of statements) {
    const { name } = statement;
    if (isObject(statement) || local.test(name) || name === 'listen' || name === 'server_name') continue;
    const key = groupKey(statement);
    const list = lists.get(key);
    if (list) list.push(statement);
    else lists.set(key, [statement]);
  }
  const groups = new Map<string, Group>();
  for (const [name, list] of lists) {
    const texts = list.map((each) => textOf(side, each, rename));
    if (![...sequences.values()].includes(name)) texts.sort();
    groups.set(name, { name, statements: list, text: texts.join('\n') });
  }
  return groups;
}

function groupKey({ name, directive: { args, body }, variant }: Statement): string {
  const sequence = sequences.get(name);
  if (sequence) return sequence;
  if (variant?.body === 'entries' || body) return [name, ...args.map(({ text }) => text)].join(' ');
  if (keyed.test(name))
    return `${name} ${name.includes('header') ? args[0]?.text.toLowerCase() : args[0]?.text}`;
  const sized =
    /^limit_\w+_zone$|_cache_path$/.test(name) && args.find(({ text }) => /^(?:keys_)?zone=/.test(text));
  return sized ? `${name} ${sized.text.replace(/^[^=]*=|:[\s\S]*$/g, '')}` : name;
}

/** Directives with a reader of their own that take times. */
const timed = /timeout|_time$|_valid$|^expires$/;

/** A statement in one spelling, with everything in it. */
function textOf(side: Side, statement: Statement, rename?: Comparison['renamed']): string {
  const { name, directive, body } = statement;
  const head = [name, ...argumentTexts(side, statement, rename)].join(' ');
  if (!directive.body) return head;
  if (directive.raw) return `${head} {${directive.raw.text}}`;
  const lines =
    statement.variant?.body === 'entries'
      ? entryTexts(side, statement)
      : [...groupsOf(side, body, rename).values()].map(({ text }) => text).sort();
  const inner = body.filter(isObject).map((each) => textOf(side, each, rename));
  return `${head} {${[...lines, ...inner].join('\n')}}`;
}

function entryTexts({ model, neutral }: Side, statement: Statement): readonly string[] {
  const plain: string[] = [];
  const patterns: string[] = [];
  for (const { name, args } of model.entries(statement)) {
    const text = neutral([name, ...args].map((word) => word.text).join(' '));
    // The first pattern that matches counts; all else is looked up.
    (name.text.startsWith('~') ? patterns : plain).push(text);
  }
  return [...plain.sort(), ...patterns];
}

/** Milliseconds and bytes of a unit. */
const milli: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 36e5,
  d: 864e5,
  w: 6048e5,
  M: 2592e6,
  y: 31536e6,
  '': 1e3,
};
const bytes: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function argumentTexts(
  { neutral }: Side,
  { name, directive, variant }: Statement,
  rename?: Comparison['renamed'],
): readonly string[] {
  const words = directive.args.map(({ text }) => text);
  const isNodeHeader =
    /^(?:add_header|more_set_headers|proxy_set_header)$/.test(name) && identifying.test(words[0] ?? '');
  if (isNodeHeader && !words[1]?.includes('$')) return [words[0]!.toLowerCase()];
  const type = variant?.type ?? '';
  // Where a cache lies is the machine's own affair, and so is how much it may take.
  if (name.endsWith('_cache_path')) words.shift();
  const spelled = words.map((word, index) => {
    if (type === 'msec' || type === 'sec' || (type === 'custom' && timed.test(name)))
      return inUnits(word, /(\d+)(ms|[smhdwMy]|)\s*/gy, milli);
    if (type === 'size' || type === 'offset' || type === 'bufs')
      return inUnits(word.toLowerCase(), /(\d+)([kmg]|)/gy, bytes);
    if (type === 'flag' || type === 'enum') return word.toLowerCase();
    if (index === 0 && name.includes('header')) return word.toLowerCase();
    if (index === 0 && rename && rename.size > 0 && /_pass$/.test(name)) {
      const [, scheme = '', host = '', rest = ''] = /^([a-z]+:\/\/)?([^/:$]+)(.*)$/s.exec(word) ?? [];
      return rename.has(host) ? `${scheme}${rename.get(host)}${rest}` : neutral(word);
    }
    // How much memory a zone gets is the machine's own affair.
    if (/_zone$|_cache$|_cache_path$/.test(name))
      return neutral(word.replace(/:(?<=[:=][^:]+:)\d+[kmg]?$|^max_size=.*/i, ''));
    return neutral(word);
  });
  // Sets of words, in which the order says nothing.
  return /^(?:bitmask|types)/.test(type) ? spelled.map((word) => word.toLowerCase()).sort() : spelled;
}

/** The sum of a word's numbers with their units; the word itself where it is anything else. */
function inUnits(word: string, pattern: RegExp, units: Readonly<Record<string, number>>): string {
  let [sum, end] = [0, 0];
  for (const match of word.matchAll(pattern)) {
    sum += Number(match[1]) * (units[match[2]!] ?? 1);
    end = match.index + match[0].length;
  }
  return end === word.length && end > 0 ? `${sum}` : word;
}

/**
 * What a side says of a group that it does not have on this level: what holds from further out, or nginx's default, which may
 * depend on the machine.
 */
function inherited(side: Side, level: Statement | undefined, { name, statements }: Group): readonly string[] {
  const [like] = statements as [Statement, ...Statement[]];
  if (like.directive.body || sequences.has(like.name)) return [];
  const outer = side.model.inForce(level, like.name).filter((each) => groupKey(each) === name);
  if (outer.length > 0)
    return [
      outer
        .map((each) => textOf(side, each))
        .sort()
        .join('\n'),
    ];
  const words = like.variant?.defaults
    .findLast(({ until }) => until === undefined)
    ?.value.split(/\s+/)
    .map((word) => word.split('|'));
  if (!words) return [];
  const choices = Math.max(...words.map(({ length }) => length));
  return Array.from({ length: choices }, (_, choice) => {
    const args = words.map((each) => ({
      text: each[choice] ?? each[0]!,
      start: 0,
      end: 0,
      quote: '' as const,
    }));
    return textOf(side, { ...like, directive: { ...like.directive, args } });
  });
}

function partsOf(
  comparison: Comparison,
  mine: Statement | undefined,
  theirs: Statement | undefined,
): readonly ChangePart[] {
  const { here, there, renamed } = comparison;
  const a = groupsOf(here, mine?.body ?? here.model.statements, renamed);
  const b = groupsOf(there, theirs?.body ?? there.model.statements);
  const parts: ChangePart[] = [];
  for (const name of new Set([...b.keys(), ...a.keys()])) {
    const [x, y] = [a.get(name), b.get(name)];
    const left = x ? [x.text] : inherited(here, mine, y!);
    const right = y ? [y.text] : inherited(there, theirs, x!);
    if (left.some((text) => right.includes(text))) continue;
    // The name of no upstream is a finding of its own.
    if (x?.statements.some(lostIn(here)) || y?.statements.some(lostIn(there))) continue;
    if ((!x && !here.model.complete) || (!y && !there.model.complete)) continue;
    parts.push({ name, here: shown(x, y), there: shown(y, x), at: spanOf(x), expected: spanOf(y) });
  }
  return parts;
}

/** A pass to the name of an upstream that its configuration does not define. */
const lostIn =
  ({ model }: Side) =>
  (statement: Statement): boolean => {
    const pass = passNames.has(statement.name) ? passOf(statement) : undefined;
    const { host, port } = pass?.target.value ?? {};
    if (!pass || host === undefined || port !== undefined || !/^[\w-]+$/.test(host)) return false;
    return host !== 'localhost' && !targetOf(pass, model.upstreams);
  };

const spanOf = (group: Group | undefined): Span | undefined =>
  group && headSpan(group.statements[0]!.directive);

/** The words of a lone statement, where they are short and no secret. */
function shown(group: Group | undefined, other: Group | undefined): string | undefined {
  const [only, ...more] = group?.statements ?? [];
  if (!only || more.length > 0 || only.directive.body || sequences.has(only.name)) return undefined;
  if (other && other.statements.length > 1) return undefined;
  if ([...secretsOf([only.directive])].length > 0) return undefined;
  const words = only.directive.args.map(({ text }) => text);
  const text = (keyed.test(only.name) ? words.slice(1) : words).join(' ');
  return text.length <= 40 && text !== '' ? text : undefined;
}

function* levelChanges(
  comparison: Comparison,
  object: string,
  mine: Statement | undefined,
  theirs: Statement | undefined,
): Generator<Change> {
  yield* changesOf(
    object,
    partsOf(comparison, mine, theirs),
    mine && headSpan(mine.directive),
    theirs && headSpan(theirs.directive),
  );
}

function* changesOf(
  object: string,
  parts: readonly ChangePart[],
  at: Span | undefined,
  expected: Span | undefined,
): Generator<Change> {
  const isTls = ({ name }: ChangePart): boolean => /^ssl_(?!preread)/.test(name);
  for (const [kind, list] of [
    ['tls', parts.filter(isTls)],
    ['other', parts.filter((part) => !isTls(part))],
  ] as const) {
    const [first] = list;
    // A side without the level's block has no place but the other's.
    const place = first && (first.at ?? at ?? first.expected ?? expected);
    if (first && place)
      yield { kind, object, presence: 'both', parts: list, at: place, expected: first.expected ?? expected };
  }
}

const neutralServer = new Set([
  'weight=1',
  'max_fails=1',
  'fail_timeout=10s',
  'fail_timeout=10',
  'max_conns=0',
]);

function serversOf(
  { neutral }: Side,
  { servers }: Upstream,
): ReadonlyMap<string, { text: string; at: Span; shown: string }> {
  const found = new Map<string, { text: string; at: Span; shown: string }>();
  for (const { value, at, parameters, statement } of servers) {
    const { host, port } = value;
    const written = statement.directive.args[0]?.text ?? '';
    const shownAddress =
      host === undefined ? written : host.startsWith('unix:') ? host : `${host}:${port ?? 80}`;
    const words = parameters
      .map((each) => each.value)
      .filter((word) => !neutralServer.has(word))
      .sort();
    found.set(neutral(shownAddress), { text: words.join(' '), at, shown: shownAddress });
  }
  return found;
}

const upstreamText = (side: Side, upstream: Upstream): string =>
  [
    ...[...serversOf(side, upstream)].map(([address, { text }]) => `${address} ${text}`).sort(),
    ...[
      ...groupsOf(
        side,
        upstream.statement.body.filter(({ name }) => name !== 'server'),
      ).values(),
    ]
      .map(({ text }) => text)
      .sort(),
  ].join('\n');

const upstreamKey = ({ module, name }: Upstream): string => `${module} ${name.value.toLowerCase()}`;

function* upstreamChanges({ here, there, renamed }: Comparison): Generator<Change> {
  const theirs = new Map(there.model.upstreams.map((each) => [upstreamKey(each), each]));
  const alone: Upstream[] = [];
  for (const upstream of here.model.upstreams) {
    const other = theirs.get(upstreamKey(upstream));
    if (!other) alone.push(upstream);
    else yield* upstreamChange(here, there, upstream, other);
    theirs.delete(upstreamKey(upstream));
  }
  const byText = new Map(
    [...theirs.values()].map((each) => [`${each.module} ${upstreamText(there, each)}`, each]),
  );
  for (const upstream of alone) {
    const object = `upstream ${upstream.name.value}`;
    const twin = byText.get(`${upstream.module} ${upstreamText(here, upstream)}`);
    if (twin && theirs.delete(upstreamKey(twin))) {
      renamed.set(upstream.name.value.toLowerCase(), twin.name.value.toLowerCase());
      const part = {
        name: 'the name',
        here: upstream.name.value,
        there: twin.name.value,
        at: upstream.name.at,
        expected: twin.name.at,
      };
      yield {
        kind: 'upstream',
        object: `upstream ${twin.name.value}`,
        presence: 'both',
        parts: [part],
        at: part.at,
        expected: part.expected,
      };
    } else if (there.model.complete) {
      yield {
        kind: 'upstream',
        object,
        presence: 'here',
        parts: [],
        at: headSpan(upstream.statement.directive),
        expected: undefined,
      };
    }
  }
  if (!here.model.complete) return;
  for (const upstream of theirs.values()) {
    const at = headSpan(upstream.statement.directive);
    yield {
      kind: 'upstream',
      object: `upstream ${upstream.name.value}`,
      presence: 'there',
      parts: [],
      at,
      expected: undefined,
    };
  }
}

function* upstreamChange(here: Side, there: Side, mine: Upstream, theirs: Upstream): Generator<Change> {
  const [a, b] = [serversOf(here, mine), serversOf(there, theirs)];
  const parts: ChangePart[] = [];
  const extra = [...a].filter(([address]) => !b.has(address));
  const missing = [...b].filter(([address]) => !a.has(address));
  const [[, x] = [], [, y] = []] = [extra[0], missing[0]];
  if (x && y && extra.length === 1 && missing.length === 1) {
    parts.push({ name: 'server', here: x.shown, there: y.shown, at: x.at, expected: y.at });
  } else {
    for (const [, { shown: text, at }] of here.model.complete ? missing : [])
      parts.push({ name: `server ${text}`, here: undefined, there: text, at: undefined, expected: at });
    for (const [, { shown: text, at }] of there.model.complete ? extra : [])
      parts.push({ name: `server ${text}`, here: text, there: undefined, at, expected: undefined });
  }
  for (const [address, server] of a) {
    const other = b.get(address);
    if (!other || other.text === server.text) continue;
    parts.push({
      name: `server ${server.shown}`,
      here: server.text || 'plain',
      there: other.text || 'plain',
      at: server.at,
      expected: other.at,
    });
  }
  // The method is one setting, whatever its name.
  const [method, otherMethod] = [mine.method, theirs.method];
  const methodText = (side: Side, statement: Statement | undefined): string =>
    statement ? textOf(side, statement) : 'round robin';
  if (methodText(here, method) !== methodText(there, otherMethod)) {
    parts.push({
      name: 'method',
      here: methodText(here, method),
      there: methodText(there, otherMethod),
      at: headSpan((method ?? mine.statement).directive),
      expected: headSpan((otherMethod ?? theirs.statement).directive),
    });
  }
  const rest = ({ statement, method: own }: Upstream): readonly Statement[] =>
    statement.body.filter((each) => each.name !== 'server' && each !== own);
  const [g, h] = [groupsOf(here, rest(mine)), groupsOf(there, rest(theirs))];
  for (const name of new Set([...h.keys(), ...g.keys()])) {
    const [left, right] = [g.get(name), h.get(name)];
    // The size of a zone is the machine's own affair.
    if (name === 'zone' && left && right) continue;
    if (left?.text === right?.text) continue;
    parts.push({
      name,
      here: shown(left, right),
      there: shown(right, left),
      at: spanOf(left),
      expected: spanOf(right),
    });
  }
  const [first] = parts;
  if (!first) return;
  const head = headSpan(mine.statement.directive);
  yield {
    kind: 'upstream',
    object: `upstream ${mine.name.value}`,
    presence: 'both',
    parts,
    at: first.at ?? head,
    expected: first.expected,
  };
}

/** A server with its sockets and names in one spelling. */
interface Site {
  readonly server: Server;
  /** Socket → flags that decide how it speaks. */
  readonly sockets: ReadonlyMap<
    string,
    { readonly flags: string; readonly at: Span; readonly shown: string }
  >;
  readonly names: ReadonlyMap<string, Span>;
  readonly title: string;
}

/** Parameters of a listen that change what clients meet; the others tune the socket. */
const speaking = /^(?:ssl|http2|quic|proxy_protocol|spdy)$/;

function sitesOf(side: Side): readonly Site[] {
  const { model, neutral, moves } = side;
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
    const sockets = new Map<string, { flags: string; at: Span; shown: string }>();
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
        at: listen.at,
        shown: (key ?? place).replace(/^\*:/, ''),
      });
    }
    const names = new Map(server.names.map(({ value, at }) => [neutral(value.toLowerCase()), at]));
    const [name] = server.names;
    const [socket] = sockets.values();
    const title =
      name && name.value !== '_' && name.value !== ''
        ? name.value
        : `on ${socket?.shown.replace(/^\d/, 'port $&') ?? 'no port'}`;
    return { server, sockets, names, title };
  });
}

function* serverChanges(comparison: Comparison): Generator<Change> {
  const { here, there } = comparison;
  const { pairs, extra, missing } = matched(sitesOf(here), sitesOf(there));
  for (const [mine, theirs] of pairs) yield* siteChanges(comparison, mine, theirs);
  const alone = (site: Site, presence: 'here' | 'there'): Change => ({
    kind: 'other',
    object: `server ${site.title}`,
    presence,
    parts: [],
    at: headSpan(site.server.statement.directive),
    expected: undefined,
  });
  if (there.model.complete) for (const site of extra) yield alone(site, 'here');
  if (here.model.complete) for (const site of missing) yield alone(site, 'there');
}

/** Servers of both sides that are one: by sockets and names together, then by names, by a name, by sockets alone. */
function matched(mine: readonly Site[], theirs: readonly Site[]) {
  const pairs: (readonly [Site, Site])[] = [];
  const sockets = ({ sockets: all, server }: Site): string =>
    [server.module, ...[...all.keys()].sort()].join(' ');
  const names = ({ names: all, server }: Site): string =>
    [server.module, ...[...all.keys()].sort()].join(' ');
  const left = new Set(mine);
  const right = new Set(theirs);
  const pass = (keys: (site: Site) => readonly string[], unique = false): void => {
    const [ours, others] = [queues(left, keys), queues(right, keys)];
    for (const site of left) {
      for (const key of keys(site)) {
        const queue = others.get(key);
        if (!queue || (unique && (queue.length > 1 || ours.get(key)!.length > 1))) continue;
        while (queue.length > 0 && !right.has(queue.at(-1)!)) queue.pop();
        const found = queue.pop();
        if (!found) continue;
        pairs.push([site, found]);
        left.delete(site);
        right.delete(found);
        break;
      }
    }
  };
  const named = ({ names: all }: Site): readonly string[] =>
    [...all.keys()].filter((name) => name !== '_' && name !== '');
  pass((site) => [`${sockets(site)} / ${names(site)}`]);
  pass((site) =>
    named(site).flatMap((name) =>
      [...site.sockets.keys()].map((socket) => `${site.server.module} ${name} ${socket}`),
    ),
  );
  pass((site) => (named(site).length > 0 ? [names(site)] : []));
  pass((site) => [sockets(site)], true);
  return { pairs, extra: [...left], missing: [...right] };
}

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

function* siteChanges(comparison: Comparison, mine: Site, theirs: Site): Generator<Change> {
  const at = headSpan(mine.server.statement.directive);
  const expected = headSpan(theirs.server.statement.directive);
  const object = `server ${theirs.title}`;
  const isReadable = comparison.here.model.complete && comparison.there.model.complete;
  const listens = isReadable ? listenParts(mine, theirs) : [];
  const names = isReadable ? nameParts(mine, theirs) : [];
  for (const [kind, parts] of [
    ['listen', listens],
    ['server-name', names],
  ] as const) {
    const [first] = parts;
    if (first)
      yield {
        kind,
        object,
        presence: 'both',
        parts,
        at: first.at ?? at,
        expected: first.expected ?? expected,
      };
  }
  const [x, y] = [mine.server.statement, theirs.server.statement];
  yield* changesOf(object, [...partsOf(comparison, x, y), ...orderParts(x, y)], at, expected);
  yield* locationChanges(comparison, x, y, theirs.title);
}

function listenParts(mine: Site, theirs: Site): readonly ChangePart[] {
  const parts: ChangePart[] = [];
  const extra = [...mine.sockets].filter(([key]) => !theirs.sockets.has(key)).map(([, each]) => each);
  const missing = [...theirs.sockets].filter(([key]) => !mine.sockets.has(key)).map(([, each]) => each);
  const [x, y] = [extra[0], missing[0]];
  if (x && y && extra.length === 1 && missing.length === 1) {
    parts.push({ name: 'listen', here: x.shown, there: y.shown, at: x.at, expected: y.at });
  } else {
    for (const { shown: text, at } of extra)
      parts.push({ name: `listen ${text}`, here: text, there: undefined, at, expected: undefined });
    for (const { shown: text, at } of missing)
      parts.push({ name: `listen ${text}`, here: undefined, there: text, at: undefined, expected: at });
  }
  for (const [key, socket] of mine.sockets) {
    const other = theirs.sockets.get(key);
    if (!other || other.flags === socket.flags) continue;
    // Where the default server changes, one server loses what another gains: the one that gains tells it.
    const without = (flags: string): string => flags.replace(/ ?default_server/, '').trim();
    if (without(other.flags) === without(socket.flags) && !socket.flags.includes('default_server')) continue;
    parts.push({
      name: `listen ${socket.shown}`,
      here: socket.flags || 'plain',
      there: other.flags || 'plain',
      at: socket.at,
      expected: other.at,
    });
  }
  return parts;
}

function nameParts(mine: Site, theirs: Site): readonly ChangePart[] {
  const readable = (name: string): string => name.replaceAll('\0', '…');
  const extra = [...mine.names].filter(([name]) => !theirs.names.has(name));
  const missing = [...theirs.names].filter(([name]) => !mine.names.has(name));
  const [[a, at] = [], [b, expected] = []] = [extra[0], missing[0]];
  if (a !== undefined && b !== undefined && extra.length === 1 && missing.length === 1)
    return [{ name: 'server_name', here: readable(a), there: readable(b), at, expected }];
  return [
    ...extra.map(([name, place]) => ({
      name: `server_name ${readable(name)}`,
      here: readable(name),
      there: undefined,
      at: place,
      expected: undefined,
    })),
    ...missing.map(([name, place]) => ({
      name: `server_name ${readable(name)}`,
      here: undefined,
      there: readable(name),
      at: undefined,
      expected: place,
    })),
  ];
}

const locationsOf = ({ body }: Statement): readonly Location[] =>
  body.filter(({ name }) => name === 'location').map(locationOf);
const locationKey = ({ modifier, path }: Location): string =>
  `${modifier === '@' ? '' : modifier} ${path.value ?? '?'}`.trim();
const isPattern = ({ modifier }: Location): boolean => modifier === '~' || modifier === '~*';

function* locationChanges(
  comparison: Comparison,
  mine: Statement,
  theirs: Statement,
  site: string,
): Generator<Change> {
  const stack: (readonly [Statement, Statement])[] = [[mine, theirs]];
  for (let pair = stack.pop(); pair; pair = stack.pop()) {
    const [x, y] = pair;
    const others = new Map(locationsOf(y).map((each) => [locationKey(each), each]));
    const title = (location: Location): string =>
      `location ${locationKey(location)} of ${site.startsWith('on ') ? `the server ${site}` : site}`;
    for (const location of locationsOf(x)) {
      const key = locationKey(location);
      const other = others.get(key);
      const at = headSpan(location.statement.directive);
      if (!other) {
        if (comparison.there.model.complete)
          yield {
            kind: 'other',
            object: title(location),
            presence: 'here',
            parts: [],
            at,
            expected: headSpan(y.directive),
          };
        continue;
      }
      others.delete(key);
      const parts = [
        ...partsOf(comparison, location.statement, other.statement),
        ...orderParts(location.statement, other.statement),
      ];
      yield* changesOf(title(location), parts, at, headSpan(other.statement.directive));
      stack.push([location.statement, other.statement]);
    }
    if (!comparison.here.model.complete) continue;
    for (const other of others.values()) {
      const at = headSpan(other.statement.directive);
      yield {
        kind: 'other',
        object: title(other),
        presence: 'there',
        parts: [],
        at: headSpan(x.directive),
        expected: at,
      };
    }
  }
}

/** Of patterns the first that matches counts, so their order does. */
function orderParts(mine: Statement, theirs: Statement): readonly ChangePart[] {
  const [a, b] = [mine, theirs].map((each) => locationsOf(each).filter(isPattern)) as [
    Location[],
    Location[],
  ];
  const [x, y] = [new Set(a.map(locationKey)), new Set(b.map(locationKey))];
  const left = a.filter((each) => y.has(locationKey(each)));
  const right = b.filter((each) => x.has(locationKey(each)));
  const index = left.findIndex((each, at) => right[at] && locationKey(each) !== locationKey(right[at]));
  if (index < 0) return [];
  const [at, expected] = [left[index]!, right[index]!].map(({ statement }) => headSpan(statement.directive));
  return [{ name: 'the order of its regular expressions', here: undefined, there: undefined, at, expected }];
}
