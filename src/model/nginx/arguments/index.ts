/** What is wrong with the arguments of one statement, as the handler of its directive decides it. */
import { once } from '../../../../grammar/remembered.ts';
import type { Param, Variant } from '../../../../grammar/tables/directives.ts';
import { headSpan, wordSpan } from '../../../../grammar/tree.ts';
import type { Version } from '../../version.ts';
import { keepsConnections } from '../release.ts';
import { moduleOf, type Statement } from '../statement.ts';
import { isSlipOf, rejection, shown } from '../values.ts';
import {
  addressPass,
  authHttp,
  listen,
  network,
  proxyPass,
  resolver,
  transparent,
  upstreamServer,
} from './addresses.ts';
import { type ArgumentFault, bytes, type Check, type Checking, counted, judge, literal } from './checking.ts';
import { accessLog, errorLog, logFormat } from './logs.ts';
import { startTls } from './mail.ts';
import { parameters } from './parameters.ts';
import { condition, location, pathInfo, patterns, rewrite, serverName } from './patterns.ts';
import { validReferers } from './referers.ts';
import {
  alias,
  always,
  cacheValid,
  commas,
  cookieFlags,
  errorPage,
  expires,
  methods,
  offAlone,
  proxyRedirect,
  returns,
  root,
  tryFiles,
} from './responses.ts';
import { slots } from './slots.ts';
import { variableName } from './variables.ts';
import { aio, cpuAffinity, eventMethod, workerPriority } from './workers.ts';
import { limitConn, ocspCache, sessionCache, zone } from './zones.ts';

/** The faults of a statement whose directive and number of arguments nginx takes. */
export function argumentFaults(statement: Statement, version: Version): readonly ArgumentFault[] {
  const { variant, directive } = statement;
  const check = variant && checkOf(variant);
  if (!check) return none;
  let faults: ArgumentFault[] | undefined;
  check({
    statement,
    args: directive.args,
    version,
    report: (word, says, extra = {}) => {
      faults ??= [];
      faults.push({ at: word ? wordSpan(directive, word) : headSpan(directive), says, ...extra });
    },
  });
  return faults ?? none;
}

export type { ArgumentFault } from './checking.ts';

const none: readonly ArgumentFault[] = [];

/** The check of a directive, made when it is first met; none for what is not nginx's own. */
const checkOf = once((variant: Variant): Check | undefined => {
  const { name, type, thirdParty, plus, params, contexts } = variant;
  if (plus || contexts[0]?.startsWith('rtmp')) return undefined;
  if (thirdParty) return slots(variant);
  const own = handlers.get(`${moduleOf(contexts[0] ?? '')} ${name}`) ?? handlers.get(name);
  if (own) return own(variant);
  return slots(variant) ?? (type === 'custom' && isStrict(params) ? parameters(variant) : undefined);
});

/** A table of parameters that leaves no room for words of another kind. */
const isStrict = (params: readonly Param[]): boolean =>
  params.some(({ form }) => form === 'key' || form === 'literal') && !params.some(({ variadic }) => variadic);

/** Checks by directive, where what the table says is not all; `stream …` and `mail …` where these differ. */
const handlers: ReadonlyMap<string, (variant: Variant) => Check> = new Map<
  string,
  (variant: Variant) => Check
