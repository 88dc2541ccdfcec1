/** Headers that the configuration names. */
import type { Located } from '../located.ts';
import { distance } from '../suggest.ts';
import { remembering } from './remembering.ts';
import type { Statement } from './statement.ts';
import { argument } from './words.ts';

/** A header that a directive sets, hides or lets pass. */
export interface Header {
  readonly statement: Statement;
  readonly name: Located<string>;
  /** Undefined where the directive takes none. */
  readonly value: Located<string> | undefined;
}

/** Directives whose first argument is the name of a header. */
export const headerNames = new Set([
  'proxy_set_header',
  'grpc_set_header',
  'add_header',
  'add_trailer',
  'proxy_hide_header',
  'proxy_pass_header',
  'fastcgi_hide_header',
  'fastcgi_pass_header',
  'uwsgi_hide_header',
  'uwsgi_pass_header',
  'scgi_hide_header',
  'scgi_pass_header',
  'grpc_hide_header',
  'grpc_pass_header',
]);

/** Directives that write headers, and the argument from which on their words end up in a head. */
export const headerValues: Readonly<Record<string, number>> = {
  add_header: 1,
  add_trailer: 1,
  proxy_set_header: 1,
  grpc_set_header: 1,
  more_set_headers: 0,
};

/** Whether `add_header` without `always` adds to an answer with that code (ngx_http_headers_filter()). */
export const addsHeaderTo = (code: number): boolean =>
  [200, 201, 204, 206, 301, 302, 303, 304, 307, 308].includes(code);

/** The header that a statement names; undefined without an argument. */
export function headerOf(statement: Statement): Header | undefined {
  const name = argument(statement.directive, 0);
  return name && { statement, name, value: argument(statement.directive, 1) };
}

/** Header fields that software on the other side looks for: the IANA registry's common ones, and what proxies agreed on. */
const wellKnown = `
Accept Accept-CH Accept-Charset Accept-Encoding Accept-Language Accept-Patch Accept-Ranges
Access-Control-Allow-Credentials Access-Control-Allow-Headers Access-Control-Allow-Methods Access-Control-Allow-Origin
Access-Control-Allow-Private-Network Access-Control-Expose-Headers Access-Control-Max-Age
Access-Control-Request-Headers Access-Control-Request-Method Age Allow Alt-Svc Authentication-Info Authorization
Cache-Control CDN-Cache-Control CF-Connecting-IP CF-IPCountry CF-Ray CF-Visitor Clear-Site-Data Connection
Content-Disposition Content-Encoding Content-Language Content-Length Content-Location Content-MD5 Content-Range
Content-Security-Policy Content-Security-Policy-Report-Only Content-Type Cookie Cross-Origin-Embedder-Policy
Cross-Origin-Opener-Policy Cross-Origin-Resource-Policy Date Destination Digest DNT Early-Data ETag Expect Expect-CT
Expires Fastly-Client-IP Feature-Policy Forwarded From Front-End-Https Host HTTP2-Settings If-Match If-Modified-Since
If-None-Match If-Range If-Unmodified-Since Keep-Alive Last-Modified Link Location Max-Forwards NEL Origin
Origin-Agent-Cluster Permissions-Policy Pragma Prefer Priority Proxy Proxy-Authenticate Proxy-Authorization
Proxy-Connection Public-Key-Pins Range Referer Referrer-Policy Remote-User Report-To Reporting-Endpoints Retry-After
Save-Data Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User Sec-WebSocket-Accept Sec-WebSocket-Extensions
Sec-WebSocket-Key Sec-WebSocket-Protocol Sec-WebSocket-Version Server Server-Timing Service-Worker-Allowed Set-Cookie
SOAPAction Strict-Transport-Security Surrogate-Control Surrogate-Key TE Timing-Allow-Origin Traceparent Tracestate
Trailer Transfer-Encoding True-Client-IP Upgrade Upgrade-Insecure-Requests User-Agent Vary Via WWW-Authenticate
Warning X-Accel-Buffering X-Accel-Charset X-Accel-Expires X-Accel-Limit-Rate X-Accel-Mapping X-Accel-Redirect
X-Amz-Cf-Id X-Amzn-Trace-Id X-API-Key X-Auth-Request-Email X-Auth-Request-Redirect X-Auth-Request-User X-Auth-Token
X-B3-ParentSpanId X-B3-Sampled X-B3-SpanId X-B3-TraceId X-Cache X-Cache-Hits X-Cache-Status X-Cached X-Client-Cert X-Client-DN X-Client-IP
X-Client-Verify X-Cluster-Client-IP X-Content-Security-Policy X-Content-Type-Options X-Correlation-ID X-CSRF-Token
X-DNS-Prefetch-Control X-Download-Options X-Forwarded-By X-Forwarded-Client-Cert X-Forwarded-For X-Forwarded-Host
X-Forwarded-Method X-Forwarded-Path X-Forwarded-Port X-Forwarded-Prefix X-Forwarded-Proto X-Forwarded-Scheme
X-Forwarded-Server X-Forwarded-Ssl X-Forwarded-URI X-Forwarded-URL X-Forwarded-User X-Frame-Options
X-HTTP-Method-Override X-Original-Forwarded-For X-Original-Host X-Original-Method X-Original-Proto X-Original-URI
X-Original-URL X-Originating-IP X-Permitted-Cross-Domain-Policies X-Powered-By X-ProxyUser-Ip X-Real-IP X-Real-Port
X-Remote-Addr X-Remote-IP X-Remote-Port X-Remote-User X-Request-ID X-Request-Start X-Requested-With X-Robots-Tag
X-Runtime X-Scheme X-Script-Name X-Sendfile X-Sendfile-Type X-Served-By X-SSL X-SSL-Client-Cert X-SSL-Client-DN
X-SSL-Client-S-DN X-SSL-Client-Verify X-Trace-ID X-UA-Compatible X-URL-Scheme X-WebKit-CSP X-XSRF-Token
X-XSS-Protection
`
  .trim()
  .split(/\s+/);

