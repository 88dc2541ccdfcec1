/** What a configuration may say once only, though the directive itself may be repeated. */
import type { Span } from '../../../grammar/text.ts';
import { headSpan, type Word, wordSpan } from '../../../grammar/tree.ts';
import { bytes } from './arguments/checking.ts';
import { moduleOf, type Statement } from './statement.ts';
import { within } from './words.ts';
import { definedZones, logFormats } from './zones.ts';

/** Two statements that nginx does not take together. */
export interface Clash {
  readonly statement: Statement;
  readonly first: Statement;
  readonly at: Span;
  readonly firstAt: Span;
  readonly says: string;
}

type Named = (name: string) => readonly Statement[];

/** What is said of one thing: the thing's name, and what nginx compares of it. */
interface Claim {
  readonly statement: Statement;
  readonly key: string;
  readonly at: Span;
}

/** Every pair of statements of which nginx takes the first only. */
export function* clashes(named: Named): Generator<Clash> {
  yield* zoneClashes(named);
  yield* repeated(formats(named), ({ name }) => `the log format ${name} is defined twice`);
  yield* repeated(modules(named), ({ name }) => `the module ${name} is loaded twice`);
  yield* repeated(cachePaths(named), ({ name }) => `two caches have the path ${name}`);
  yield* repeated(charsetMaps(named), ({ name }) => `there is a charset_map between ${name} already`);
  yield* repeated(
    limits(named),
    ({ name, statement }) => `${statement.name} has the zone ${name} twice in this block`,
  );
  yield* switchedOff(named);
  yield* lateSizes(named);
  yield* buffers(named);
}

/** ngx_http_map_block() sets the sizes that are not set yet, so that what comes after it comes twice. */
function* lateSizes(named: Named): Generator<Clash> {
  for (const name of ['map_hash_bucket_size', 'map_hash_max_size']) {
    for (const statement of named(name)) {
      const { source, name: at } = statement.directive;
      const first = named('map').find(
        ({ directive, parent }) =>
          parent === statement.parent && directive.source === source && directive.name.start < at.start,
      );
      if (!first) continue;
      const says = `${name} stands below a map, which takes the default for all maps`;
      yield { statement, first, at: headSpan(statement.directive), firstAt: headSpan(first.directive), says };
    }
  }
}

type NamedClaim = Claim & { readonly name: string };

function* repeated(claims: Iterable<NamedClaim>, says: (claim: NamedClaim) => string): Generator<Clash> {
  const firsts = new Map<string, NamedClaim>();
  for (const claim of claims) {
    const first = firsts.get(claim.key);
    if (!first) firsts.set(claim.key, claim);
    else yield clash(first, claim, says(claim));
  }
}

const clash = (first: Claim, { statement, at }: Claim, says: string): Clash => ({
  statement,
  first: first.statement,
  at,
  firstAt: first.at,
  says,
});

function* formats(named: Named): Generator<NamedClaim> {
  for (const { statement, module, name } of logFormats(named)) {
    yield { statement, key: `${module} ${name.value}`, name: name.value, at: name.at };
  }
}

/** ngx_load_module(): a module may lie in two places, and is known by its name. */
function* modules(named: Named): Generator<NamedClaim> {
  for (const statement of named('load_module')) {
    const [, name] = /([^/]+)\.so$/.exec(statement.directive.args[0]?.text ?? '') ?? [];
    if (name === undefined) continue;
    yield { statement, key: name, name, at: headSpan(statement.directive) };
  }
}

/** ngx_add_path(): of two caches in one folder each would throw away what the other keeps. */
function* cachePaths(named: Named): Generator<NamedClaim> {
  for (const kind of ['proxy', 'fastcgi', 'uwsgi', 'scgi']) {
    for (const statement of named(`${kind}_cache_path`)) {
      const word = statement.directive.args[0];
      if (!word) continue;
      yield { statement, key: word.text, name: word.text, at: wordSpan(statement.directive, word) };
    }
  }
}

/** ngx_http_charset_map_block(): the two directions are one map. */
function* charsetMaps(named: Named): Generator<NamedClaim> {
  for (const statement of named('charset_map')) {
    const [from, to] = statement.directive.args.map(({ text }) => text);
    if (from === undefined || to === undefined) continue;
    const key = [from.toLowerCase(), to.toLowerCase()].sort().join(' ');
    yield { statement, key, name: `${from} and ${to}`, at: headSpan(statement.directive) };
  }
}

/** ngx_http_limit_req(), ngx_http_limit_conn(): a zone once on a level. */
function* limits(named: Named): Generator<NamedClaim> {
  const levels = new Map<Statement | undefined, number>();
  for (const kind of ['limit_req', 'limit_conn']) {
    for (const statement of named(kind)) {
      const { directive, parent } = statement;
      const isRequest = kind === 'limit_req';
      const word = isRequest
        ? directive.args.find(({ text }) => text.startsWith('zone='))
        : directive.args[0];
      if (!word) continue;
      const level = levels.get(parent) ?? levels.size;
      levels.set(parent, level);
      const name = isRequest ? word.text.slice('zone='.length) : word.text;
      yield { statement, key: `${kind} ${level} ${name}`, name, at: headSpan(directive) };
    }
  }
}

