/** IP addresses as the daemons read them (inet_pton), compared by value rather than by spelling. */
import ipaddr from 'ipaddr.js';

export type Family = 'inet' | 'inet6';

/** An address in its one canonical spelling. */
export interface Address {
  readonly family: Family;
  readonly text: string;
}

/** The address in `text`, exactly as inet_pton() takes it; undefined for host names, brackets, zones and short forms. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes(':')) {
    if (!/^[0-9a-fA-F:.]+$/.test(text) || !ipaddr.IPv6.isValid(text)) return undefined;
    return { family: 'inet6', text: ipaddr.IPv6.parse(text).toString() };
  }
  return inet.test(text) ? { family: 'inet', text } : undefined;
}

/** Four numbers without leading zeros. Most words that are asked about are none, and the library takes other forms, too. */
const inet = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

export const isAddress = (text: string): boolean => parseAddress(text) !== undefined;

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

/** Whether two addresses lie in one network of `prefix` bits. */
export function sameNetwork(a: Address, b: Address, prefix: number): boolean {
  if (a.family !== b.family) return false;
  return a.family === 'inet'
    ? ipaddr.IPv4.parse(a.text).match([ipaddr.IPv4.parse(b.text), prefix])
    : ipaddr.IPv6.parse(a.text).match([ipaddr.IPv6.parse(b.text), prefix]);
}

/** The order of two addresses by value, as inet_addr_cmp() sees it: negative where `a` is the lower. */
export function compareAddresses(a: Address, b: Address): number {
  const [left, right] = [ipaddr.parse(a.text).toByteArray(), ipaddr.parse(b.text).toByteArray()];
  const at = left.findIndex((byte, index) => byte !== right[index]);
  return at < 0 ? 0 : left[at]! - (right[at] ?? 0);
}

/** The network that an address lies in, as `10.0.0.0/24`; undefined for the networks that every link has of its own. */
export function networkOf({ family, text, prefix }: Prefixed): string | undefined {
  const isLocal = family === 'inet' ? /^(?:127|169\.254)\./.test(text) : /^(?:::1$|fe[89ab])/.test(text);
  if (isLocal) return undefined;
  const parser = family === 'inet' ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${parser.networkAddressFromCIDR(`${text}/${prefix}`).toString()}/${prefix}`;
}

/** Whether an address is one of the public internet; false of a name. */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && ipaddr.parse(address.text).range() === 'unicast';
}