/** In the form in which names are compared: small letters, `_` as `-`. */
const folded = (name: string): string => name.toLowerCase().replaceAll('_', '-');
const canonical: ReadonlyMap<string, string> = new Map(wellKnown.map((name) => [folded(name), name]));

/** Headers for browsers whose names people write without one of their words, as no header of another use is called. */
const shortened: ReadonlyMap<string, string> = new Map([
  ['x-content-options', 'X-Content-Type-Options'],
  ['x-type-options', 'X-Content-Type-Options'],
  ['x-xss', 'X-XSS-Protection'],
  ['content-policy', 'Content-Security-Policy'],
  ['transport-security', 'Strict-Transport-Security'],
  ['strict-security', 'Strict-Transport-Security'],
  ...['Origin', 'Methods', 'Headers', 'Credentials'].map(
    (word) => [`access-control-${word.toLowerCase()}`, `Access-Control-Allow-${word}`] as const,
  ),
]);

/**
 * The well-known header that a name was probably meant to be; undefined where it is one, or resembles none enough.
 * A word of the name that is another word, as in X-Forwarded-Prefix, makes another header and no slip.
 */
export const nearHeader = remembering(findNear);

function findNear(name: string): string | undefined {
  // The colon comes by itself, and a second one makes a header that nobody looks for.
  if (/^[\w-]+:$/.test(name)) return name.slice(0, -1);
  // A quote at its end was not opened, and is told of as such.
  if (/["']$/.test(name)) return undefined;
  const wanted = folded(name);
  const same = canonical.get(wanted);
  // Letter case is free, but `_` for `-` makes a header that few look for and nginx itself drops.
  if (same !== undefined) return name.includes('_') && same.startsWith('X-') ? same : undefined;
  const whole = shortened.get(wanted);
  if (whole !== undefined) return whole;
  if (wanted.length < 6) return undefined;
  const near = [...canonical.keys()].filter((each) => isSlip(wanted, each));
  return near.length === 1 ? canonical.get(near[0]!) : undefined;
}

function isSlip(name: string, known: string): boolean {
  if (known.length < 6 || distance(name, known, 2) > 2) return false;
  const [words, meant] = [name.split('-'), known.split('-')];
  if (words.length !== meant.length) return words.join('') === meant.join('');
  return words.every((word, index) => {
    const other = meant[index]!;
    if (word === other) return true;
    // In a short word one letter makes another word: UID and ID, Path and Port.
    const bound = other.length < 4 ? 0 : other.length < 6 ? 1 : 2;
    return distance(word, other, bound) <= bound || (word.length === other.length && isSwap(word, other));
  });
}

/** Whether only two neighbouring letters changed places. */
const isSwap = (a: string, b: string): boolean =>
  distance(a, b, 1) <= 1 && [...a].sort().join('') === [...b].sort().join('');
