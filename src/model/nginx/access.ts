/** Who may come in: allow, deny and the modules that ask for users (ngx_http_access_module, ngx_http_core_access_phase()). */
import { groupBy } from '../../../grammar/group-by.ts';
import { once } from '../../../grammar/remembered.ts';
import type { NginxFiles } from '../../load/loaded.ts';
import { parseAddress } from '../net.ts';
import { conditionOf } from './condition.ts';
import type { Statement } from './statement.ts';

/** The parts of the model that tell. */
interface Levels {
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
}

/** The networks of one rule: everybody, or an address as bits with the length that counts. */
export interface Network {
  readonly family: 'all' | 'inet' | 'inet6' | 'unix' | 'unknown';
  readonly bits: string;
}

/** What `allow` and `deny` take as a network. */
export function networkIn(text: string | undefined): Network {
  if (text === 'all') return { family: 'all', bits: '' };
  if (text === 'unix:') return { family: 'unix', bits: '' };
  const [host = '', length] = (text ?? '').split('/');
  const address = parseAddress(host);
  if (!address) return { family: 'unknown', bits: '' };
  const bits = address.family === 'inet' ? bits4(address.text) : bits6(address.text);
  return { family: address.family, bits: bits.slice(0, length === undefined ? bits.length : Number(length)) };
}

const bits4 = (text: string): string =>
  text
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');

function bits6(text: string): string {
  const [head = '', tail] = text.split('::');
  const words = (part: string | undefined): string[] => (part ? part.split(':') : []);
  const [left, right] = [words(head), words(tail)];
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...(tail === undefined ? [] : zeros), ...right]
    .map((word) => Number.parseInt(word, 16).toString(2).padStart(16, '0'))
    .join('');
}

/** Whether a network has all addresses of a family, of any that is not named. */
export const isWidest = ({ family, bits }: Network, wanted?: 'inet' | 'inet6'): boolean =>
  family === 'all' || (bits === '' && (wanted ? family === wanted : family === 'inet' || family === 'inet6'));

/** Whether every address of `inner` is one of `outer`. */
export const covers = (outer: Network, inner: Network): boolean =>
  outer.family === 'all' ||
  (outer.family === inner.family && outer.family !== 'unknown' && inner.bits.startsWith(outer.bits));

/** The allow and deny that count on a level, in the order in which nginx asks them. */
export function accessList(level: Statement | undefined): readonly Statement[] {
  for (let at = level; at; at = at.parent) {
    const own = ownAccessList(at);
    if (own.length > 0) return own;
  }
  return [];
}

/** Those that a block has of its own. */
export const ownAccessList = once(({ body }: Statement): readonly Statement[] =>
  body.filter(({ name }) => name === 'allow' || name === 'deny'),
);

/**
 * Which rules of a list the clients of a level meet: those for IPv6 where its server takes no other, else those for IPv4. A socket
 * with `ipv6only=off` takes both, and asks the rules for IPv6 where there are no others (ngx_http_access_handler()).
 */
export function clientFamily(level: Statement | undefined, list: readonly Statement[]): 'inet' | 'inet6' {
  let server = level;
  while (server && server.name !== 'server') server = server.parent;
  const listens = server?.body.filter(({ name }) => name === 'listen') ?? [];
  const words = listens.map(({ directive }) => directive.args.map(({ text }) => text));
  if (words.length === 0 || !words.every(([address]) => address?.startsWith('['))) return 'inet';
  if (!words.some((each) => each.includes('ipv6only=off'))) return 'inet6';
  const isForIpv4 = ({ directive }: Statement): boolean =>
    /^(?:all|inet)$/.test(networkIn(directive.args[0]?.text).family);
  return list.some(isForIpv4) ? 'inet' : 'inet6';
}

/** What a list says to those whom no narrower rule names; undefined where it says nothing, and they may come in. */
export function lastWord(
  list: readonly Statement[],
  clients: 'inet' | 'inet6' = 'inet',
): 'allow' | 'deny' | undefined {
  const seen = new Map<string, string>();
  for (const { name, directive } of list) {
    const network = networkIn(directive.args[0]?.text);
    const { family } = network;
    if (family === 'all') return (seen.get(clients) ?? name) as 'allow' | 'deny';
    if (isWidest(network) && !seen.has(family)) seen.set(family, name);
  }
  return seen.get(clients) as 'allow' | 'deny' | undefined;
}

