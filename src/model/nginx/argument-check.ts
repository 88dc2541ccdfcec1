/** What is wrong with the arguments of one statement, as the handler of its directive decides it. */
import type { Param, Variant } from '../../../grammar/tables/directives.ts';
import { builtinVariable } from '../../../grammar/tables/variables.ts';
import type { Span } from '../../../grammar/text.ts';
import { headSpan, type Word, wordSpan } from '../../../grammar/tree.ts';
import { suggest } from '../suggest.ts';
import { atLeast, type Version } from '../version.ts';
import { type AddressPlace, addressFault } from './address.ts';
import { conditionFault } from './condition.ts';
import { passOf } from './pass.ts';
import { locationOf } from './server.ts';
import { moduleOf, type Statement } from './statement.ts';
import {
  meantValue,
  networkFault,
  networkOf,
  oneOf,
  regexFault,
  rejection,
  type Slot,
  shown,
} from './values.ts';

/** One word that nginx does not take. */
export interface ArgumentFault {
  readonly at: Span;
  /** The fact, with its values. */
  readonly says: string;
  /** What was evidently meant, and stands for the whole word. */
  readonly meant?: string;
  /** nginx takes it and says a word, or does something else than was meant. */
  readonly harmless?: true;
  readonly help?: string;
}

type Extra = Pick<ArgumentFault, 'meant' | 'harmless' | 'help'>;

/** What a check has to go by. */
export interface Checking {
  readonly statement: Statement;
  readonly args: readonly Word[];
  readonly version: Version;
  readonly report: (word: Word | undefined, says: string, extra?: Extra) => void;
}

type Check = (checking: Checking) => void;

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

const none: readonly ArgumentFault[] = [];
const checks = new WeakMap<Variant, { readonly check: Check | undefined }>();

/** The check of a directive, made when it is first met; none for what is not nginx's own. */
function checkOf(variant: Variant): Check | undefined {
  let made = checks.get(variant);
  if (!made) {
    made = { check: makeCheck(variant) };
    checks.set(variant, made);
  }
  return made.check;
}

function makeCheck(variant: Variant): Check | undefined {
  const { name, type, thirdParty, plus, params, contexts } = variant;
  if (plus || contexts[0]?.startsWith('rtmp')) return undefined;
  if (thirdParty) return slots(variant);
  const own = handlers.get(contexts[0]?.startsWith('stream') ? `stream ${name}` : name) ?? handlers.get(name);
  if (own) return own(variant);
  return slots(variant) ?? (type === 'custom' && isStrict(params) ? parameters(variant) : undefined);
}

/** A table of parameters that leaves no room for words of another kind. */
const isStrict = (params: readonly Param[]): boolean =>
  params.some(({ form }) => form === 'key' || form === 'literal') && !params.some(({ variadic }) => variadic);

// ---------------------------------------------------------------------------------------------------------------------
// Slots of one type

/** The check of a directive whose arguments are of one type (ngx_conf_set_*_slot()). */
function slots(variant: Variant): Check | undefined {
  const { name, type, values, range } = variant;
  const slot: Slot = { type, values, min: range?.[0], max: range?.[1] };
  switch (type) {
    case 'flag':
    case 'num':
    case 'size':
    case 'offset':
    case 'msec':
    case 'sec':
      return ({ args, report }) => judge(name, args[0]!, slot, report);
    case 'enum':
      return (checking) => words(checking, checking.args.slice(0, 1), slot, variant);
    case 'bitmask':
      return (checking) => words(checking, checking.args, slot, variant);
    case 'bufs':
      return ({ args, report }) => {
        judge(`the number of ${name}`, args[0]!, { type: 'num', min: 1 }, report);
        if (args[1]) judge(`the size of ${name}`, args[1], { type: 'size' }, report);
      };
    case 'access':
      return ({ args, report }) => {
        for (const word of args) {
          if (!/^(?:user|group|all):(?:rw|r)$/.test(word.text)) {
            report(word, `${name} is ${shown(word.text)}, not such as user:rw or all:r`);
          }
        }
      };
    case 'path':
      return ({ args, report }) => {
        for (const word of args.slice(1)) judge(`a level of ${name}`, word, { type: 'num' }, report);
      };
    default:
      return undefined;
  }
}

/** Judges words of a fixed set, some of which came later than others. */
function words(
  { report, version }: Checking,
  list: readonly Word[],
  slot: Slot,
  { name, params }: Variant,
): void {
  for (const word of list) {
    const since = version && params.find((param) => param.name === word.text)?.facts.get('since');
    if (since !== undefined && atLeast(version, since) === false) {
      report(word, `${name} takes ${word.text} since nginx ${since}`);
    } else judge(name, word, slot, report);
  }
}

