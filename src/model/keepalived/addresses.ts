/** What is wrong with a word that should be an address, and which address was meant. */
import { parseAddress, parsePrefixed } from '../net.ts';

/** How addresses are written in one place: alone, with a prefix length, or as a range of servers. */
export type AddressForm = 'ip' | 'bare_ip' | 'ip_or_cidr' | 'cidr' | 'ip_range' | 'vs_target';

/** Why a word is no address. */
export interface AddressFault {
  /** The reason, to follow the word in a sentence: `300 is above 255`. */
  readonly reason: string;
  /** The address that was evidently meant. */
  readonly meant: string | undefined;
}

/** Whether keepalived reads `text` as an address of that form. */
export function readsAsAddress(text: string, form: AddressForm): boolean {
  switch (form) {
    case 'ip':
      // inet_stosockaddr() cuts a prefix off without looking at it.
      return parseAddress(text.replace(/\/[\d.]*$/, '')) !== undefined;
    case 'bare_ip':
      // parse_ipaddress() of what is no network takes nothing but inet_pton()'s.
      return parseAddress(text) !== undefined;
    case 'cidr':
      // parse_ipaddress() with allow_default.
      if (/^(?:default|all|any)$/.test(text)) return true;
      return readsAsAddress(text, 'ip_or_cidr');
    case 'ip_or_cidr':
      return parsePrefixed(text) !== undefined || (text.endsWith('/') && readsAsAddress(text, 'ip'));
    case 'vs_target':
      return readsAsAddress(text, 'ip');
    case 'ip_range':
      return readsAsRange(text);
  }
}

/** `10.0.0.1-10`, `10.0.0.1-10.0.0.10`, `10.0.0.0/24` of a virtual_server_group. */
function readsAsRange(text: string): boolean {
  const dash = text.indexOf('-');
  if (dash < 0) return readsAsAddress(text, 'ip_or_cidr');
  const first = parseAddress(text.slice(0, dash));
  const last = text.slice(dash + 1);
  if (!first) return false;
  const other = parseAddress(last);
  if (other) return other.family === first.family;
  if (first.family === 'inet6') return /^[0-9a-f]{1,4}$/i.test(last);
  return /^\d{1,3}$/.test(last) && Number(last) <= 255 && Number(last) > Number(first.text.split('.')[3]);
}

/** Whether a word looks as if an address was meant, whatever became of it. */
export const looksLikeAddress = (text: string): boolean =>
  /^[^\w\s]?\d[\dOolI]{0,2}[.,]{1,2}[\dOolI]/.test(text) ||
  (/^[0-9a-f:./]+$/i.test(text) && text.includes('::'));

/** What is wrong with `text`, which is no address of that form. */
export function addressFault(text: string, form: AddressForm): AddressFault {
  const meant = repaired(text, form);
  return { reason: reasonOf(text, form, meant), meant };
}

const similar: Readonly<Record<string, string>> = { O: '0', o: '0', l: '1', I: '1', i: '1', S: '5', B: '8' };

/** The slips that leave no doubt: letters for digits, a comma for a dot, brackets, zeros in front, another slash, a netmask. */
function repaired(text: string, form: AddressForm): string | undefined {
  const tries = [
    text.replace(/(?<![;,.:])[;,.:]+$/, ''),
    text.replace(/^[.,/\\]|^https?:\/\//, ''),
    ...(form === 'bare_ip' ? [text.replace(/\/\d*$/, '')] : []),
    text.replace(/^\[(.*)\](\/\d+)?$/, '$1$2'),
    text.replace(/^[([<'"`](.*)[)\]>'"`]$/, '$1'),
    text.replace(/[.,]?[/\\|]+\.?(?=\d+$)/, '/'),
    ...(form === 'cidr' || form === 'ip_or_cidr' ? prefixed(text) : []),
    text.replaceAll(/[,;]/g, '.'),
    // A `-` of a range has its own meaning.
    ...(form === 'ip_range'
      ? []
      : [text.replace(/^(\d+)[.:;,-](\d+)[.:;,-](\d+)[.:;,-](\d+)(?=$|\/)/, '$1.$2.$3.$4')]),
    text.replace(/\.{2,}/g, '.'),
    text.replace(/(^|\.)0+(?=\d)/g, '$1'),
    text.replace(/\/[Oo0]+(?=\d)/, '/'),
    text.replace(/[OolIiSB]/g, (letter) => similar[letter]!),
    text.replace(/\/(\d+\.\d+\.\d+\.\d+)$/, (_, mask: string) => `/${prefixOf(mask) ?? mask}`),
  ];
  // Zeros in front may be octal to another program, but here they are refused and only the decimal number can be meant.
  return tries.find((each) => each !== text && readsAsAddress(each, form));
}

/** Readings of a prefix with another sign before it, or with more behind it. */
const prefixed = (text: string): readonly string[] => [
  text.replace(/[-:_;,](?=\d\d?$)/, '/'),
  text.replace(/^(\d+(?:\.\d+){3})\.(\d\d)$/, '$1/$2'),
  text.replace(/(\/\d+)-?bits?$/i, '$1'),
  text.replace(/[ :,](\d+\.\d+\.\d+\.\d+)$/, (_, mask: string) => `/${prefixOf(mask) ?? mask}`),
];

/** The prefix length of a netmask. */
function prefixOf(mask: string): number | undefined {
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.lastIndexOf('1') + 1 : undefined;
}

function reasonOf(text: string, form: AddressForm, meant: string | undefined): string {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  if (slash >= 0 && form === 'bare_ip' && parseAddress(address)) return 'a prefix has no place here';
  if (slash >= 0 && parseAddress(address)) {
    const whole = address.includes(':') ? 128 : 32;
    return `the prefix length is not a number from 0 to ${whole}`;
  }
  if (meant !== undefined && /[A-Za-z]/.test(text) && !text.includes(':')) return 'it has letters for digits';
  if (/^[\d.]+$/.test(address)) {
    const parts = address.split('.');
    const large = parts.find((part) => Number(part) > 255);
    if (large !== undefined && large.length < 7) return `${large} is above 255`;
    if (/\.\.|^\.|\.$/.test(address)) return 'a number is missing beside a dot';
    if (parts.length !== 4)
      return `it has ${parts.length} ${parts.length === 1 ? 'number' : 'numbers'}, not 4`;
    if (parts.some((part) => /^0\d/.test(part))) return 'a number begins with 0';
  }
  if (form === 'ip' && parseAddress(text.replace(/-.*/, '')) && text.includes('-')) return 'it is a range';
  if (form === 'ip_range' && text.includes('-')) return 'its end is not above its start';
  if (/^[a-z][\w-]*(?:\.[a-z][\w-]*)*$/i.test(text) && !text.includes(':'))
    return 'a name is not looked up here';
  return 'it cannot be read as one';
}
