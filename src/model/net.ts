/** IP addresses as the daemons read them (inet_pton), compared by value rather than by spelling. */
import { canonicalInet6, isUnicast } from './networks.ts';

export type Family = 'inet' | 'inet6';

/** An address in its one canonical spelling. */
export interface Address {
  readonly family: Family;
  readonly text: string;
}

/** The address in `text`, exactly as inet_pton() takes it; undefined for host names, brackets, zones and short forms. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes(':')) {
    const canonical = /^[0-9a-fA-F:.]+$/.test(text) ? canonicalInet6(text) : undefined;
    return canonical === undefined ? undefined : { family: 'inet6', text: canonical };
  }
  return inet.test(text) ? { family: 'inet', text } : undefined;
}

/** Four numbers without leading zeros. Most words that are asked about are none, and the library takes other forms, too. */
const inet = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

export const isAddress = (text: string): boolean => parseAddress(text) !== undefined;

/** Whether an address of IPv6 holds on its own link only (fe80::/10, RFC 4291). */
export const isLinkLocal = ({ text }: Address): boolean => /^fe[89ab]/.test(text);

/** An address with its prefix length; without `/` that is the whole address. */
export interface Prefixed extends Address {
  readonly prefix: number;
  /** The prefix was written. */
  readonly explicit: boolean;
}

/** The address and prefix in `text`, as keepalived's parse_ipaddress() takes them. */
export function parsePrefixed(text: string): Prefixed | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (!address) return undefined;
  const whole = address.family === 'inet' ? 32 : 128;
  if (slash < 0) return { ...address, prefix: whole, explicit: false };
  const length = text.slice(slash + 1);
  const prefix = Number(length);
  return /^\d{1,3}$/.test(length) && prefix <= whole ? { ...address, prefix, explicit: true } : undefined;
}

/** Whether an IPv4 address is the lowest or the highest of its network, which stand for all of it (RFC 1122, 3.2.1.3). */
export function edgeOf({ family, text, prefix }: Prefixed): 'network' | 'broadcast' | undefined {
  if (family !== 'inet' || prefix > 30 || prefix === 0) return undefined;
  const size = 2 ** (32 - prefix);
  const place = text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) % size;
  return place === 0 ? 'network' : place === size - 1 ? 'broadcast' : undefined;
}

/** Whether an address is one of the public internet; false of a name. */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && isUnicast(address);
}

export { compareAddresses, networkOf, sameNetwork } from './networks.ts';