/** Reports a word that its slot does not take. */
function judge(subject: string, word: Word, slot: Slot, report: Checking['report']): void {
  const { text } = word;
  const expected = rejection(text, slot);
  if (expected === undefined) return;
  if (text.includes('$')) {
    report(word, `${subject} takes no variables, so ${shown(text)} is not ${expected}`);
    return;
  }
  const meant = meantValue(text, slot);
  const what = text === '' ? 'empty' : shown(text);
  report(word, `${subject} is ${what}, not ${expected}`, meant === undefined ? {} : { meant });
}

// ---------------------------------------------------------------------------------------------------------------------
// Parameters

interface Parameters {
  readonly literals: ReadonlyMap<string, Param>;
  readonly keys: ReadonlyMap<string, Param>;
  readonly prefixes: ReadonlyMap<string, Param>;
  readonly places: readonly Param[];
  readonly names: readonly string[];
}

const parametersOf = (params: readonly Param[]): Parameters => {
  const of = (wanted: Param['form']): Param[] => params.filter(({ form }) => form === wanted);
  const byName = (list: readonly Param[]): ReadonlyMap<string, Param> =>
    new Map(list.map((param) => [param.name, param]));
  const [literals, keys, prefixes] = [of('literal'), of('key'), of('prefix')];
  return {
    literals: byName(literals),
    keys: byName(keys),
    prefixes: byName(prefixes),
    places: of('positional'),
    names: [...literals.map(({ name }) => name), ...keys.map(({ name }) => `${name}=`)],
  };
};

interface ParameterOptions {
  /** Arguments that stand before the parameters and are judged elsewhere. */
  readonly from?: number;
  /** How a message names what the parameters are of. */
  readonly subject?: string;
}

/** The check of `key=value` and other parameters of a directive. */
function parameters(variant: Variant, options: ParameterOptions = {}): Check {
  const { name, params } = variant;
  const known = parametersOf(params);
  const from = options.from ?? known.places.length;
  const subject = options.subject ?? name;
  const required = params.filter(({ form, facts }) => form === 'key' && facts.has('required'));
  const canBeOff = known.literals.has('off');
  return (checking) => {
    const { args, report } = checking;
    if (canBeOff && args.length === 1 && args[0]!.text === 'off') return;
    let place = 0;
    const words = args.slice(options.from ?? 0);
    for (let index = 0; index < words.length; index++) {
      const word = words[index]!;
      const apart = blanksAround(words, index, known);
      if (apart > 0) {
        report(word, `${keyOf(word.text)} has blanks around its =`, { help: 'write it in one word' });
        index += apart;
      } else if (isParameter(word, known)) parameter(checking, word, known, subject);
      else if (place < from && options.from === undefined) place++;
      else if (!word.text.includes('$')) unknownParameter(checking, word, known, subject);
    }
    for (const { name: key } of required) {
      if (!args.some(({ text }) => text.startsWith(`${key}=`))) report(undefined, `${name} has no ${key}=`);
    }
    exclusions(checking, known);
  };
}

const keyOf = (text: string): string => {
  const sign = text.indexOf('=');
  return sign < 0 ? text : text.slice(0, sign);
};

function isParameter({ text }: Word, { literals, keys, prefixes }: Parameters): boolean {
  if (literals.has(text)) return true;
  const param = keys.get(keyOf(text));
  if (param && (text.includes('=') || param.facts.has('bare'))) return true;
  const colon = text.indexOf(':');
  return colon > 0 && prefixes.has(text.slice(0, colon));
}

function parameter({ version, report }: Checking, word: Word, known: Parameters, subject: string): void {
  const { text } = word;
  const sign = text.indexOf('=');
  const param =
    known.literals.get(text) ??
    known.keys.get(keyOf(text)) ??
    known.prefixes.get(text.slice(0, text.indexOf(':')));
  if (!param) return;
  const { facts, name } = param;
  // removed-directive and deprecated-directive speak of these.
  if (facts.has('removed')) return;
  const since = facts.get('since');
  const plusSince = facts.has('plus') || facts.has('plus-since');
  if (since !== undefined && !plusSince && atLeast(version, since) === false) {
    report(word, `${subject} takes ${name} since nginx ${since}`);
    return;
  }
  if (param.form !== 'key' || sign < 0) return;
  keyValue(word, text.slice(sign + 1), param, report);
}

