/** Whether a word is what a slot of nginx.tsv takes, as nginx's readers decide it (ngx_conf_set_*_slot(), ngx_parse.c). */
import { isAddress, parseAddress } from '../net.ts';
import { distance, suggest } from '../suggest.ts';

/** What a slot wants, as far as one of its readers judges it. */
export interface Slot {
  readonly type: string;
  /** All that an enumeration takes; words that may stand in place of a number, a size or a time. */
  readonly values?: readonly string[] | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

const size = /^\d+[km]?$/i;
const offset = /^\d+[kmg]?$/i;
// ngx_parse_time(): units in falling order, each once; a number without unit counts seconds.
const milliseconds =
  /^(?=\d)(?:\d+w *)?(?:\d+d *)?(?:\d+h *)?(?:\d+m(?!s) *)?(?:\d+(?:s *| +|(?=$)))?(?:\d+ms)?$/;
const seconds = /^(?=\d)(?:\d+y *)?(?:\d+M *)?(?:\d+w *)?(?:\d+d *)?(?:\d+h *)?(?:\d+m *)?(?:\d+s?)? *$/;
const digits = /^\d+$/;

/** `a, b or c`. */
export const oneOf = (values: readonly string[]): string =>
  values.length < 2 ? (values[0] ?? 'another word') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

/** Choices in words, no more of them than a line holds. */
const choices = (values: readonly string[]): string =>
  values.length > 6 ? `one of ${values.slice(0, 4).join(', ')} …` : oneOf(values);

/** The greatest number that ngx_atoi() reads, NGX_MAX_INT_T_VALUE: more than a number of ours holds. */
const greatest = '9223372036854775807';

const isReadable = (text: string): boolean => {
  const number = text.replace(/^0+/, '');
  return number.length < greatest.length || (number.length === greatest.length && number <= greatest);
};

const inRange = (text: string, { min = 0, max = Infinity }: Slot): boolean =>
  digits.test(text) && isReadable(text) && Number(text) >= min && Number(text) <= max;

const range = ({ min, max }: Slot): string =>
  max !== undefined && Number.isFinite(max)
    ? ` from ${min ?? 0} to ${max}`
    : min
      ? ` of at least ${min}`
      : '';

/** What nginx wants instead of `text`, in words; undefined when it takes it, or when only a handler could tell. */
export function rejection(text: string, slot: Slot): string | undefined {
  const { type, values } = slot;
  if (type === 'enum' || type === 'bitmask') return isAmong(text, values) ? undefined : choices(values ?? []);
  if (values?.includes(text)) return undefined;
  const expected = misfit(text, slot);
  return expected && values ? `${values.join(', ')} or ${expected}` : expected;
}

function misfit(text: string, slot: Slot): string | undefined {
  switch (slot.type) {
    case 'flag':
      return /^(?:on|off)$/i.test(text) ? undefined : 'on or off';
    case 'num':
    case 'int':
      return inRange(text, slot) ? undefined : `a whole number${range(slot)}`;
    case 'size':
      return size.test(text) ? undefined : 'a size such as 512, 8k or 1m';
    case 'offset':
      return offset.test(text) ? undefined : 'a size such as 8k, 1m or 2g';
    case 'msec':
    case 'time':
      return milliseconds.test(text) ? undefined : 'a time such as 500ms, 30s or 5m';
    case 'sec':
    case 'time-s':
      return seconds.test(text) ? undefined : 'a time in whole seconds such as 30s, 5m or 1d';
    case 'rate':
      return /^[1-9]\d*r\/[sm]$/.test(text) ? undefined : 'a rate such as 10r/s or 30r/m';
    case 'levels':
      return /^(?:[12](?::[12]){0,2})?$/.test(text) ? undefined : 'up to three digits 1 or 2 such as 1:2';
    case 'so_keepalive':
      return isKeepalive(text) ? undefined : 'on, off or times such as 30m::10';
    default:
      return undefined;
  }
}

const isAmong = (text: string, values: readonly string[] | undefined): boolean => {
  const lower = text.toLowerCase();
  return values === undefined || values.some((value) => value.toLowerCase() === lower);
};

/** `on`, `off`, or `[idle]:[interval]:[count]` with at least one of them (ngx_http_core_listen()). */
function isKeepalive(text: string): boolean {
  if (text === 'on' || text === 'off') return true;
  const [idle = '', interval = '', count = '', ...more] = text.split(':');
  if (more.length > 0 || !text.includes(':') || idle + interval + count === '') return false;
  const isTime = (part: string): boolean => part === '' || seconds.test(part);
  return isTime(idle) && isTime(interval) && (count === '' || digits.test(count));
}

const units: ReadonlyMap<string, string> = new Map([
  ['b', ''],
  ['byte', ''],
  ['bytes', ''],
  ['kb', 'k'],
  ['kib', 'k'],
  ['mb', 'm'],
  ['mib', 'm'],
  ['gb', 'g'],
  ['gib', 'g'],
  ['msec', 'ms'],
  ['sec', 's'],
  ['secs', 's'],
  ['second', 's'],
  ['seconds', 's'],
  ['min', 'm'],
  ['mins', 'm'],
  ['minute', 'm'],
  ['minutes', 'm'],
  ['hour', 'h'],
  ['hours', 'h'],
  ['hr', 'h'],
  ['day', 'd'],
  ['days', 'd'],
  ['week', 'w'],
  ['month', 'M'],
  ['year', 'y'],
]);

const switches: ReadonlyMap<string, string> = new Map([
  ['true', 'on'],
  ['yes', 'on'],
  ['1', 'on'],
  ['enable', 'on'],
  ['enabled', 'on'],
  ['false', 'off'],
  ['no', 'off'],
  ['none', 'off'],
  ['0', 'off'],
  ['disable', 'off'],
  ['disabled', 'off'],
]);

/** Whether a word was evidently meant to switch something on or off, and is not written so. */
export const isSlipOf = (text: string, meant: 'on' | 'off'): boolean => {
  const lower = text.toLowerCase();
  return (
    text !== meant &&
    (lower === meant ||
      switches.get(lower) === meant ||
      (lower !== 'on' && lower !== 'off' && distance(lower, meant, 1) < 2))
  );
};

/** The value that `text` was evidently meant to be: another unit, a switch of another language, a slip. */
export function meantValue(text: string, slot: Slot): string | undefined {
  const fits = (candidate: string): string | undefined =>
    candidate !== text && rejection(candidate, slot) === undefined ? candidate : undefined;
  const bare = text.replace(/(?<![,:.])[,:.]+$/, '');
  if (bare !== '' && fits(bare)) return bare;
  if (slot.type === 'flag') {
    return switches.get(text.toLowerCase()) ?? suggest(text.toLowerCase(), ['on', 'off'])?.word;
  }
  const near = slot.values && suggest(text, slot.values);
  if (near?.certain) return near.word;
  if (slot.type === 'enum' || slot.type === 'bitmask') return undefined;
  const [, amount, unit] = /^([\d.]+) ?([a-zA-Z]+)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const scaled = inSmallerUnit(amount, unit.toLowerCase(), slot);
  if (scaled !== undefined) return fits(scaled);
  return fits(`${amount}${units.get(unit.toLowerCase()) ?? unit.toLowerCase()}`);
}

/** `1.5m` as `1536k`, `1g` as `1024m` where no g is taken. */
function inSmallerUnit(amount: string, unit: string, { type }: Slot): string | undefined {
  const letter = units.get(unit) ?? unit;
  const number = Number(amount);
  if (!Number.isFinite(number)) return undefined;
  const step = type === 'size' || type === 'offset' ? 1024 : letter === 's' ? 1000 : 60;
  const smaller =
    type === 'size' || type === 'offset'
      ? { g: 'm', m: 'k', k: '' }[letter]
      : { h: 'm', m: 's', s: 'ms' }[letter];
  const isNeeded = amount.includes('.') || (type === 'size' && letter === 'g');
  if (!isNeeded || smaller === undefined || !Number.isInteger(number * step)) return undefined;
  return `${number * step}${smaller}`;
}

/** A value as it is shown in a message: no longer than a line bears. */
export const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

/** What nginx makes of a network where that is hardly what was meant, and what was. */
interface NetworkRemark {
  readonly says: string;
  readonly meant?: string;
  /** Rather the length of the prefix is not what was meant. */
  readonly isDoubtful?: boolean;
}

/** What is wrong with an address or a network: nginx refuses it (`invalid`), or takes it for another (ngx_ptocidr()). */
export function networkFault(text: string): 'invalid' | NetworkRemark | undefined {
  const whole = filled(text);
  if (whole !== text) {
    return networkFault(whole) === 'invalid'
      ? 'invalid'
      : { says: `${text} means ${whole}: what is left out counts as 0` };
  }
  const slash = text.indexOf('/');
  if (slash < 0) return isAddress(withoutZeros(text)) ? undefined : 'invalid';
  const address = parseAddress(withoutZeros(text.slice(0, slash)));
  const mask = text.slice(slash + 1);
  if (!address) return 'invalid';
  const most = address.family === 'inet' ? 32 : 128;
  if (!digits.test(mask) || Number(mask) > most) return 'invalid';
  if (address.family === 'inet6') return undefined;
  const meant = networkOf(address.text, Number(mask));
  return meant === `${address.text}/${Number(mask)}`
    ? undefined
    : {
        says: `${text} means ${meant}: bits beyond the prefix do not count`,
        meant,
        isDoubtful: Number(mask) < 8,
      };
}

/** ngx_inet_addr() takes nothing between two dots, before the first or after the last, for a zero: `10.0.0.`. */
const filled = (text: string): string =>
  /^(?:\d*\.){3}\d*(?:\/|$)/.test(text) ? text.replace(/(?<![^.])(?=[./]|$)/g, '0') : text;

/** ngx_inet_addr() reads decimal numbers, whatever zeros stand before them. */
const withoutZeros = (text: string): string =>
  /^(?:\d+\.){3}\d+$/.test(text) ? text.replace(/(?<!\d)0+(?=\d)/g, '') : text;

/** The network that an IPv4 address lies in, its low bits cleared. */
function networkOf(address: string, mask: number): string {
  const step = 2 ** (32 - mask);
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const cleared = Math.floor(bits / step) * step;
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(cleared / 2 ** shift) % 256);
  return `${parts.join('.')}/${mask}`;
}
