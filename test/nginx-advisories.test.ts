/** Published flaws of nginx: the table, which versions have them, and what counts as using what they lie in. */
import { describe, expect, it, test } from 'vitest';
import { parseNginx } from '../grammar/nginx/index.ts';
import { advisoriesOf, advisory } from '../grammar/tables/advisories.ts';
import tableText from '../grammar/tables/nginx-advisories.tsv?raw';
import { source } from '../grammar/text.ts';
import { hasFlaw, openFlaw } from '../src/model/nginx/advisories.ts';
import { exposures, type NginxModel, nginxModel } from '../src/model/nginx/index.ts';
import { atLeast, parseVersion, showVersion } from '../src/model/version.ts';

const all = tableText
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => advisory(line.split('\t')[0]!)!);

describe('a version', () => {
  test.each([
    ['1.22.1', [1, 22, 1], ''],
    ['v2.2.7', [2, 2, 7], ''],
    ['1.22.1-9+deb12u3', [1, 22, 1], '-9+deb12u3'],
    ['1.24.0-2ubuntu7.1', [1, 24, 0], '-2ubuntu7.1'],
    ['1:1.20.1-14.el9', [1, 20, 1], '-14.el9'],
    ['1.26.2-r0', [1, 26, 2], '-r0'],
    ['2.2.7 (01/16,2022)', [2, 2, 7], ''],
  ])('%s is its numbers and what a distribution appends', (text, numbers, build) => {
    expect(parseVersion(text)).toEqual({ numbers, build });
    expect(showVersion(parseVersion(text)!)).toBe(numbers.join('.'));
  });

  it('of a distribution has the features of its number', () => {
    expect(atLeast(parseVersion('1.24.0-2ubuntu7.1'), '1.24.0')).toBe(true);
    expect(atLeast(parseVersion('1.24.0-2ubuntu7.1'), '1.24.1')).toBe(false);
    expect(atLeast(parseVersion('1.20.1-14.el9'), '1.20.2')).toBe(false);
  });

  test.each(['', 'new', 'deb12', '-1'])('is not %j', (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });
});

describe('nginx-advisories.tsv', () => {
  const dotted = /^\d+\.\d+\.\d+$/;

  test.each(all.map((each) => [each.cve, each] as const))('%s is well formed', (_, each) => {
    expect(each.cve).toMatch(/^CVE-\d{4}-\d+$/);
    expect(['major', 'medium', 'low']).toContain(each.severity);
    expect(each.vulnerable.flat().filter((version) => !dotted.test(version))).toEqual([]);
    expect(each.fixed.filter((version) => !dotted.test(version))).toEqual([]);
    expect(each.fixed).not.toEqual([]);
  });

  test.each(all.map((each) => [each.cve, each] as const))(
    '%s is in the ends of its ranges, and in no release that mends it',
    (_, each) => {
      const has = (version: string) => hasFlaw(parseVersion(version), each);
      expect(each.vulnerable.flat().filter((version) => !has(version))).toEqual([]);
      expect(each.fixed.filter(has)).toEqual([]);
    },
  );
});

describe('a flaw', () => {
  const session = advisory('CVE-2025-23419')!;

  test.each([
    ['1.11.3', false],
    ['1.11.4', true],
    ['1.24.0', true],
    ['1.26.2', true],
    ['1.26.3', false],
    ['1.27.3', true],
    ['1.27.4', false],
    ['1.28.0', false],
    ['1.24.0-2ubuntu7.1', false],
  ])('that %s has: %s', (version, expected) => {
    expect(hasFlaw(parseVersion(version), session)).toBe(expected);
  });

  it('is not known without a version', () => {
    expect(hasFlaw(undefined, session)).toBe(false);
    expect(openFlaw(undefined, 'CVE-2025-23419')).toBeUndefined();
    expect(openFlaw(parseVersion('1.26.2'), 'CVE-1999-0001')).toBeUndefined();
  });
});

function modelOf(text: string, version: string): NginxModel {
  const file = parseNginx(source('nginx.conf', text));
  return nginxModel(
    {
      files: [{ language: 'nginx', file, oddities: file.oddities, includeProblems: [] }],
      included: new Map(),
      complete: true,
    },
    { version: parseVersion(version) },
  );
}

/** What is found in a configuration under a version, as `CVE text`. */
function found(text: string, version: string): string[] {
  return [...exposures(modelOf(text, version))].map(
    ({ at, flaws }) => `${flaws[0]!.cve} ${at.source.text.slice(at.start, at.end)}`,
  );
}

const http = (inner: string): string => `events {}\nhttp {\n${inner}\n}`;
const location = (inner: string): string => http(`server { location /a/ { ${inner} } }`);
const mail = (inner: string): string => `events {}\nmail { auth_http 127.0.0.1/a; ${inner} }`;
const tls = (first: string, second: string): string =>
  http(`server { listen 443 ssl; ${first} }\nserver { listen 443 ssl; server_name b; ${second} }`);