function keyValue(word: Word, value: string, param: Param, report: Checking['report']): void {
  const { name, type, facts } = param;
  if (value.includes('$')) return;
  if (type === 'name:size') {
    sizedZone(word, value, param, report);
    return;
  }
  const slot: Slot = { type, values: param.values, min: param.min, max: param.max };
  const expected = rejection(value, slot);
  if (expected === undefined) return;
  const meant = facts.has('any-case') ? undefined : meantValue(value, slot);
  report(
    word,
    `${name} is ${value === '' ? 'empty' : shown(value)}, not ${expected}`,
    meant === undefined ? {} : { meant: `${name}=${meant}` },
  );
}

/** A shared memory zone: ngx_shared_memory_add() is given `name` and `size`, of some pages at least. */
function sizedZone(word: Word, value: string, { name, facts }: Param, report: Checking['report']): void {
  const colon = value.indexOf(':');
  const [zone, size] = colon < 0 ? [value, ''] : [value.slice(0, colon), value.slice(colon + 1)];
  if (zone === '') report(word, `${name}= names no zone`);
  else if (size === '') report(word, `${name}=${shown(value)} has no size such as :10m`);
  else {
    const expected = rejection(size, { type: 'size' });
    const meant = meantValue(size, { type: 'size' });
    if (expected !== undefined) {
      report(
        word,
        `the size of zone ${zone} is ${shown(size)}, not ${expected}`,
        meant === undefined ? {} : { meant: `${name}=${zone}:${meant}` },
      );
      return;
    }
    const least = Number(facts.get('pages') ?? 0) * 4096;
    if (bytes(size) < least) report(word, `zone ${zone} of ${size} is smaller than ${least / 1024}k`);
  }
}

const bytes = (size: string): number =>
  Number.parseInt(size, 10) * (/k$/i.test(size) ? 1024 : /m$/i.test(size) ? 1024 * 1024 : 1);

/** Words that everybody but nginx uses. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['max_fail=', 'max_fails='],
  ['fails=', 'max_fails='],
  ['timeout=', 'fail_timeout='],
  ['fail_time=', 'fail_timeout='],
  ['max_connections=', 'max_conns='],
  ['maxconn=', 'max_conns='],
  ['disabled', 'down'],
  ['slave', 'backup'],
  ['standby', 'backup'],
  ['http3', 'quic'],
  ['no_delay', 'nodelay'],
]);

/** How many words after one belong to it: `weight = 2`, `weight= 2`, `weight =2`. */
function blanksAround(words: readonly Word[], index: number, { keys }: Parameters): number {
  const text = words[index]!.text;
  const next = words[index + 1]?.text;
  if (next === undefined || !keys.has(keyOf(text))) return 0;
  if (text.endsWith('=')) return 1;
  if (text.includes('=') || !next.startsWith('=')) return 0;
  return next === '=' && words[index + 2] ? 2 : 1;
}

function unknownParameter(
  { report }: Checking,
  word: Word,
  { names, keys }: Parameters,
  subject: string,
): void {
  const { text } = word;
  const sign = text.indexOf('=');
  const written = sign < 0 ? text : text.slice(0, sign + 1);
  if (keys.has(written.replace(/[:-]$/, '')) && sign < 0) {
    report(word, `${written} needs = and a value`);
    return;
  }
  const synonym = synonyms.get(written.toLowerCase());
  const near = synonym !== undefined && names.includes(synonym) ? synonym : slip(written, names);
  report(
    word,
    `${shown(written)} is no parameter of ${subject}`,
    near === undefined ? {} : { meant: sign < 0 ? near : `${near}${text.slice(sign + 1)}` },
  );
}

function slip(written: string, names: readonly string[]): string | undefined {
  const hasSign = written.endsWith('=');
  const near = suggest(
    written,
    names.filter((name) => name.endsWith('=') === hasSign),
  );
  return near?.certain ? near.word : undefined;
}

