/** Whether an address is among those that a rule of a packet filter is for. */
import { type Address, type Family, parseAddress, sameNetwork } from '../net.ts';
import { some, type Truth } from './firewall.ts';

export const isMulticast = ({ family, text }: Address): boolean =>
  family === 'inet' ? /^(?:22[4-9]|23\d)\./.test(text) : /^ff/i.test(text);

/**
 * Whether `address` is in `written`: an address, `A/prefix`, `A/netmask`, or several with commas. Of an address that is not
 * known at most its sort is: the source of an advert is never a multicast address.
 */
export function matchesAddress(
  address: Address | undefined,
  written: string,
  sort: 'unicast' | undefined,
): Truth {
  return some(
    written.split(',').map((part): Truth => {
      const [text = '', length] = part.split('/');
      const own = parseAddress(text);
      const whole = own?.family === 'inet6' ? 128 : 32;
      const prefix = length === undefined ? whole : prefixLength(length, own?.family);
      if (!own || prefix === undefined) return undefined;
      if (prefix === 0) return true;
      if (address) return sameNetwork(own, address, prefix);
      return sort === 'unicast' && prefix >= (own.family === 'inet' ? 4 : 8) && isMulticast(own)
        ? false
        : undefined;
    }),
  );
}

/** `24`, or the length of `255.255.255.0`; undefined for anything else. */
export function prefixLength(text: string, family: Family | undefined): number | undefined {
  if (/^\d{1,3}$/.test(text)) {
    const length = Number(text);
    return length <= (family === 'inet6' ? 128 : 32) ? length : undefined;
  }
  const mask = parseAddress(text);
  if (mask?.family !== 'inet') return undefined;
  const bits = mask.text
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
}