/** Lists that `off` empties, and that then take nothing else (ngx_http_proxy_redirect() and its like). */
function* switchedOff(named: Named): Generator<Clash> {
  for (const name of ['proxy_redirect', 'proxy_cookie_domain', 'proxy_cookie_path', 'proxy_cookie_flags']) {
    const firsts = new Map<Statement | undefined, { readonly first: Claim; hasOff: boolean }>();
    for (const statement of named(name)) {
      const claim = { statement, key: name, at: headSpan(statement.directive) };
      const { args } = statement.directive;
      const isOff = args.length === 1 && args[0]!.text === 'off';
      const known = firsts.get(statement.parent);
      if (!known) firsts.set(statement.parent, { first: claim, hasOff: isOff });
      else if (known.hasOff || isOff) {
        known.hasOff = true;
        yield clash(known.first, claim, `${name} off and others exclude each other in one block`);
      }
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Shared memory

interface ZoneClaim extends Claim {
  readonly name: string;
  /** Zones of another use are never shared, those of the same use where `size` is equal, if it may be shared at all. */
  readonly use: string;
  readonly size: number | undefined;
  readonly sized: string;
}

/** ngx_shared_memory_add(): one name, one use, one size; a zone with a key belongs to one statement. */
function* zoneClashes(named: Named): Generator<Clash> {
  const firsts = new Map<string, ZoneClaim>();
  for (const claim of zoneClaims(named)) {
    const first = firsts.get(claim.name);
    if (!first) firsts.set(claim.name, claim);
    else if (first.use !== claim.use) {
      const use = first.statement.name === claim.statement.name ? 'something else' : first.statement.name;
      yield clash(first, claim, `the zone ${claim.name} belongs to ${use}`);
    } else if (claim.size === undefined) yield clash(first, claim, `the zone ${claim.name} is defined twice`);
    else if (first.size !== claim.size) {
      yield clash(first, claim, `the zone ${claim.name} has ${first.sized}, and here ${claim.sized}`);
    }
  }
}

function* zoneClaims(named: Named): Generator<ZoneClaim> {
  for (const { statement, module, name, kind } of definedZones(named)) {
    const size = kind === 'upstream' ? statement.directive.args[1]?.text : undefined;
    yield {
      statement,
      key: name.value,
      name: name.value,
      at: name.at,
      use: kind === 'upstream' ? `${module} upstream` : 'counters and caches',
      size: size === undefined ? undefined : bytes(size),
      sized: size ?? '',
    };
  }
  for (const statement of named('ssl_session_cache')) {
    for (const word of statement.directive.args) {
      const [, name, size] = /^shared:([^:]+):(\d+[km]?)$/i.exec(word.text) ?? [];
      if (name === undefined || size === undefined) continue;
      const at = within(statement.directive, word, 'shared:'.length, 'shared:'.length + name.length);
      const use = `${moduleOf(statement.context)} sessions`;
      yield { statement, key: name, name, at, use, size: bytes(size), sized: size };
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Buffers of logs

/** ngx_http_log_set_log(): a file is opened once, and so has one buffer, however many logs go there. */
function* buffers(named: Named): Generator<Clash> {
  const firsts = new Map<string, Claim>();
  for (const statement of named('access_log')) {
    const [path, ...rest] = statement.directive.args;
    if (!path || /^syslog:|\$/.test(path.text)) continue;
    const key = bufferOf(rest);
    if (key === undefined) continue;
    const claim = { statement, key, at: headSpan(statement.directive) };
    const first = firsts.get(path.text);
    if (!first) firsts.set(path.text, claim);
    else if (first.key !== key) {
      yield clash(first, claim, `another access_log gives ${path.text} a different buffer`);
    }
  }
}

/** Size, time and compression of a buffer; undefined where there is none, or something of it is not certain. */
function bufferOf(words: readonly Word[]): string | undefined {
  const value = (key: string): string | undefined =>
    words.find(({ text }) => text === key || text.startsWith(`${key}=`))?.text.slice(key.length + 1);
  const [size, gzip, flush] = [value('buffer'), value('gzip'), value('flush')];
  if (size === undefined && gzip === undefined) return undefined;
  const time = flush === undefined ? 0 : milliseconds(flush);
  if (time === undefined || (size !== undefined && !/^\d+[km]?$/i.test(size))) return undefined;
  return `${bytes(size ?? '64k')} ${time} ${gzip === undefined ? 0 : gzip || 1}`;
}

const milliseconds = (time: string): number | undefined => {
  const [, count, unit = 's'] = /^(\d+)(ms|[smh])?$/.exec(time) ?? [];
  return count === undefined ? undefined : Number(count) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit]!;
};