/** Feature, version, a configuration that uses it, where, and one that only looks like it. */
const cases: readonly (readonly [string, string, string, string, string])[] = [
  ['mp4', '1.28.0', location('mp4;'), 'mp4', location('flv;')],
  ['resolver', '1.20.0', http('resolver 127.0.0.1;'), 'resolver 127.0.0.1', http('resolver off;')],
  ['cache', '1.12.0', location('proxy_cache z;'), 'proxy_cache z', location('proxy_cache off;')],
  ['http2', '1.16.0', http('server { listen 443 ssl http2; }'), '443', http('server { listen 443 ssl; }')],
  ['http3', '1.26.0', http('server { listen 443 quic; }'), '443', http('server { listen 443 ssl; }')],
  ['scgi-uwsgi', '1.28.3', location('uwsgi_pass a:1;'), 'uwsgi_pass a:1', location('fastcgi_pass a:1;')],
  [
    'tls-backend',
    '1.28.1',
    location('proxy_pass https://a;'),
    'proxy_pass https://a',
    location('proxy_pass http://a;'),
  ],
  [
    'charset',
    '1.28.3',
    http('charset_map koi8-r utf-8 { }\nsource_charset utf-8; charset koi8-r;'),
    'charset_map koi8-r utf-8',
    http('charset_map koi8-r utf-8 { }\nsource_charset koi8-r; charset utf-8;'),
  ],
  [
    'ssi-unbuffered',
    '1.30.3',
    http('ssi on; server { location / { proxy_buffering off; } }'),
    'proxy_buffering off',
    http('ssi on; server { location / { ssi off; proxy_buffering off; } }'),
  ],
  [
    'dav-alias',
    '1.28.2',
    location('dav_methods PUT COPY; alias /srv/;'),
    'alias /srv/',
    location('dav_methods PUT; alias /srv/;'),
  ],
  [
    'http2-backend-body',
    '1.30.0',
    location('proxy_http_version 2; proxy_set_body $request_body;'),
    'proxy_set_body $request_body',
    location('proxy_http_version 1.1; proxy_set_body $request_body;'),
  ],
  [
    'http2-backend-headers',
    '1.30.2',
    http(
      'ignore_invalid_headers off; large_client_header_buffers 4 4m; server { location / { grpc_pass a:1; } }',
    ),
    'ignore_invalid_headers off',
    http(
      'ignore_invalid_headers off; large_client_header_buffers 4 32k; server { location / { grpc_pass a:1; } }',
    ),
  ],
  [
    'ocsp',
    '1.30.0',
    http('resolver 127.0.0.1; server { ssl_ocsp on; }'),
    'ssl_ocsp on',
    http('server { ssl_ocsp on; }'),
  ],
  [
    'stream-ocsp',
    '1.28.2',
    'events {}\nstream { resolver 127.0.0.1; server { ssl_ocsp leaf; } }',
    'ssl_ocsp leaf',
    'events {}\nstream { resolver 127.0.0.1; server { ssl_ocsp off; } }',
  ],
  [
    'mail-challenge',
    '1.28.2',
    mail('server { listen 110; pop3_auth plain apop; }'),
    'pop3_auth plain apop',
    mail('server { listen 110; pop3_auth plain; }'),
  ],
  [
    'mail-open',
    '1.28.0',
    mail('server { listen 25; smtp_auth none; }'),
    'smtp_auth none',
    mail('server { listen 25; smtp_auth plain; }'),
  ],
  [
    'mail-resolver',
    '1.28.2',
    mail('resolver 127.0.0.1; server { listen 25; }'),
    'resolver 127.0.0.1',
    mail('resolver 127.0.0.1; server { listen 143; }'),
  ],
  [
    'client-certificate',
    '1.26.2',
    tls('ssl_verify_client on;', 'ssl_verify_client on;'),
    'ssl_verify_client on',
    tls('ssl_verify_client on; ssl_session_tickets off;', 'ssl_verify_client on;'),
  ],
];

describe('a part of nginx', () => {
  const judgedElsewhere = ['captures', 'captures-in-slices'];

  it('of every feature in the table is tried here', () => {
    const features = new Set(all.map(({ feature }) => feature));
    expect([...cases.map(([feature]) => feature), ...judgedElsewhere].sort()).toEqual([...features].sort());
  });

  test.each(cases)('%s counts where it is in use', (feature, version, text, at, other) => {
    const known = advisoriesOf(feature).map(({ cve }) => cve);
    const mine = (lines: readonly string[]) => lines.filter((line) => known.includes(line.split(' ')[0]!));
    expect(mine(found(text, version)).map((line) => line.slice(line.indexOf(' ') + 1))).toEqual([at]);
    expect(mine(found(other, version))).toEqual([]);
    expect(found(text, `${version}-1.el9`)).toEqual([]);
  });

  it('names the worst flaw first', () => {
    expect(found(http('server { listen 443 quic; }'), '1.25.3')).toEqual(['CVE-2024-24989 443']);
  });

  it('names the nearest release without any of its flaws', () => {
    const nearest = (version: string) =>
      [...exposures(modelOf(location('mp4;'), version))].map((each) => each.nearest);
    expect(nearest('1.22.0')).toEqual(['1.28.3']);
    expect(nearest('1.29.5')).toEqual(['1.29.7']);
    expect(nearest('1.28.3')).toEqual([]);
  });
});
