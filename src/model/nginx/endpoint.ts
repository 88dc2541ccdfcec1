/** Addresses as nginx reads them (ngx_parse_url()). */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { parseAddress } from '../net.ts';

/** An address, a name or a socket with its port. */
export interface Endpoint {
  /**
   * `*` is every IPv4 address and `::` every IPv6 one; else an address in its canonical spelling without brackets, a name in
   * small letters, or `unix:/path`. Undefined where only a variable or a template tells.
   */
  readonly host: string | undefined;
  /** Undefined where none is written, or it is no number. */
  readonly port: number | undefined;
  /** The end of a range of ports. */
  readonly lastPort?: number;
}

/** The endpoint in `text`; where `isListen`, a lone number is a port. */
export function parseEndpoint(text: string, isListen = false): Endpoint {
  if (isPlaceholder(text) || text.includes('$')) return { host: undefined, port: undefined };
  if (/^unix:/i.test(text)) return { host: `unix:${text.slice(5)}`, port: undefined };
  if (isListen && /^\d+(?:-\d+)?$/.test(text)) return { host: '*', ...ports(text) };
  const [, bracketed, name = '', port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(text) ?? [];
  if (bracketed === undefined && name === '') return { host: undefined, port: undefined };
  const host = bracketed ?? name;
  if (host === '*' || host === '0.0.0.0') return { host: '*', ...ports(port) };
  return { host: parseAddress(withoutZeros(host))?.text ?? host.toLowerCase(), ...ports(port) };
}

/** nginx reads zeros before a number of an IPv4 address as nothing (ngx_inet_addr()). */
const withoutZeros = (host: string): string =>
  /^\d+(?:\.\d+){3}$/.test(host) ? host.replace(/(?<!\d)0+(?=\d)/g, '') : host;

function ports(text: string): { port: number | undefined; lastPort?: number } {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  return { port: first ? Number(first) : undefined, ...(last ? { lastPort: Number(last) } : {}) };
}
