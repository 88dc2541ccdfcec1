/** Calculating with addresses. Apart from net.ts, for most runs only read IPv4 addresses and need no library for that. */
import ipaddr from 'ipaddr.js';
import type { Address, Prefixed } from './net.ts';

/** The one spelling of an IPv6 address without zone; undefined for anything else. */
export const canonicalInet6 = (text: string): string | undefined =>
  ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text).toString() : undefined;

/** Whether an address is none of a special range. */
export const isUnicast = ({ text }: Address): boolean => ipaddr.parse(text).range() === 'unicast';

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
