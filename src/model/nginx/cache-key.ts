/** Under which keys answers are kept, and which requests share one though their answers differ (ngx_http_file_cache_create_key()). */
import { families, isAmongFiles } from './override.ts';
import { readIn } from './pattern-use.ts';
import { enclosingLocation } from './server.ts';
import { around, type Statement } from './statement.ts';

interface Model {
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
}

/** A key that lacks the query, or the host where two servers keep their answers under it. */
export interface ShortKey {
  readonly key: Statement;
  /** What hands on the requests that get the answers of others. */
  readonly pass: Statement;
  /** Names of two servers whose answers are mixed up; undefined where the query is lacking. */
  readonly hosts: readonly [first: string, second: string] | undefined;
}

const query = /\$\{?(?:args|query_string|request_uri|request|arg_\w+)\b/i;
const hosts = /\$\{?(?:host|server_name|http_host|proxy_host|hostname|server_addr|server_port)\b/i;
/** Variables of which it is known that they hold neither. */
const plain = /^(?:scheme|uri|document_uri|request_method|https|http_accept_encoding|server_protocol)$/;

const keyOf = ({ directive }: Statement): string => directive.args.map(({ text }) => text).join('');

/** Whether all that a key is made of is known. */
const isKnown = (key: string): boolean =>
  readIn(key).every((name) => plain.test(name) || query.test(`$${name}`) || hosts.test(`$${name}`));

/** Whether the backend gets a path without a query. */
const dropsQuery = ({ directive }: Statement): boolean => {
  const target = directive.args[0]?.text ?? '';
  return target.includes('$') && !query.test(target);
};

/** Whether a header tells the backend which site is meant. */
const isHostOfClient = ({ directive: { args } }: Statement): boolean =>
  args[0]?.text.toLowerCase() === 'host' && /\$(?!\{?proxy_host)/.test(args[1]?.text ?? '');

const namesOf = (server: Statement | undefined): readonly string[] =>
  server?.body
    .filter(({ name }) => name === 'server_name')
    .flatMap(({ directive }) => directive.args.map(({ text }) => text.toLowerCase())) ?? [];

/** Every key that lacks what the answers depend on, once. */
export function* shortKeys(model: Model): Generator<ShortKey> {
  for (const family of families) {
    if (model.named(`${family}_cache_key`).length > 0) yield* shortKeysOf(family, model);
  }
}

function* shortKeysOf(family: (typeof families)[number], { named, inForce }: Model): Generator<ShortKey> {
  const said = new Set<Statement>();
  const seen = new Map<string, Statement>();
  for (const pass of named(`${family}_pass`)) {
    const [cache] = inForce(pass.parent, `${family}_cache`);
    const [key] = inForce(pass.parent, `${family}_cache_key`);
    const zone = cache?.directive.args[0]?.text ?? 'off';
    if (!key || zone === 'off' || zone.includes('$') || said.has(key)) continue;
    const text = keyOf(key);
    if (!isKnown(text)) continue;
    // A request with a query is never answered from the cache then, or not always.
    const skips = ['no_cache', 'cache_bypass'].flatMap((each) => inForce(pass.parent, `${family}_${each}`));
    const isAsked = skips.some((each) => query.test(keyOf(each)) || !isKnown(keyOf(each)));
    if (!query.test(text) && !isAsked && !isAmongFiles(pass) && !dropsQuery(pass)) {
      said.add(key);
      yield { key, pass, hosts: undefined };
      continue;
    }
    if (hosts.test(text)) continue;
    // Different paths have different keys, and the same backend has the same pages, unless it is told the host.
    const place = enclosingLocation(pass);
    const id = [zone, text, place?.modifier, place?.path.value].join(' ');
    const other = seen.get(id);
    if (!other) seen.set(id, pass);
    const [server, theirServer] = [around(pass, 'server'), other && around(other, 'server')];
    if (!other || theirServer === server) continue;
    const isSame = other.directive.args[0]?.text === pass.directive.args[0]?.text;
    const isTold = inForce(pass.parent, `${family}_set_header`).some(isHostOfClient);
    if (isSame && !isTold && (family === 'proxy' || family === 'grpc')) continue;
    const [mine, theirs] = [namesOf(server), namesOf(theirServer)];
    const [first, second] = [theirs[0], mine[0]];
    if (first === undefined || second === undefined || mine.some((each) => theirs.includes(each))) continue;
    said.add(key);
    yield { key, pass, hosts: [first, second] };
  }
}