/** Modules that ask for a user, or decide by a program of the operator's. */
const asks = [
  'auth_basic',
  'auth_request',
  'auth_jwt',
  'auth_oidc',
  'auth_digest',
  'auth_pam',
  'auth_ldap',
  'auth_gss',
  'auth_spnego',
  'access_by_lua',
  'access_by_lua_block',
  'access_by_lua_file',
  'perl_access',
  'js_access',
  'oidc',
];

/** The statements by which a level asks for more than an address. */
export const authOf = (level: Statement | undefined, { inForce }: Levels): readonly Statement[] =>
  asks.flatMap((name) => inForce(level, name).filter(({ directive }) => directive.args[0]?.text !== 'off'));

/** Whether a level turns somebody away: by address, by user, by certificate, or by a condition that returns a refusal. */
export function isGuarded(level: Statement | undefined, levels: Levels): boolean {
  const list = accessList(level);
  const word = lastWord(list, clientFamily(level, list));
  const isOpenList = satisfy(level, levels) === 'any' && word === 'allow';
  if (!isOpenList && (word === 'deny' || authOf(level, levels).length > 0)) return true;
  if (levels.inForce(level, 'ssl_verify_client').some(({ directive }) => directive.args[0]?.text === 'on'))
    return true;
  for (let at = level; at; at = at.parent) if (turnsAway(at)) return true;
  return false;
}

/** Asked of http for each of its servers, of a server for each of its locations. */
const turnsAway = once(({ body }: Statement) => body.some(refuses));

/** `if ($remote_addr != 127.0.0.1) { return 403; }`, a bare `return 403`. */
const refuses = (statement: Statement): boolean =>
  (statement.name === 'if' && statement.body.some(isRefusal)) || isRefusal(statement);

export const isRefusal = ({ name, directive }: Statement): boolean =>
  name === 'return' && /^(?:4\d\d|5\d\d)$/.test(directive.args[0]?.text ?? '');

/** What decides in the phases of preaccess and access, which come after those of the rewrite module. */
const late = /^(?:deny|auth_basic|auth_request|auth_jwt|limit_req|limit_conn)$/;

/** Every `return` that answers with success before what decides on its level is asked (ngx_http_core_run_phases()). */
export function* earlyAnswers({
  named,
}: {
  readonly named: (name: string) => readonly Statement[];
}): Generator<{ readonly statement: Statement; readonly check: Statement }> {
  for (const statement of named('return')) {
    const { parent, directive } = statement;
    if (!/^2\d\d$/.test(directive.args[0]?.text ?? '')) continue;
    const isConditional = parent?.name === 'if';
    // The answer to a question for the methods keeps nothing from anybody.
    if (isConditional && conditionOf(parent.directive)?.variable === 'request_method') continue;
    const level = isConditional ? parent.parent : parent;
    const check = level && lateCheck(level);
    if (check) yield { statement, check };
  }
}

const lateCheck = once(({ body }: Statement) =>
  body.find(({ name, directive: { args } }) => late.test(name) && args[0]?.text !== 'off'),
);

/** Whether all checks of a level have to agree, or one is enough. */
export const satisfy = (level: Statement | undefined, { inForce }: Levels): 'all' | 'any' =>
  inForce(level, 'satisfy')[0]?.directive.args[0]?.text === 'any' ? 'any' : 'all';

/** The includes that could not be read, by the file in which they stand. */
const unreadIncludes = once(({ files }: NginxFiles) =>
  groupBy(
    files.flatMap(({ includeProblems }) => includeProblems),
    ({ at }) => at.source,
  ),
);

/** Whether a block includes something that could not be read, and may hold more of its rules. */
export const hasUnreadInclude = (block: Statement, { files }: { readonly files: NginxFiles }): boolean =>
  includesIn(block).some(({ directive: { source, name: first, close } }) =>
    unreadIncludes(files)
      .get(source)
      ?.some(({ at }) => first.start <= at.start && at.start <= close),
  );

const includesIn = once(({ body }: Statement) => body.filter(({ name }) => name === 'include'));
