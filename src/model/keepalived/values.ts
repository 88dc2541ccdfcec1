/** Whether a word is what a keyword takes, as lib/parser.c's readers decide it. */
import { type Arg, keyword } from '../../../grammar/tables/keywords.ts';
import { distance, suggest } from '../suggest.ts';
import { type AddressForm, addressFault, readsAsAddress } from './addresses.ts';

/** Values that people write for an enumerated one and that no count of letters would find. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['SLAVE', 'BACKUP'],
  ['STANDBY', 'BACKUP'],
  ['PASSIVE', 'BACKUP'],
  ['SECONDARY', 'BACKUP'],
  ['PRIMARY', 'MASTER'],
  ['ACTIVE', 'MASTER'],
  ['PASSWORD', 'PASS'],
  ['SIMPLE', 'PASS'],
]);

const forms: ReadonlySet<string> = new Set(['ip', 'bare_ip', 'ip_or_cidr', 'cidr', 'ip_range', 'vs_target']);

/** The form of address that an argument wants, if it wants one. */
export const addressForm = ({ type }: Arg): AddressForm | undefined =>
  forms.has(type) ? (type as AddressForm) : undefined;

/** Whether a word says no. */
export const isNo = (text: string): boolean => /^(?:off|no|false)$/i.test(text);

/** Names of address scopes (rt_scopes); a number from 0 to 255 does as well. */
const scopes = ['global', 'site', 'link', 'host', 'nowhere'];

