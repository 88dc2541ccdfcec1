/** What is wrong with an address, as ngx_parse_url() reads it. */
import { isAddress } from '../net.ts';

/** Where an address stands, which decides what may be left out. */
export interface AddressPlace {
  /** A lone number is a port, and a port may be a range. */
  readonly listen?: boolean;
  /** The port may be left out. */
  readonly defaultPort?: boolean;
}

/** The fault in words that follow the address: `has no port`; undefined where nothing is certainly wrong. */
export function addressFault(
  text: string,
  { listen = false, defaultPort = false }: AddressPlace,
): string | undefined {
  if (text.includes('$')) return undefined;
  if (/^unix:/i.test(text)) return text.length > 5 ? undefined : 'has no path';
  if (/^[a-z]+:\/\//i.test(text)) return 'has a scheme, and only an address can stand here';
  if (/[/?]/.test(text)) return 'has a path, and only an address can stand here';
  if (text.startsWith('[')) return bracketedFault(text, listen, defaultPort);
  const [, host = '', port] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (port === undefined && listen && /^\d+(?:-\d+)?$/.test(host)) return portFault(host, listen);
  // To nginx a host name, which no host has.
  if (port === undefined && listen && /^[-+]?\d\w*$/.test(host)) return 'is neither a port nor an address';
  if (port !== undefined && text.split(':').length > 2) {
    const withoutPort = text.replace(/:\d+$/, '');
    const isVersion6 = isAddress(text) || isAddress(withoutPort);
    return isVersion6 ? 'is an IPv6 address without brackets' : 'has more than one colon';
  }
  if (host === '') return 'has no host';
  if (host.includes('=')) return 'is no address';
  if (looksNumeric(host) && !isAddress(host) && !isShortened(host)) return 'is no IPv4 address';
  if (port === undefined) return defaultPort ? undefined : 'has no port';
  return portFault(port, listen);
}

/** What a faulty address was evidently meant to be; undefined where more than one thing comes to mind. */
export function meantAddress(text: string, place: AddressPlace): string | undefined {
  const candidates = [
    text.replace(/([:.])\1+/g, '$1').replace(/[.,]+(?=:|$)/g, ''),
    text.replace(/^[a-z]+:\/\//i, '').replace(/\/$/, ''),
    place.listen ? text.replace(/^:/, '') : text,
    // A last l may be one key too many.
    text
      .replace(/(?<=[\d.:])[oO](?=[\d.:oO]|$)/g, '0')
      .replace(/(?<=^|[\d.:])[lI](?=[\d.:lI])|(?<=[.:])[lI]$/g, '1'),
    text.replace(/(?<=[^\d]\d*),(?=\d+$)/, ':'),
    text.replace(/,(?=\d+[.,:])/g, '.'),
    // What is behind the last colon may be a port.
    isAddress(text) && !/:\d{2,5}$/.test(text) ? `[${text}]` : text,
  ];
  const fitting = new Set(
    candidates.filter((each) => each !== '' && addressFault(each, place) === undefined),
  );
  return fitting.size === 1 ? [...fitting][0] : undefined;
}

function bracketedFault(text: string, listen: boolean, defaultPort: boolean): string | undefined {
  const [, host = '', rest = ''] = /^\[([^\]]*)\](.*)$/s.exec(text) ?? [];
  if (!text.includes(']')) return 'has no ]';
  if (!host.includes(':') || !isAddress(host)) return 'is no IPv6 address';
  if (rest === '') return defaultPort ? undefined : 'has no port';
  return rest.startsWith(':') ? portFault(rest.slice(1), listen) : 'has text after the ]';
}

function portFault(port: string, isListen: boolean): string | undefined {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(port) ?? [];
  if (first === undefined || (last !== undefined && !isListen)) return 'has no number for a port';
  const inRange = (text: string): boolean => Number(text) >= 1 && Number(text) <= 65535;
  if (!inRange(first) || (last !== undefined && !inRange(last))) return 'has a port outside 1 to 65535';
  return last !== undefined && Number(last) < Number(first)
    ? 'has a range of ports that runs backwards'
    : undefined;
}

/**
 * What nginx still takes for an address: four numbers with zeros before them (ngx_inet_addr()), and fewer of them, as in
 * `127.1`, which it leaves to getaddrinfo(), to which such a zero makes them octal.
 */
const isShortened = (host: string): boolean => {
  const parts = host.split('.');
  if (parts.length === 4) return parts.every((part) => /^\d*$/.test(part) && Number(part) < 256);
  if (parts.length > 4 || !parts.every((part) => /^(?:0[0-7]*|[1-9]\d*)$/.test(part))) return false;
  const numbers = parts.map((part) => Number.parseInt(part, part.startsWith('0') ? 8 : 10));
  const last = numbers.pop()!;
  return numbers.every((number) => number < 256) && last < 256 ** (5 - parts.length);
};

/** Digits and points, or what is that but for a letter O or l, a comma or a star: meant as IPv4, and to nginx a host name. */
const looksNumeric = (host: string): boolean =>
  /^\d+(?:\.+\d+)+\.?$/.test(host) ||
  /^\d{1,3}(?:\.\d{1,3}){3},\d+$/.test(host) ||
  /^\d{1,3}(?:[.,]\d{1,3}){3}$/.test(host) ||
  /^\d{1,3}(?:\.\d{1,3}){2}\.[*x]$/i.test(host) ||
  (/^[\dOolI]{1,3}(?:\.[\dOolI]{1,3}){3}$/.test(host) && /\d/.test(host));
