/** Shared memory zones: where they get their size, and who names them. */
import { type Located, located } from '../located.ts';
import { type Module, moduleOf, type Statement } from './statement.ts';
import { argument, argumentsFrom, within } from './words.ts';

/** A zone that gets its size, or that is named. */
export interface Zone {
  readonly statement: Statement;
  readonly module: Module;
  readonly name: Located<string>;
  /** Zones of one kind can be used for each other: `limit_req`, `limit_conn`, `proxy_cache`, `upstream`. */
  readonly kind: string;
}

const caches = ['proxy_cache', 'fastcgi_cache', 'uwsgi_cache', 'scgi_cache'];

/** Directives that give a zone its size, and the key that names it. */
const definers: readonly (readonly [name: string, key: string, kind: string])[] = [
  ['limit_req_zone', 'zone=', 'limit_req'],
  ['limit_conn_zone', 'zone=', 'limit_conn'],
  ...caches.map((kind) => [`${kind}_path`, 'keys_zone=', kind] as const),
];

type Named = (name: string) => readonly Statement[];

/** The zones that are defined, in nginx's order for each kind. */
export function* definedZones(named: Named): Generator<Zone> {
  for (const [directive, key, kind] of definers) {
    for (const statement of named(directive)) {
      const zone = keyed(statement, key);
      if (zone) yield { statement, module: moduleOf(statement.context), name: zone, kind };
    }
  }
  for (const statement of named('zone')) {
    const name = argument(statement.directive, 0);
    if (!statement.directive.args[1] || !name || !isUpstream(statement)) continue;
    yield { statement, module: moduleOf(statement.context), name, kind: 'upstream' };
  }
}

const isUpstream = ({ parent }: Statement): boolean => parent?.name === 'upstream';

/** The zones that are used. */
export function* usedZones(named: Named): Generator<Zone> {
  for (const statement of named('limit_req')) {
    const name = keyed(statement, 'zone=');
    if (name) yield { statement, module: moduleOf(statement.context), name, kind: 'limit_req' };
  }
  for (const statement of named('zone')) {
    const name = argument(statement.directive, 0);
    if (statement.directive.args[1] || !name || name.value === '' || !isUpstream(statement)) continue;
    yield { statement, module: moduleOf(statement.context), name, kind: 'upstream' };
  }
  // ngx_cache_purge takes a zone and a key; nginx's own takes conditions.
  for (const kind of caches) {
    for (const statement of named(`${kind}_purge`)) {
      const name = argument(statement.directive, 0);
      const key = argument(statement.directive, 1)?.value ?? '';
      if (!name || !key.includes('$') || name.value.includes('$')) continue;
      yield { statement, module: moduleOf(statement.context), name, kind };
    }
  }
  for (const kind of ['limit_conn', ...caches]) {
    for (const statement of named(kind)) {
      const name = argument(statement.directive, 0);
      if (!name || name.value === '' || (kind !== 'limit_conn' && name.value === 'off')) continue;
      if (!name.value.includes('$')) yield { statement, module: moduleOf(statement.context), name, kind };
    }
  }
}

/** The name before the colon in `zone=NAME:SIZE`. */
function keyed({ directive }: Statement, key: string): Located<string> | undefined {
  const index = directive.args.findIndex(({ text }) => text.startsWith(key));
  const word = directive.args[index];
  if (!word) return undefined;
  const colon = word.text.indexOf(':', key.length);
  const end = colon < 0 ? word.text.length : colon;
  const name = word.text.slice(key.length, end);
  return name === '' ? undefined : located(name, within(directive, word, key.length, end));
}

/** A log format that is defined. */
export interface LogFormat {
  readonly statement: Statement;
  readonly module: Module;
  readonly name: Located<string>;
}

/** The log formats that are defined. */
export function* logFormats(named: Named): Generator<LogFormat> {
  for (const statement of named('log_format')) {
    const [name] = argumentsFrom(statement.directive, 0);
    if (name) yield { statement, name, module: moduleOf(statement.context) };
  }
}

/** What a zone of limit_req counts by, and the requests it lets pass; undefined where it is not defined here. */
export function rateOf(zone: string, named: Named): { key: string; perMinute: number } | undefined {
  for (const statement of named('limit_req_zone')) {
    if (keyed(statement, 'zone=')?.value !== zone) continue;
    const { args } = statement.directive;
    const rate = args.find(({ text }) => text.startsWith('rate='));
    const [, count, unit] = /^rate=(\d+)r\/([sm])$/.exec(rate?.text ?? '') ?? [];
    if (count === undefined) return undefined;
    return { key: args[0]?.text ?? '', perMinute: Number(count) * (unit === 's' ? 60 : 1) };
  }
  return undefined;
}
