/** What a location makes of an alias (ngx_http_map_uri_to_path()): the alias takes the place of what the location matched. */
import { once } from '../../../grammar/remembered.ts';
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { charsOf, has } from './charset.ts';
import type { Flow } from './flow/index.ts';
import { patternOf } from './pattern.ts';
import { charsBefore, charsIn, isOpen } from './piece.ts';
import { locationOf } from './server.ts';
import type { Statement } from './statement.ts';
import { encoded, requestFor } from './witness.ts';

/** What goes wrong with an alias, and a request that shows it. */
export interface AliasFault {
  /** `above`: files beside the folder; `siblings`: what begins with its name; `glued`: nothing is found. */
  readonly kind: 'above' | 'siblings' | 'glued';
  readonly request: string;
  /** What nginx opens then. */
  readonly opens: string;
}

/** The fault of an alias in its location; undefined where it has none, or where variables tell. */
export function aliasFault(alias: Statement, flow: Flow): AliasFault | undefined {
  const { parent } = alias;
  const { source, args } = alias.directive;
  const word = args[0];
  const { text = '' } = word ?? {};
  if (parent?.name !== 'location' || !word || text === '' || isPlaceholder(text.at(-1)!)) return undefined;
  const { modifier, path } = locationOf(parent);
  if (path.value === undefined) return undefined;
  if (modifier.startsWith('~')) return ofPattern(alias, text, path.value, modifier === '~*', flow);
  if (modifier === '=' || modifier === '@' || text.includes('$')) return undefined;
  const [isFolder, isInside] = [text.endsWith('/'), path.value.endsWith('/')];
  const request = encoded(path.value);
  const folder = isPlaceholder(text) ? source.text.slice(word.start, word.end) : text;
  if (!isInside && isFolder) return { kind: 'above', request: `GET ${request}../x`, opens: `${folder}../x` };
  if (isInside && !isFolder) return { kind: 'glued', request: `GET ${request}x`, opens: `${folder}x` };
  if (isInside || isFileName(text) || isFileName(path.value)) return undefined;
  return { kind: 'siblings', request: `GET ${request}-old/x`, opens: `${folder}-old/x` };
}

const isFileName = (path: string): boolean => path.slice(path.lastIndexOf('/') + 1).includes('.');

function ofPattern(
  alias: Statement,
  text: string,
  source: string,
  ignoreCase: boolean,
  flow: Flow,
): AliasFault | undefined {
  const pattern = patternOf(source, ignoreCase);
  const [, folder = '', number, name = ''] = /^([^$]*)\$(?:\{?(?:(\d)|(\w+))\}?)/.exec(text) ?? [];
  if (!pattern || folder === '') return undefined;
  const wanted = number === undefined ? pattern.names.get(name.toLowerCase()) : Number(number);
  const group = wanted === undefined ? undefined : pattern.groups[wanted - 1];
  if (!group || wanted === undefined || !isOpen(group)) return undefined;
  const part = flow
    .outcomes(alias, text)
    .flatMap((outcome) => outcome.find(({ kind }) => kind === 'client') ?? [])[0];
  if (part?.cuts.at(-1)?.pattern !== pattern) return undefined;
  const chars = charsIn(group);
  if (charsBefore(pattern, wanted) === charsOf('/')) {
    if (folder.endsWith('/') || !has(chars, '/')) return undefined;
    const request = requestFor(part, ['-old/x'], alias.parent);
    return request === undefined ? undefined : { kind: 'siblings', request, opens: `${folder}-old/x` };
  }
  if (folder.endsWith('/')) {
    if (!has(chars, '/') || !has(chars, '.')) return undefined;
    const request = requestFor(part, ['../x', '../x.html'], alias.parent);
    // nginx takes steps upwards out of a path before any location sees it.
    if (request === undefined || request.includes('/../')) return undefined;
    return { kind: 'above', request, opens: `${folder}../x` };
  }
  const request = has(chars, '/') ? requestFor(part, ['-old/x'], alias.parent) : undefined;
  return request === undefined ? undefined : { kind: 'siblings', request, opens: `${folder}-old/x` };
}

const handlers =
  /^(?:(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass|return|content_by_.*|js_content|perl|stub_status|empty_gif|api|dav_methods|mirror_request_body|proxy_store)$/;

/** Whether a rewrite sends every request on, so that its location opens no file: `rewrite ^ /app.php last`. */
const sendsAllOn = ({ name, directive: { args } }: Statement): boolean =>
  name === 'rewrite' &&
  /^(?:last|redirect|permanent)$/.test(args[2]?.text ?? '') &&
  /^(?:\^?\/?|\^?\/?\(?\.\*\)?\$?)$/.test(args[0]!.text);

/** Whether a location or server opens files for requests: no backend, no answer of its own. */
export const servesFiles = once(
  ({ name: level, body }: Statement) =>
    !body.some(
      (each) =>
        (each.name !== 'dav_methods' && handlers.test(each.name)) ||
        (level === 'location' && sendsAllOn(each)),
    ),
);

/** A path without its doubled slashes and its steps to itself and upwards. */
export function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
