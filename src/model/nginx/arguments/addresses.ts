/** Where to listen, whom to ask, whom to hand a request to, and who is let in. */
import type { Variant } from '../../../../grammar/tables/directives.ts';
import type { Word } from '../../../../grammar/tree.ts';
import { isAddress } from '../../net.ts';
import { distance, suggest } from '../../suggest.ts';
import { type AddressPlace, addressFault, meantAddress } from '../address.ts';
import { passOf } from '../pass.ts';
import { locationOf } from '../server.ts';
import type { Statement } from '../statement.ts';
import { networkFault, shown } from '../values.ts';
import { type Check, type Checking, literal } from './checking.ts';
import { isParameter, parameter, parameters, parametersOf, unknownParameter } from './parameters.ts';

const address = ({ statement, report }: Checking, word: Word, place: AddressPlace): void => {
  if (plainVariable(statement, word, report)) return;
  const fault = addressFault(word.text, place);
  if (fault) report(word, `${shown(word.text)} ${fault}`, meaning(meantAddress(word.text, place)));
};

/** Whether a word has a variable where nginx takes none: to it that is the name of a host, which no host has. */
function plainVariable({ name }: Statement, word: Word, report: Checking['report']): boolean {
  const [reads] = /(?<=\$)(?:\{\w+\}|\w+)/.exec(word.text) ?? [];
  if (reads === undefined || /^unix:/i.test(word.text)) return false;
  if (/^(?:allow|deny)$/.test(name)) {
    report(word, `${name} takes no variables, and ${shown(word.text)} is no address`, { reads });
    return true;
  }
  const says = `${name} takes no variables, so ${shown(word.text)} is the name of a host`;
  report(word, says, {
    reads,
    help: 'nginx asks for its address when it starts, and does not start without one',
  });
  return true;
}

const meaning = (meant: string | undefined): { meant?: string } => (meant === undefined ? {} : { meant });

export function listen(variant: Variant): Check {
  const check = parameters(variant, { from: 1 });
  const defaultPort = variant.contexts.includes('server');
  const known = parametersOf(variant.params);
  return (checking) => {
    const [first] = checking.args;
    if (first && isParameter(first, known)) {
      checking.report(first, `${shown(first.text)} stands where listen has its address or port`);
      return;
    }
    address(checking, checking.args[0]!, { listen: true, defaultPort });
    check(checking);
  };
}

export function upstreamServer(variant: Variant): Check {
  if (variant.body !== 'leaf') return () => {};
  const check = parameters(variant, { from: 1 });
  const defaultPort = variant.contexts.includes('upstream');
  return (checking) => {
    // The records that `service=` names bring the port.
    const isService = checking.args.some(({ text }) => text.startsWith('service='));
    address(checking, checking.args[0]!, { defaultPort: defaultPort || isService });
    check(checking);
  };
}

export function resolver(variant: Variant): Check {
  const known = parametersOf(variant.params);
  return (checking) => {
    const { args, report } = checking;
    if (known.literals.has('off') && args[0]!.text === 'off') return;
    if (args.every((word) => isParameter(word, known))) report(args[0], 'resolver names no server');
    for (const word of args) {
      if (isParameter(word, known)) parameter(checking, word, known, 'resolver');
      else if (/^\w+=/.test(word.text)) unknownParameter(checking, word, known, 'resolver');
      else address(checking, word, { defaultPort: true });
    }
  };
}

export function transparent({ args, report }: Checking): void {
  const from = args[0]!;
  const { text } = from;
  const host = text.replace(/(?<=\]|^[^:]*):\d+$/, '').replace(/^\[(.*:.*)\]$/, '$1');
  if (text !== 'off' && !text.includes('$') && !isAddress(host))
    report(from, `${shown(text)} is no address`, meaning(meantAddress(text, { defaultPort: true })));
  literal(args[1], ['transparent'], 'the second word', report);
}

/** ngx_http_proxy_pass(). */
export function proxyPass({ statement, args, report }: Checking): void {
  const word = args[0]!;
  const pass = passOf(statement);
  if (!pass || word.text.startsWith('$')) return;
  // With variables nginx finds out when a request comes (ngx_http_proxy_eval()).
  if (!/^https?:\/\//i.test(word.text)) {
    const [before] = word.text.toLowerCase().split('$', 1);
    // In `https:/$request_uri` and `http$s://app` the variable brings the rest.
    if (pass.hasVariables && ['http://', 'https://'].some((begin) => begin.startsWith(before!))) return;
    const says = `${shown(word.text)} does not begin with http:// or https://`;
    const meant = meantUrl(word.text);
    report(word, says, meant === undefined ? {} : { meant, isDoubtful: !isSureUrl(word.text, meant) });
    return;
  }
  if (pass.hasVariables) return;
  passAddress(word, hostOf(word.text), report, true);
  const place = pass.uri && placeWithoutUri(statement);
  if (place && pass.uri) {
    report(word, `the path ${shown(pass.uri.value)} cannot stand in proxy_pass in ${place}`, {
      help: 'there is no prefix that it could replace; leave it out, or use rewrite … break',
    });
  }
}