>([
  ['listen', listen],
  ['server', upstreamServer],
  ['server_name', () => serverName],
  ['mail server_name', () => () => {}],
  ['starttls', startTls],
  ['ssl', startTls],
  ['location', () => location],
  ['if', () => condition],
  ['return', () => returns],
  ['stream return', () => () => {}],
  ['rewrite', () => rewrite],
  ['error_page', () => errorPage],
  ['error_log', () => errorLog],
  ['access_log', accessLog],
  ['log_format', () => logFormat],
  ['expires', () => expires],
  ['userid_expires', () => counted('userid_expires', { type: 'sec', values: ['max', 'off'] })],
  ['gzip_disable', () => patterns(({ text }) => (text === 'msie6' ? undefined : text))],
  ['valid_referers', () => validReferers],
  ['fastcgi_split_path_info', () => pathInfo],
  ['keepalive_timeout', keepaliveTimeout],
  ['keepalive', () => keepalive],
  ['root', () => root],
  ['alias', () => alias],
  ['try_files', () => tryFiles],
  ['index', () => commas],
  ['limit_conn', () => limitConn],
  ['limit_req', (variant) => parameters(variant)],
  ['limit_req_zone', (variant) => parameters(variant, { from: 1 })],
  ['limit_conn_zone', (variant) => parameters(variant, { from: 1 })],
  ['resolver', resolver],
  ['hash', () => hash],
  ['random', () => random],
  ['limit_except', () => methods],
  ['set', () => variableName(0)],
  ['auth_request_set', () => variableName(0)],
  ['map', () => variableName(-1)],
  [
    'geo',
    () => (checking) => {
      variableName(-1)(checking);
      // Before it may stand the variable that holds the address.
      const [source, name] = checking.args;
      if (source && name && !source.text.startsWith('$'))
        checking.report(source, `${shown(source.text)} is no variable, and only one can stand there`);
    },
  ],
  ['split_clients', () => variableName(-1)],
  ['zone', (variant) => zone(variant)],
  ['worker_processes', () => counted('worker_processes', { type: 'int', min: 1, values: ['auto'] })],
  ['worker_connections', () => counted('worker_connections', { type: 'num', min: 1 })],
  ['worker_priority', () => workerPriority],
  ['worker_cpu_affinity', () => cpuAffinity],
  ['use', () => eventMethod],
  ['directio', () => counted('directio', { type: 'offset', values: ['off'] })],
  ['aio', () => aio],
  ['add_header', () => always],
  ['add_trailer', () => always],
  ['proxy_redirect', () => proxyRedirect],
  ['proxy_cookie_domain', () => offAlone],
  ['proxy_cookie_path', () => offAlone],
  ['proxy_cookie_flags', () => cookieFlags],
  ['proxy_bind', () => transparent],
  ['fastcgi_bind', () => transparent],
  ['uwsgi_bind', () => transparent],
  ['scgi_bind', () => transparent],
  ['grpc_bind', () => transparent],
  ['memcached_bind', () => transparent],
  ['proxy_pass', () => proxyPass],
  ['stream proxy_pass', () => addressPass],
  ['fastcgi_pass', () => addressPass],
  ['scgi_pass', () => addressPass],
  ['memcached_pass', () => addressPass],
  ['uwsgi_pass', () => addressPass],
  ['grpc_pass', () => addressPass],
  ['limit_rate', () => rate],
  ['limit_rate_after', () => rate],
  ['proxy_limit_rate', () => rate],
  ['fastcgi_limit_rate', () => rate],
  ['uwsgi_limit_rate', () => rate],
  ['scgi_limit_rate', () => rate],
  ['proxy_download_rate', () => rate],
  ['proxy_upload_rate', () => rate],
  ['fastcgi_param', () => ifNotEmpty],
  ['uwsgi_param', () => ifNotEmpty],
  ['scgi_param', () => ifNotEmpty],
  ['ssl_session_cache', () => sessionCache],
  ['ssl_ocsp_cache', () => ocspCache],
  ['charset_map', () => charsets],
  ['allow', () => network],
  ['deny', () => network],
  ['set_real_ip_from', () => network],
  ['proxy_cache_valid', () => cacheValid],
  ['fastcgi_cache_valid', () => cacheValid],
  ['uwsgi_cache_valid', () => cacheValid],
  ['scgi_cache_valid', () => cacheValid],
  ['auth_http', () => authHttp],
  [
    'protocol',
    () =>
      ({ args, report }) =>
        literal(args[0], ['smtp', 'imap', 'pop3'], 'protocol', report),
  ],
  ['image_filter', () => () => {}],
  ['stub_status', () => () => {}],
  ['env', () => () => {}],
  ['user', () => () => {}],
  ['server_tokens', () => serverTokens],
  ['gzip_window', () => powers(32)],
  ['gzip_hash', () => powers(128)],
]);

function keepaliveTimeout({ contexts }: Variant): Check {
  const isUpstream = contexts.includes('upstream');
  return ({ args, report }) => {
    judge('keepalive_timeout', args[0]!, { type: 'msec' }, report);
    if (args[1] && !isUpstream) judge('the Keep-Alive header', args[1], { type: 'sec' }, report);
  };
}

function keepalive({ args, version, report }: Checking): void {
  const zero = args[0]!.text === '0' && keepsConnections(version) !== false;
  if (!zero) judge('keepalive', args[0]!, { type: 'num', min: 1 }, report);
  if (args[1] && args[1].text !== 'local')
    report(args[1], `${shown(args[1].text)} is no parameter of keepalive`, { isForeign: true });
}

function hash({ args, report }: Checking): void {
  literal(args[1], ['consistent'], 'the second word of hash', report);
}

function random({ args, report, statement }: Checking): void {
  literal(args[0], ['two'], 'the first word of random', report);
  const isStream = moduleOf(statement.context) === 'stream';
  const times = isStream ? ['connect', 'first_byte', 'last_byte'] : ['header', 'last_byte'];
  const known = ['least_conn', 'least_time', ...times.map((time) => `least_time=${time}`)];
  literal(args[1], known, 'the method of random', report);
}

function rate({ statement, args, report }: Checking): void {
  if (args[0]!.text.includes('$')) return;
  judge(statement.name, args[0]!, { type: 'size' }, report);
}

/** ngx_http_gzip_window(), ngx_http_gzip_hash(): a power of two up to `most` k. */
const powers =
  (most: number): Check =>
  ({ statement, args, report }) => {
    const word = args[0]!;
    const expected = rejection(word.text, { type: 'size' });
    const bits = expected === undefined ? Math.log2(bytes(word.text)) : 0;
    if (Number.isInteger(bits) && bits >= 9 && bits <= Math.log2(most * 1024)) return;
    report(word, `${statement.name} is ${shown(word.text)}, not a power of two from 512 to ${most}k`);
  };

function ifNotEmpty({ statement, args, report }: Checking): void {
  literal(args[2], ['if_not_empty'], `the third word of ${statement.name}`, report);
}

/** ngx_http_charset_map_block(). */
function charsets({ args, report }: Checking): void {
  const [from, to] = args;
  if (from?.text.toLowerCase() !== to?.text.toLowerCase()) return;
  report(to, 'the two character sets of charset_map are the same');
}

/** Other builds of nginx, and NGINX Plus, take any text. */
function serverTokens({ args, report }: Checking): void {
  const { text } = args[0]!;
  if (/^(?:on|off|build)$/i.test(text)) return;
  const meant = isSlipOf(text, 'off') ? 'off' : isSlipOf(text, 'on') ? 'on' : undefined;
  if (meant) report(args[0], `server_tokens is ${text}, not on, off or build`, { meant });
}
