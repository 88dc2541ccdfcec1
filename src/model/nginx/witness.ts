/** Requests that show what a client can do. */
import { charsOf, none } from './charset.ts';
import { type Part, sentText } from './flow/index.ts';
import { locationOf } from './server.ts';
import type { Statement } from './statement.ts';

/** A request by which a client puts one of the texts into a part, in words; undefined where none is known to do it. */
export function requestFor(
  part: Part,
  payloads: readonly string[],
  location: Statement | undefined,
): string | undefined {
  for (const payload of payloads) {
    if ((charsOf(payload) & ~part.chars) !== none) continue;
    if (payload === '' ? !part.canBeEmpty : (charsOf(payload[0]!) & part.first) === none) continue;
    const text = sentText(part, payload);
    if (text === undefined) continue;
    const sent = carried(part, text, location);
    if (sent !== undefined) return sent.length > 120 ? `${sent.slice(0, 119)}…` : sent;
  }
  return undefined;
}

function carried(
  { carrier, variable, cuts }: Part,
  text: string,
  location: Statement | undefined,
): string | undefined {
  const path = pathInto(location) ?? '/';
  switch (carrier) {
    case 'uri':
      if (cuts.length > 0) return `GET ${encoded(text)}`;
      return `GET ${encoded(path === '/' || text.startsWith(path) ? text : `${path}${text}`)}`;
    case 'query': {
      const name = variable.startsWith('arg_') ? `${variable.slice(4)}=` : '';
      return `GET ${encoded(path)}?${name}${shown(text)}`;
    }
    case 'cookie':
      return `Cookie: ${variable.slice('cookie_'.length)}=${shown(text)}`;
    case 'host':
      return `Host: ${shown(text)}`;
    case 'header': {
      const name = variable.startsWith('http_') ? variable.slice(5) : 'content_type';
      return `${headerName(variable === 'proxy_add_x_forwarded_for' ? 'x_forwarded_for' : name)}: ${shown(text)}`;
    }
    case 'user':
      return `Authorization: Basic with the user ${shown(text)}`;
    case 'body':
      return `a body of ${shown(text)}`;
    case 'sni':
      return `a TLS server name of ${shown(text)}`;
    case 'certificate':
      return 'any client certificate';
    default:
      return undefined;
  }
}

/** The beginning of the paths that lead into a location, where it is plain. */
function pathInto(location: Statement | undefined): string | undefined {
  if (!location) return undefined;
  const { modifier, path } = locationOf(location);
  return modifier === '' || modifier === '^~' || modifier === '=' ? path.value : undefined;
}

const headerName = (variable: string): string =>
  variable
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('-');

/** A path as it goes over the wire. */
export const encoded = (path: string): string =>
  path.replace(/[^\w\-./~:@!$&'()*+,;=]/g, (character) =>
    encodeURIComponent(character).replace(/^[^%].*/, (plain) => `%${plain.charCodeAt(0).toString(16)}`),
  );

const shown = (text: string): string =>
  text.replace(/[\0- ]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Texts that begin a header of their own where they stand, the readable ones first. */
export const lineBreaks: readonly string[] = [
  '/x\nX-Mine: 1',
  'x\nX-Mine: 1',
  '\nX-Mine: 1',
  'x\n',
  '\n',
  '\n!',
  '!\n',
  '/\n',
];