const beginning = /^([a-z]{3,7})(:\/{0,2}|\/{1,2})(?=[\w[$])(.+)$/is;
const wrongSigns = /^(h?t{1,3}ps?)[^\w\s[$]{2,5}([\w[$].*)$/is;

/** A URL whose beginning was left out, or has a slip in it. */
function meantUrl(text: string): string | undefined {
  const [, name = '', sign = '', rest = ''] = beginning.exec(text) ?? [];
  const [, odd, target = ''] = name === '' ? (wrongSigns.exec(text) ?? []) : [];
  if (odd !== undefined) {
    const scheme = /^https?$/i.test(odd) ? odd.toLowerCase() : suggest(odd, schemes)?.word;
    return scheme && `${scheme}://${target}`;
  }
  const isScheme = /^https?$/i.test(name);
  // `httpd:80` is a host, and so may `http:80` be.
  if (isScheme ? !/^:\d+(?:\/|$)/.test(sign + rest) : sign.includes('/')) {
    const near = isScheme ? name.toLowerCase() : suggest(name, schemes)?.word;
    return near && `${near}://${rest}`;
  }
  return isScheme || text.startsWith('/') || text.includes('//') ? undefined : `http://${text}`;
}

/** Whether the letters tell of one scheme, and no scheme or lone letter is left behind it. */
function isSureUrl(text: string, meant: string): boolean {
  const [, rest = ''] = meant.split('://');
  if (/^\w{0,2}$|\/\//.test(rest)) return false;
  const [, scheme = ''] = /^(\w+)\W/.exec(text) ?? [];
  return meant.endsWith(text) || suggest(scheme, schemes)?.certain !== false;
}

const schemes = ['http', 'https'];

const hostOf = (url: string): string => /^\w+:\/\/(unix:[^:]*|[^/?]*)/i.exec(url)?.[1] ?? '';

function passAddress(word: Word, text: string, report: Checking['report'], defaultPort: boolean): void {
  const fault = addressFault(text, { defaultPort });
  if (!fault) return;
  // A name without a port may be that of an upstream.
  if (fault === 'has no port' && !isAddress(text.replace(/^\[|\]$/g, ''))) return;
  const [before = '', after = ''] = text === '' ? [] : word.text.split(text);
  const meant = meantAddress(text, { defaultPort });
  const says = text === '' ? `${shown(word.text)} has no host` : `${shown(text)} ${fault}`;
  report(word, says, meaning(meant && `${before}${meant}${after}`));
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
export function addressPass({ statement: { name }, args, report }: Checking): void {
  const word = args[0]!;
  if (word.text.includes('$')) return;
  const scheme = name === 'grpc_pass' ? /^grpcs?:\/\// : name === 'uwsgi_pass' ? /^s?uwsgi:\/\// : /^(?!)/;
  passAddress(word, word.text.replace(scheme, ''), report, false);
}

/** ngx_ptocidr(); names only where nginx looks them up. */
export function network({ statement, args, report }: Checking): void {
  const word = args[0]!;
  const { text } = word;
  const isAccess = statement.name !== 'set_real_ip_from';
  if (text === 'unix:' || (isAccess && text === 'all')) return;
  if (plainVariable(statement, word, report)) return;
  if (/^(?:0\.0\.0\.0(?:\/32)?|::(?:\/128)?)$/.test(text)) {
    report(word, `${shown(text)} is an address that no client has`, {
      severity: 'warning',
      help: `all of them are ${text.replace(/\/.*/, '')}/0`,
    });
    return;
  }
  const fault = networkFault(text);
  if (fault === undefined) return;
  if (fault !== 'invalid') {
    const { says, ...more } = fault;
    report(word, says, { ...more, severity: 'warning' });
  } else if (isAccess || text.includes('/') || /^[\d.:]+$/.test(text)) {
    const isAll = distance(text.toLowerCase(), 'all', 1) < 2 || text === '*' || text.toLowerCase() === 'any';
    const meant = isAccess && isAll ? { meant: 'all' } : {};
    report(word, `${shown(text)} is no address or network${isAccess ? ' and not all' : ''}`, meant);
  }
}

/** ngx_mail_auth_http(): an address with a path, its scheme left out or not. */
export function authHttp({ args, report }: Checking): void {
  const word = args[0]!;
  passAddress(word, hostOf(word.text) || word.text.replace(/\/.*$/s, ''), report, true);
}
