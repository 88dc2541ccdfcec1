/** Where requests are handed on to. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { type Located, located } from '../located.ts';
import { lookup } from '../lookup.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import { nearHeader } from './header.ts';
import { remembering } from './remembering.ts';
import type { Upstream } from './server.ts';
import { type Module, moduleOf, type Statement } from './statement.ts';
import { within } from './words.ts';

/** A proxy_pass, fastcgi_pass, uwsgi_pass, scgi_pass, grpc_pass or memcached_pass. */
export interface Pass {
  readonly statement: Statement;
  readonly module: Module;
  /** `http`, `grpcs`, `uwsgi`; empty where none is written. */
  readonly scheme: string;
  /** An upstream's name, or an address; its host is undefined where a variable or a template fills it in. */
  readonly target: Located<Endpoint>;
  /** What follows host and port, even if only `/`; undefined where nothing does. */
  readonly uri: Located<string> | undefined;
  /** nginx then makes it up for each request, and checks nothing when it starts. */
  readonly hasVariables: boolean;
}

/** Directives that hand a request on. */
export const passNames = new Set([
  'proxy_pass',
  'fastcgi_pass',
  'uwsgi_pass',
  'scgi_pass',
  'grpc_pass',
  'memcached_pass',
]);

/** Directives that make one module answer all requests of a location (clcf->handler). */
export const handlerNames = [
  ...passNames,
  'empty_gif',
  'stub_status',
  'flv',
  'mp4',
  'js_content',
  'perl',
] as const;

/** Whether a proxy_pass of http begins neither with a scheme nor with a variable that could bring it: nginx asks nobody then. */
export const lacksScheme = ({ statement: { name, directive }, module, scheme }: Pass): boolean =>
  name === 'proxy_pass' && module === 'http' && scheme === '' && !directive.args[0]!.text.startsWith('$');

/** A variable that holds a path, so that the name before it is complete. */
const pathVariable = /^\$\{?(?:request_uri|uri|document_uri|is_args)\b/;

/** The parts of a pass; undefined without an argument. */
export function passOf(statement: Statement): Pass | undefined {
  const { directive, context, name } = statement;
  const word = directive.args[0];
  if (!word) return undefined;
  const { text } = word;
  const { scheme, endpoint, from, to } = partsOf(text);
  const rest = text.slice(to);
  const uri = rest === '' || name === 'memcached_pass' || isPlaceholder(rest) ? undefined : rest;
  return {
    statement,
    module: moduleOf(context),
    scheme,
    target: located(endpoint, within(directive, word, from, to)),
    uri: uri === undefined ? undefined : located(uri, within(directive, word, to, text.length)),
    hasVariables: text.includes('$'),
  };
}

/** What the text of a pass says, and where in it the target stands. */
interface Parts {
  readonly scheme: string;
  readonly endpoint: Endpoint;
  readonly from: number;
  readonly to: number;
}

const partsOf = remembering(readParts);

function readParts(text: string): Parts {
  // A template may fill in the scheme as well.
  const [prefix = '', scheme = ''] = /^([a-z]+|[^/?$]*):\/\//i.exec(text) ?? [];
  const rest = text.slice(prefix.length);
  const length = hostLength(rest);
  const isOpen = rest[length] === '$' && !pathVariable.test(rest.slice(length));
  const host = isOpen || isPlaceholder(text) ? '$' : rest.slice(0, length);
  return {
    scheme: scheme.toLowerCase(),
    endpoint: parseEndpoint(host),
    from: prefix.length,
    to: prefix.length + length,
  };
}

/** Characters of host and port: up to the path, a query, a variable, or the colon after a socket's path. */
function hostLength(text: string): number {
  if (/^unix:/i.test(text)) {
    const colon = text.indexOf(':', 5);
    return colon < 0 ? text.length : colon;
  }
  const end = text.search(/[/?$]/);
  return end < 0 ? text.length : end;
}

/** Whether a host needs a port here: the scheme of an http proxy_pass brings one, others are refused without. */
export const needsPort = ({ statement: { name }, module }: Pass): boolean =>
  name !== 'proxy_pass' || module === 'stream';

/** The upstream that a pass names; undefined where it names a host, or only a variable tells. */
export const targetOf = (pass: Pass, upstreams: readonly Upstream[]): Upstream | undefined =>
  namesOf(pass).map((name) => upstreamsNamed(upstreams, name)[0])[0];

/** Those of `passes` that go to the name of an upstream, whether there is one or not. */
export const passesTo = (passes: readonly Pass[], upstream: Upstream): readonly Pass[] =>
  passesNaming(passes, nameOf(upstream));

const nameOf = ({ module, name }: Upstream): string => `${module} ${name.value.toLowerCase()}`;

/** The name of an upstream that a pass may mean. */
const namesOf = ({ module, target: { value } }: Pass): readonly string[] =>
  value.host === undefined || value.port !== undefined ? [] : [`${module} ${value.host}`];

const upstreamsNamed = lookup<Upstream>((each) => [nameOf(each)]);
const passesNaming = lookup<Pass>(namesOf);

interface Levels {
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
}

/** The proxy_set_header that sets a header of the requests of a pass, or was meant to. */
export const requestHeader = (
  { statement }: Pass,
  name: string,
  { inForce }: Levels,
): Statement | undefined =>
  inForce(statement.parent, 'proxy_set_header').find(({ directive }) => {
    const written = directive.args[0]?.text ?? '';
    return (nearHeader(written) ?? written).toLowerCase() === name;
  });

/** What in the requests of a proxy_pass ends its connections, before nginx 1.29.7; undefined where nothing does. */
export function endsConnections(pass: Pass, levels: Levels): string | undefined {
  const [version] = levels.inForce(pass.statement.parent, 'proxy_http_version');
  if ((version?.directive.args[0]?.text ?? '1.0') === '1.0') return 'it speaks HTTP/1.0';
  const connection = requestHeader(pass, 'connection', levels)?.directive.args[1]?.text ?? 'close';
  return /^close$/i.test(connection) ? 'it says Connection: close' : undefined;
}