/** Parameters that cannot stand together. */
function exclusions({ args, report, statement }: Checking, { literals, keys }: Parameters): void {
  if (statement.name !== 'listen' || args.length < 3) return;
  for (const word of args.slice(1)) {
    const excluded = (literals.get(word.text) ?? keys.get(keyOf(word.text)))?.facts
      .get('excludes')
      ?.split('|');
    const other = excluded && args.find(({ text }) => excluded.includes(keyOf(text)));
    if (other) report(word, `${keyOf(word.text)} cannot stand beside ${keyOf(other.text)}`);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Handlers of their own

/** Checks by directive, where what the table says is not all; `stream …` where stream differs. */
const handlers: ReadonlyMap<string, (variant: Variant) => Check> = new Map<
  string,
  (variant: Variant) => Check
>([
  ['listen', listen],
  ['server', upstreamServer],
  ['server_name', () => serverName],
  ['mail server_name', () => () => {}],
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
  ['userid_expires', () => counted('userid_expires', { type: 'sec' }, ['max', 'off'])],
  ['gzip_disable', () => patterns(({ text }) => (text === 'msie6' ? undefined : text))],
  [
    'valid_referers',
    () => patterns(({ text }) => (text.startsWith('~') && text !== '~' ? text.slice(1) : undefined)),
  ],
  ['fastcgi_split_path_info', () => pathInfo],
  ['keepalive_timeout', keepaliveTimeout],
  ['keepalive', () => keepalive],
  ['try_files', () => tryFiles],
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
  ['geo', () => variableName(-1)],
  ['split_clients', () => variableName(-1)],
  ['zone', (variant) => zone(variant)],
  ['worker_processes', () => counted('worker_processes', { type: 'int', min: 1, values: ['auto'] })],
  ['worker_connections', () => counted('worker_connections', { type: 'num', min: 0 })],
  ['worker_priority', () => workerPriority],
  ['worker_cpu_affinity', () => cpuAffinity],
  ['use', () => eventMethod],
  ['directio', () => counted('directio', { type: 'offset' }, ['off'])],
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
  ['allow', () => network],
  ['deny', () => network],
  ['set_real_ip_from', () => network],
  ['proxy_cache_valid', () => cacheValid],
  ['fastcgi_cache_valid', () => cacheValid],
  ['uwsgi_cache_valid', () => cacheValid],
  ['scgi_cache_valid', () => cacheValid],
  ['protocol', () => counted('protocol', { type: 'enum', values: ['smtp', 'imap', 'pop3'] })],
  ['image_filter', () => () => {}],
  ['stub_status', () => () => {}],
  ['env', () => () => {}],
  ['user', () => () => {}],
  ['server_tokens', () => serverTokens],
  ['gzip_window', () => powers(32)],
  ['gzip_hash', () => powers(128)],
]);

const address = (word: Word, report: Checking['report'], place: AddressPlace): void => {
  const fault = addressFault(word.text, place);
  if (fault) report(word, `${shown(word.text)} ${fault}`);
};

const counted =
  (subject: string, slot: Slot, words: readonly string[] = []): Check =>
  ({ args, report }) => {
    const word = args[0];
    if (word && !words.includes(word.text)) judge(subject, word, slot, report);
  };

/** A word that must be one of these, in this case. */
const literal = (
  word: Word | undefined,
  values: readonly string[],
  of: string,
  report: Checking['report'],
): void => {
  if (!word || values.includes(word.text)) return;
  const near = suggest(word.text, values);
  const meant =
    near?.certain || values.includes(word.text.toLowerCase()) ? (near?.word ?? values[0]) : undefined;
  report(word, `${of} is ${shown(word.text)}, not ${oneOf(values)}`, meant === undefined ? {} : { meant });
};

function listen(variant: Variant): Check {
  const check = parameters(variant, { from: 1 });
  const defaultPort = variant.contexts.includes('server');
  return (checking) => {
    address(checking.args[0]!, checking.report, { listen: true, defaultPort });
    check(checking);
  };
}

function upstreamServer(variant: Variant): Check {
  if (variant.body !== 'leaf') return () => {};
  const check = parameters(variant, { from: 1 });
  const defaultPort = variant.contexts.includes('upstream');
  return (checking) => {
    address(checking.args[0]!, checking.report, { defaultPort });
    check(checking);
  };
}

/** ngx_http_core_server_name() and ngx_hash_add_key(). */
function serverName({ args, report }: Checking): void {
  for (const word of args) {
    const { text } = word;
    if (text.startsWith('~')) {
      const fault = text === '~' ? 'is empty' : regexFault(text.slice(1));
      if (fault) report(word, `the pattern ${shown(text)} ${fault}`);
      continue;
    }
    const stars = text.split('*').length - 1;
    const isWildcard = stars === 1 && (/^\*\../.test(text) || /.\.\*$/.test(text));
    if ((stars > 0 && !isWildcard) || text === '.' || text.includes('..')) {
      // What is wrong inside shows only when names are compared, that is with several servers on a socket.
      const isRefused = text === '.' || /^\*(?!\..)/.test(text);
      report(
        word,
        `${shown(text)} is no server name: * stands before or after all else, next to a dot`,
        isRefused ? {} : { harmless: true, help: 'with several servers on the socket nginx refuses it' },
      );
    } else if (text.includes('/')) {
      report(word, `${shown(text)} has a /, so it matches no request`, {
        harmless: true,
        help: 'a server name is a host without scheme and path',
      });
    } else if (text.endsWith(',')) {
      report(word, `${shown(text)} ends in a comma, so it matches no request`, {
        harmless: true,
        ...(text.length > 1 ? { meant: text.slice(0, -1) } : {}),
      });
    }
  }
}

function location({ statement, args, report }: Checking): void {
  if (args.length === 2 && !/^(?:=|~\*?|\^~)$/.test(args[0]!.text)) {
    const { text } = args[0]!;
    report(args[0], `${shown(text)} is no modifier of location, there are =, ^~, ~ and ~*`);
    return;
  }
  const { modifier, path } = locationOf(statement);
  if (!modifier.startsWith('~') || path.value === undefined) return;
  const fault = path.value === '' ? 'is empty' : regexFault(path.value);
  if (fault) report(args.at(-1), `the pattern ${shown(path.value)} ${fault}`);
}

function condition({ args, report }: Checking): void {
  const fault = conditionFault(args);
  if (!fault) return;
  report(fault.word, fault.says, fault.meant === undefined ? {} : { meant: fault.meant });
}

/** ngx_http_rewrite_return(). */
function returns({ args, report }: Checking): void {
  const [code, ...rest] = args as [Word, ...Word[]];
  if (/^\d+$/.test(code.text)) {
    if (Number(code.text) > 999) report(code, `return is ${code.text}, not a code up to 999`);
  } else if (rest.length > 0 || !/^(?:https?:\/\/|\$scheme)/.test(code.text)) {
    report(code, `return is ${shown(code.text)}, not a code${rest.length > 0 ? '' : ' or a whole URL'}`, {
      ...(rest.length === 0 && code.text.startsWith('/')
        ? { help: 'write return 302 and then the path' }
        : {}),
    });
  }
}

function rewrite({ args, report }: Checking): void {
  const [pattern, , flag] = args as [Word, Word, Word?];
  const fault = regexFault(pattern.text);
  if (fault) report(pattern, `the pattern ${shown(pattern.text)} ${fault}`);
  literal(flag, ['last', 'break', 'redirect', 'permanent'], 'the flag of rewrite', report);
}

/** ngx_http_core_error_page(). */
function errorPage({ args, report }: Checking): void {
  const before = args.slice(0, -1);
  const response = before.at(-1)?.text.startsWith('=') ? before.pop() : undefined;
  if (response && !/^=\d*$/.test(response.text)) {
    report(response, `${shown(response.text)} is no response such as =200`);
  }
  if (response && before.length === 0) report(undefined, 'error_page names no code');
  for (const word of before) {
    const { text } = word;
    if (text === '499' || !/^\d+$/.test(text) || Number(text) < 300 || Number(text) > 599) {
      report(word, `error_page is for ${shown(text)}, not for a code from 300 to 599 other than 499`);
    }
  }
}

const levels = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'];
const levelSynonyms: ReadonlyMap<string, string> = new Map([
  ['warning', 'warn'],
  ['err', 'error'],
  ['critical', 'crit'],
  ['emergency', 'emerg'],
  ['fatal', 'emerg'],
]);

/** ngx_log_set_levels(). */
function errorLog({ args, report }: Checking): void {
  for (const word of args.slice(1)) {
    const { text } = word;
    if (levels.includes(text) || /^debug_(?:core|alloc|mutex|event|http|mail|stream)$/.test(text)) continue;
    const meant = levelSynonyms.get(text) ?? meantValue(text, { type: 'enum', values: levels });
    const help = /^(?:main|combined)/.test(text) ? 'only access_log has a format' : undefined;
    report(word, `the level of error_log is ${shown(text)}, not ${oneOf(levels)}`, {
      ...(meant === undefined ? {} : { meant }),
      ...(help === undefined ? {} : { help }),
    });
  }
}

/** ngx_http_log_set_log(): the second word is the format, whatever it looks like. */
function accessLog(variant: Variant): Check {
  const check = parameters(variant, { from: 2 });
  const isStream = variant.contexts.includes('stream');
  return (checking) => {
    const { args, report } = checking;
    if (args[0]!.text === 'off') {
      if (args[1]) report(args[1], `nothing can follow access_log off`);
      return;
    }
    const format = args[1]?.text;
    if (format !== undefined && /^(?:buffer|flush|gzip|if)=/.test(format)) {
      report(args[1], `a format stands before ${keyOf(format)}=`, {
        ...(isStream ? {} : { meant: `combined ${format}` }),
      });
      return;
    }
    if (isStream && format === undefined) report(undefined, 'access_log in stream has no format');
    check(checking);
    const flush = args.find(({ text }) => text.startsWith('flush='));
    if (flush && !args.some(({ text }) => /^(?:buffer=|gzip)/.test(text))) {
      report(flush, 'flush needs buffer= or gzip');
    }
  };
}

function logFormat({ args, report }: Checking): void {
  const second = args[1]?.text;
  if (second?.startsWith('escape=')) {
    const values = ['default', 'json', 'none'];
    const value = second.slice('escape='.length);
    if (!values.includes(value)) report(args[1], `escape is ${shown(value)}, not ${oneOf(values)}`);
  }
}

/** ngx_http_headers_expires(), ngx_http_parse_expires(). */
function expires({ args, report }: Checking): void {
  if (args.length === 2 && args[0]!.text !== 'modified') {
    report(args[0], `expires takes one time, or modified before it`);
    return;
  }
  const word = args.at(-1)!;
  const { text } = word;
  if (text.includes('$') || (args.length === 1 && /^(?:epoch|max|off)$/.test(text))) return;
  const isTime = rejection(text.replace(/^[-+@]/, ''), { type: 'sec' }) === undefined;
  if (!isTime) report(word, `expires is ${shown(text)}, not a time such as 30d, nor epoch, max or off`);
  else if (/^@(?:0*(?:2[4-9]|[3-9]\d|\d{3,})h|0*[1-9]\d*[yMwd])/.test(text))
    report(word, `${shown(text)} is no time of day: a day ends before 24h`);
}

/** Words that are regular expressions, as `pattern` takes them out; it is undefined for the others. */
const patterns =
  (pattern: (word: Word) => string | undefined): Check =>
  ({ args, report }) => {
    for (const word of args) {
      const text = pattern(word);
      const fault = text === undefined ? undefined : regexFault(text);
      if (fault) report(word, `the pattern ${shown(word.text)} ${fault}`);
    }
  };

/** ngx_http_fastcgi_split_path_info(): the script's name, and what follows it. */
function pathInfo({ args, report }: Checking): void {
  const [{ text } = { text: '' }] = args;
  const fault = regexFault(text);
  const groups = text.replace(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]/g, '').match(/\((?!\?)|\(\?(?:P?<(?![=!])|')/g);
  if (fault) report(args[0], `the pattern ${shown(text)} ${fault}`);
  else if ((groups?.length ?? 0) !== 2) {
    report(args[0], `the pattern ${shown(text)} has ${groups?.length ?? 0} groups, not 2`);
  }
}

function keepaliveTimeout({ contexts }: Variant): Check {
  const isUpstream = contexts.includes('upstream');
  return ({ args, report }) => {
    judge('keepalive_timeout', args[0]!, { type: 'msec' }, report);
    if (args[1] && !isUpstream) judge('the Keep-Alive header', args[1], { type: 'sec' }, report);
  };
}

function keepalive({ args, version, report }: Checking): void {
  const zero = args[0]!.text === '0' && atLeast(version, '1.29.7') !== false;
  if (!zero) judge('keepalive', args[0]!, { type: 'num', min: 1 }, report);
  if (args[1] && args[1].text !== 'local')
    report(args[1], `${shown(args[1].text)} is no parameter of keepalive`);
}

function tryFiles({ args, report }: Checking): void {
  const last = args.at(-1)!;
  if (last.text.startsWith('=') && !/^=\d{1,3}$/.test(last.text)) {
    report(last, `${shown(last.text)} is no code such as =404`);
  }
}

function limitConn({ args, report }: Checking): void {
  judge('the number of limit_conn', args[1]!, { type: 'num', min: 1, max: 65535 }, report);
}

function resolver(variant: Variant): Check {
  const known = parametersOf(variant.params);
  return (checking) => {
    const { args, report } = checking;
    if (known.literals.has('off') && args[0]!.text === 'off') return;
    if (args.every((word) => isParameter(word, known))) report(args[0], 'resolver names no server');
    for (const word of args) {
      if (isParameter(word, known)) parameter(checking, word, known, 'resolver');
      else if (/^\w+=/.test(word.text)) unknownParameter(checking, word, known, 'resolver');
      else address(word, report, { defaultPort: true });
    }
  };
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

const httpMethods =
  'GET HEAD POST PUT DELETE MKCOL COPY MOVE OPTIONS PROPFIND PROPPATCH LOCK UNLOCK PATCH'.split(' ');

function methods({ args, report }: Checking): void {
  for (const word of args)
    judge('a method of limit_except', word, { type: 'enum', values: httpMethods }, report);
}

/** Variables that a module reads and the configuration is to set. */
const leftToUs = new Set(['memcached_key']);

/** What is taken for the version where nobody stated it. */
const oldest = [1, 18, 0];

/** A name that is being defined: ngx_http_add_variable() refuses those that nginx keeps for itself. */
const variableName =
  (index: number): Check =>
  ({ statement, args, version, report }) => {
    const word = args.at(index);
    if (!word) return;
    const { text } = word;
    if (!/^\$./.test(text)) {
      const meant = /^[a-z_]\w*$/i.test(text) ? { meant: `$${text}` } : {};
      report(word, `${statement.name} defines ${shown(text)}, which has no $ before its name`, meant);
      return;
    }
    const module = moduleOf(statement.context);
    const name = text.slice(1).toLowerCase();
    const known = module === 'mail' || leftToUs.has(name) ? undefined : builtinVariable(module, name);
    if (!known || known.settable || known.thirdParty || known.plus || known.removed !== undefined) return;
    // Before nginx had it, the name was free.
    if (known.since !== undefined && !atLeast(version ?? oldest, known.since)) return;
    report(word, `${shown(text)} is a variable of nginx itself, which cannot be set`);
  };

function zone(variant: Variant): Check {
  const pages = variant.params.find(({ name }) => name === 'size')?.facts.get('pages');
  return ({ args, report }) => {
    const [name, size] = args;
    if (!size) {
      const [, own, much] = /^(.+):(\d+[kKmM]?)$/.exec(name?.text ?? '') ?? [];
      if (much) report(name, 'the size of the zone is a word of its own', { meant: `${own} ${much}` });
      return;
    }
    judge('the size of the zone', size, { type: 'size' }, report);
    const least = Number(pages ?? 0) * 4096;
    if (rejection(size.text, { type: 'size' }) === undefined && bytes(size.text) < least) {
      report(size, `a zone of ${size.text} is smaller than ${least / 1024}k`);
    }
  };
}

function workerPriority({ args, report }: Checking): void {
  const { text } = args[0]!;
  if (!/^[-+]?\d+$/.test(text)) report(args[0], `worker_priority is ${shown(text)}, not a whole number`);
}

function cpuAffinity({ args, report }: Checking): void {
  for (const [index, word] of args.entries()) {
    if (index === 0 && word.text === 'auto') continue;
    if (!/^[01 ]+$/.test(word.text)) report(word, `the CPU mask is ${shown(word.text)}, not digits 0 and 1`);
  }
}

function eventMethod({ args, report }: Checking): void {
  const known = ['epoll', 'poll', 'select', 'kqueue', '/dev/poll', 'eventport', 'rtsig'];
  literal(args[0], known, 'use', report);
}

function aio({ args, report }: Checking): void {
  const { text } = args[0]!;
  if (!/^(?:on|off|threads(?:=.+)?|sendfile)$/.test(text)) {
    report(args[0], `aio is ${shown(text)}, not on, off or threads`);
  }
}

function always({ statement, args, report }: Checking): void {
  literal(args[2], ['always'], `the third word of ${statement.name}`, report);
}

function proxyRedirect({ args, report }: Checking): void {
  if (args.length === 1 && !/^(?:off|default)$/.test(args[0]!.text)) {
    report(args[0], `proxy_redirect is ${shown(args[0]!.text)}, not off, default or two words`);
  }
}

function offAlone({ statement, args, report }: Checking): void {
  if (args.length === 1 && args[0]!.text !== 'off') {
    report(args[0], `${statement.name} is ${shown(args[0]!.text)}, not off or two words`);
  }
}

const cookieFlagNames = [
  'secure',
  'nosecure',
  'httponly',
  'nohttponly',
  'samesite=strict',
  'samesite=lax',
  'samesite=none',
  'nosamesite',
];

function cookieFlags({ args, report }: Checking): void {
  if (args.length === 1 && args[0]!.text !== 'off') {
    report(args[0], `proxy_cookie_flags is ${shown(args[0]!.text)}, not off or a cookie and its flags`);
  }
  for (const word of args.slice(1)) {
    if (word.text.includes('$')) continue;
    if (rejection(word.text, { type: 'enum', values: cookieFlagNames }) !== undefined) {
      report(word, `${shown(word.text)} is no flag of a cookie`);
    }
  }
}

function transparent({ args, report }: Checking): void {
  const from = args[0]!;
  const octets = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?::\d+)?$/.exec(from.text)?.slice(1);
  if (octets?.some((octet) => Number(octet) > 255)) report(from, `${shown(from.text)} is no address`);
  literal(args[1], ['transparent'], 'the second word', report);
}

/** ngx_http_proxy_pass(). */
function proxyPass({ statement, args, report }: Checking): void {
  const word = args[0]!;
  const pass = passOf(statement);
  if (!pass || pass.hasVariables) return;
  if (!/^https?:\/\//i.test(word.text)) {
    const hasScheme = /^\w*:?\/\//.test(word.text);
    report(
      word,
      `${shown(word.text)} does not begin with http:// or https://`,
      hasScheme || word.text.startsWith('/') ? {} : { meant: `http://${word.text}` },
    );
    return;
  }
  passAddress(word, hostOf(word.text), report, true);
  const place = pass.uri && placeWithoutUri(statement);
  if (place && pass.uri) {
    report(word, `the path ${shown(pass.uri.value)} cannot stand in proxy_pass in ${place}`, {
      help: 'there is no prefix that it could replace; leave it out, or use rewrite … break',
    });
  }
}

const hostOf = (url: string): string => /^\w+:\/\/(unix:[^:]*|[^/?]*)/i.exec(url)?.[1] ?? '';

function passAddress(word: Word, text: string, report: Checking['report'], defaultPort: boolean): void {
  const fault = addressFault(text, { defaultPort });
  if (fault && (fault !== 'has no port' || /[.]/.test(text))) report(word, `${shown(text)} ${fault}`);
}

/** Where proxy_pass takes no path, in words. */
function placeWithoutUri({ parent }: Statement): string | undefined {
  if (parent?.name === 'if') return 'an if';
  if (parent?.name === 'limit_except') return 'a limit_except';
  if (parent?.name !== 'location') return undefined;
  const { modifier } = locationOf(parent);
  return modifier === '@'
    ? 'a named location'
    : modifier.startsWith('~')
      ? 'a location with a pattern'
      : undefined;
}

/** fastcgi_pass and others whose target is an address or an upstream. */
function addressPass({ statement: { name }, args, report }: Checking): void {
  const word = args[0]!;
  if (word.text.includes('$')) return;
  const scheme = name === 'grpc_pass' ? /^grpcs?:\/\// : name === 'uwsgi_pass' ? /^s?uwsgi:\/\// : /^(?!)/;
  passAddress(word, word.text.replace(scheme, ''), report, false);
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

/** ngx_http_ssl_session_cache(). */
function sessionCache({ args, report }: Checking): void {
  for (const word of args) {
    const { text } = word;
    if (/^(?:off|none|builtin|builtin:\d+)$/.test(text)) continue;
    if (!text.startsWith('shared:')) {
      report(word, `ssl_session_cache is ${shown(text)}, not off, none, builtin or such as shared:SSL:10m`);
      continue;
    }
    const [zone = '', size = ''] = text.slice('shared:'.length).split(':');
    const expected = rejection(size, { type: 'size' });
    if (zone === '' || expected !== undefined) {
      const meant = meantValue(size, { type: 'size' });
      report(word, `${shown(text)} is not such as shared:SSL:10m`, {
        ...(meant === undefined ? {} : { meant: `shared:${zone}:${meant}` }),
      });
    } else if (bytes(size) < 8 * 4096) report(word, `zone ${zone} of ${size} is smaller than 32k`);
  }
}

/** ngx_ptocidr(); names only where nginx looks them up. */
function network({ statement, args, report }: Checking): void {
  const word = args[0]!;
  const { text } = word;
  const isAccess = statement.name !== 'set_real_ip_from';
  if (text === 'unix:' || (isAccess && text === 'all') || text.includes('$')) return;
  const fault = networkFault(text);
  if (fault === undefined) return;
  if (fault === 'low-bits') {
    const meant = networkOf(text);
    report(word, `${text} means ${meant}: bits beyond the prefix do not count`, { harmless: true, meant });
  } else if (isAccess || /^[\d.:/]+$/.test(text)) {
    report(word, `${shown(text)} is no address or network${isAccess ? ' and not all' : ''}`);
  }
}

function cacheValid({ statement, args, report }: Checking): void {
  const last = args.at(-1)!;
  judge(`the time of ${statement.name}`, last, { type: 'sec' }, report);
  for (const word of args.slice(0, -1)) {
    judge('the status', word, { type: 'int', min: 100, max: 599, values: ['any'] }, report);
  }
}

/** Other builds of nginx, and NGINX Plus, take any text. */
function serverTokens({ args, report }: Checking): void {
  const { text } = args[0]!;
  if (!/^(?:on|off|build)$/i.test(text) && switches.has(text)) {
    report(args[0], `server_tokens is ${text}, not on, off or build`, { meant: 'off' });
  }
}

const switches = new Set(['false', 'no', '0', 'none', 'disabled']);