/** What the daemon wants instead of `text`, in words; undefined when it takes it. */
export function rejection(text: string, arg: Arg, anyCase = false): string | undefined {
  if (arg.values?.includes(anyCase ? text.toUpperCase() : text)) return undefined;
  switch (arg.type) {
    case 'int':
    case 'uint':
      return wholeNumber(text, arg.type === 'uint', arg) ? undefined : `a whole number${range(arg)}`;
    case 'seconds':
    case 'milliseconds':
      if (!decimalNumber(text, arg)) return `a number of ${arg.type}${range(arg)}`;
      return decimalsOf(text) <= mostDecimals[arg.type]
        ? undefined
        : `at most ${mostDecimals[arg.type]} decimals`;
    case 'port': {
      const bounds = { min: arg.min ?? 0, max: arg.max ?? 65535 };
      return wholeNumber(text, true, bounds) ? undefined : `a port from ${bounds.min} to ${bounds.max}`;
    }
    case 'enum':
      // A list that nobody can take in at a glance helps nobody.
      return (arg.values?.length ?? 0) > 14 ? 'a word it knows' : oneOf(arg.values ?? []);
    case 'bool':
      return 'on or off (or true, false, yes, no)';
    case 'scope':
      return scopes.includes(text) || wholeNumber(text, true, { max: 255 })
        ? undefined
        : `${oneOf(scopes)}, nor a number up to 255`;
    case 'named': {
      // What begins with a letter is looked up in a file of the machine, such as /etc/iproute2/rt_dsfield.
      const value = /^\+?(?:0x[\da-f]+|\d+)$/i.test(text) ? anyBase(text) : undefined;
      return /^[a-z]/i.test(text) || (value !== undefined && inRange(value, arg))
        ? undefined
        : `a number${range(arg)} or a name`;
    }
    case 'realms':
      return text.split('/').length < 3 &&
        text.split('/').every((each) => /^(?:[a-z].*|[01]?\d?\d|2[0-4]\d|25[0-5])$/i.test(each))
        ? undefined
        : 'a realm from 0 to 255, or two with a / between them';
    case 'mark':
      return /^(?:0x[\da-f]{1,8}|\d{1,10})(?:\/(?:0x[\da-f]{1,8}|\d{1,10}))?$/i.test(text) &&
        text.split('/').every((each) => anyBase(each)! <= 4294967295)
        ? undefined
        : 'a mark, with or without / and its mask';
    case 'span': {
      const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
      return first !== undefined && [first, last].every((each) => inRange(Number(each), arg))
        ? undefined
        : `two numbers${range(arg)} with a - between them`;
    }
    case 'time':
      return /^(?:\d+\.?\d*|\.\d+)(?:s|ms)?$/.test(text) ? undefined : 'a time such as 200ms or 1.5s';
    case 'hexstring':
      return /^[0-9a-fA-F\s]+$/.test(text) ? undefined : 'hexadecimal digits';
    case 'ip':
    case 'bare_ip':
    case 'ip_or_cidr':
    case 'cidr':
    case 'ip_range':
      return readsAsAddress(text, arg.type) ? undefined : 'an IP address';
    case 'multicast':
      return /^(?:22[4-9]|23\d)\./.test(text) || /^ff/i.test(text) ? undefined : 'a multicast address';
    case 'host':
      // getaddrinfo() takes digits for an address, and finds no name with other signs.
      if (readsAsAddress(text.replace(/%.*/, ''), 'bare_ip')) return undefined;
      // Three numbers and a word with letters for digits were an address.
      return /^[\w-]+(?:\.[\w-]+)*\.?$/.test(text) && !/^(?:[\d.]+|(?:\d+\.){3}\w+)$/.test(text)
        ? undefined
        : 'an address or a host name';
    case 'netmask':
      return (/^\d+$/.test(text) && inRange(Number(text), { min: 1, max: 128 })) ||
        (/^\d+\./.test(text) && readsAsAddress(text, 'bare_ip'))
        ? undefined
        : 'a netmask such as 255.255.255.0';
    case 'string':
    case 'identifier':
      return arg.max === undefined || Buffer.byteLength(text) <= arg.max
        ? undefined
        : `a name of at most ${arg.max} characters`;
    case 'email':
      if (/[;,.'’`]$/.test(text)) return 'an address that ends in no ;, comma, dot or quote';
      // `ops@example.com -- at night`, `// ops@example.com`: each word of the list is an address.
      if (!/\s/.test(text) && /^[^\w"'+~<]|[^!-~]|\/\//.test(text)) return 'an address for mail';
      // A line of the block around the list: `smtp_connect_timeout 30` would be two addresses.
      return text.includes('_') && keyword('global_defs', text) ? 'an address for mail' : undefined;
    case 'user':
    case 'group':
      return mayBeAccount(text) ? undefined : `the name of ${arg.type === 'user' ? 'an account' : 'a group'}`;
    case 'interface':
      if (Buffer.byteLength(text) > 15) return 'an interface name of at most 15 characters';
      // dev_valid_name() of the kernel; `eth0:1` is the label of an address.
      if (/[/:]/.test(text)) return 'the name of an interface, which has no / or :';
      if (/[;,.]$/.test(text)) return 'the name of an interface, which ends in no ;, comma or dot';
      if (/;/.test(text)) return 'the name of an interface';
      // `ethO`: a letter where all others have their number.
      if (/^(?:eth|ens|eno|bond|wlan)[OolI]$/.test(text))
        return 'the name of an interface, which ends in a number';
      // The kernel takes these, too, but no one gives an interface such a name.
      return /['"`()[\]<>$=]/.test(text) ? 'the name of an interface' : undefined;
    default:
      return undefined;
  }
}

/** Accounts that every host has. */
const usualAccounts: readonly string[] = ['root', 'nobody'];

/**
 * Whether a host may have an account or a group of this name: getpwnam() finds none by its number, and what is one slip
 * away from `root` was meant for it.
 */
export const mayBeAccount = (text: string): boolean =>
  /^(?!\d+$)[!-~]+$/.test(text) &&
  !/["'`()[\]{}<>/:;,=]/.test(text) &&
  (usualAccounts.includes(text) || !usualAccounts.some((each) => distance(text.toLowerCase(), each, 1) < 2));

/** The value that `text` was evidently meant to be: another case, a slip, a lost unit. */
export function meantValue(text: string, arg: Arg): string | undefined {
  const form = addressForm(arg);
  if (form) return addressFault(text, form).meant;
  const values = arg.type === 'scope' ? scopes : (arg.values ?? []);
  const plain = bare(text);
  if (values.length > 0) {
    const upper = plain.toUpperCase();
    const same = values.find((value) => value.toUpperCase() === upper);
    if (same) return same;
    if (arg.type === 'bool') return upper === '1' ? 'on' : upper === '0' ? 'off' : undefined;
    const synonym = synonyms.get(upper);
    if (synonym && values.includes(synonym)) return synonym;
    const near = suggest(plain, values);
    if (near?.certain) return near.word;
    if (arg.type === 'enum') return undefined;
  }
  if (arg.type === 'user' || arg.type === 'group') {
    return fitting(text, [plain, suggest(plain, usualAccounts)?.word], arg);
  }
  if (arg.type === 'interface')
    return fitting(text, [plain, plain.replace(/[OolI]$/, (letter) => digitFor(letter))], arg);
  if (!numeric.has(arg.type)) return fitting(text, [plain], arg);
  const [, number, unit] = /^([\d.]+)(ms|s|secs?|seconds?|%)$/i.exec(plain) ?? [];
  const inSeconds = unit === 'ms' && arg.type === 'seconds' ? [String(Number(number) / 1000)] : [number];
  const digits =
    /\d/.test(plain) && /^[\dOolI]+$/.test(plain) ? plain.replace(/[OolI]/g, digitFor) : undefined;
  return fitting(text, [plain, ...inSeconds, digits, plain.replace(',', '.')], arg);
}

const numeric: ReadonlySet<string> = new Set(['int', 'uint', 'seconds', 'milliseconds', 'port', 'time']);

const digitFor = (letter: string): string => (/[Oo]/.test(letter) ? '0' : '1');

/** The first of several readings that the daemon takes. */
const fitting = (text: string, readings: readonly (string | undefined)[], arg: Arg): string | undefined =>
  readings.find((each) => each !== undefined && each !== text && rejection(each, arg) === undefined);

/** A word without what other languages put around it: `priority = 100;` glued, quotes that are letters here, brackets. */
export const bare = (text: string): string =>
  text
    .replace(/(?<![;,.:])[;,.:]+$/, '')
    .replace(/^=/, '')
    .replace(
      /^(?:'(.*)'|\((.*)\)|\[(.*)\]|<(.*)>|`(.*)`|“(.*)”)$/,
      (_, ...inner) => inner.slice(0, 6).find((each) => each !== undefined) ?? '',
    );

export const oneOf = (values: readonly string[]): string =>
  values.length < 2 ? (values[0] ?? 'another word') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

const range = ({ min, max }: Pick<Arg, 'min' | 'max'>): string => {
  // The widest bounds are those of the machine's integers; saying them helps nobody.
  if (min === undefined && max === undefined) return '';
  if (max === undefined || max >= 2147483647) return ` of at least ${min}`;
  return min === undefined ? ` up to ${max}` : ` from ${min} to ${max}`;
};

const inRange = (value: number, { min, max }: Pick<Arg, 'min' | 'max'>): boolean =>
  (min === undefined || value >= min) && (max === undefined || value <= max);

/** strtoul() in base 0: a leading 0x is hexadecimal, a leading 0 octal. */
function anyBase(text: string): number | undefined {
  const value = /^0\d/.test(text) ? Number(`0o${text.slice(1)}`) : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

/** strtol() in base 10: leading zeros and `+` are fine, nothing may follow, and it must fit into the machine's integers. */
const wholeNumber = (text: string, unsigned: boolean, bounds: Pick<Arg, 'min' | 'max'>): boolean =>
  (unsigned ? /^\s*\+?\d+$/ : /^\s*[+-]?\d+$/).test(text) &&
  inRange(Number(text), { min: bounds.min, max: bounds.max ?? (unsigned ? 4294967295 : 2147483647) });

/** What microseconds can count: the daemon keeps all times as such. */
const mostMicroseconds = 2 ** 64 - 1;
const mostDecimals = { seconds: 6, milliseconds: 3 } as const;
const decimalsOf = (text: string): number => /\.(\d*)$/.exec(text)?.[1]?.length ?? 0;

/** read_decimal_unsigned_strvec(): digits with at most one point, which may stand first or last. */
const decimalNumber = (text: string, bounds: Pick<Arg, 'min' | 'max'>): boolean =>
  /^\s*\+?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) &&
  inRange(Number(text), { min: bounds.min, max: bounds.max ?? mostMicroseconds / 1e6 });
