/** What keeps the rules about nginx's security quiet, held against their own examples and the whole corpus. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, memory, rules } from '../src/index.ts';
import type { Diagnostic } from '../src/lint/diagnostic.ts';
import { marked } from '../src/lint/example.ts';

/** Rules that follow what a client writes to where it does harm. */
const flows = [
  'header-injection',
  'open-redirect',
  'proxy-target-from-client',
  'port-from-client',
  'path-from-client',
  'uri-echoed-as-html',
];

/** Rules that say nothing protects something, which only a whole configuration shows. */
const absences = [
  'auth-basic-without-users',
  'status-page-exposed',
  'dav-open',
  'client-certificate-not-checked',
];

const examplesOf = (id: string): string[] => {
  const { bad } = rules.find((rule) => rule.id === id)!;
  return bad.map(({ files }) => Object.values(marked(files, 'nginx.conf').files)[0]!);
};

const said = (text: string): readonly Diagnostic[] =>
  check(['nginx.conf'], { fs: memory({ 'nginx.conf': text }) }).diagnostics;

const bad = flows.flatMap((id) => examplesOf(id).map((text) => [id, text] as const));

describe('a circle', () => {
  it.each([
    ['rewrite-loop', 'location / { rewrite ^/(.*)$ /index.php last; }'],
    ['redirect-loop', 'location / { return 302 /login; }'],
    ['redirect-loop', 'location /a { return 302 /b; } location /b { return 302 /a; }'],
  ])('of %s is none where the location may be in a file that is not at hand', (id, places) => {
    const found = (more: string) =>
      said(`server { listen 80; server_name a.example.com; ${places} ${more} }`).filter(
        ({ rule }) => rule === id,
      );
    expect(found('')).toHaveLength(1);
    expect(found('include places.conf;')).toEqual([]);
  });
});

describe('a finding about what a client writes', () => {
  it.each(bad)('%s names the request that shows it', (id, text) => {
    const found = said(text).filter(({ rule }) => rule === id);
    expect(found.length).toBeGreaterThan(0);
    for (const { help } of found)
      expect(help).toMatch(/^(?:GET \/|[A-Z][\w-]+: \S|Authorization: |a body of |a TLS server name of )/);
  });

  it.each(bad)('%s is gone where nobody knows what the variable holds', (id, text) => {
    const unknown = text
      .replace(
        /\$(?:uri|document_uri|request_uri|request_body|remote_user|host|arg_\w+|cookie_\w+|http_\w+|ssl_preread_\w+)\b/g,
        '$app_value',
      )
      .replaceAll(/\$\{arg_\w+\}/g, '$app_value')
      // Groups of a location are of the path, whatever else is unknown.
      .replaceAll(/\(\?<\w+>|\((?!\?)/g, '(?:')
      .replaceAll(/if \(\?:/g, 'if (');
    expect(said(unknown).filter(({ rule }) => flows.includes(rule) && rule === id)).toEqual([]);
  });

  it.each(bad)('%s is the only one of its cause', (_, text) => {
    const places = said(text)
      .filter(({ rule }) => flows.includes(rule))
      .map(({ line, column }) => `${line}:${column}`);
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('what is missing', () => {
  it.each(absences.flatMap((id) => examplesOf(id).map((text) => [id, text] as const)))(
    '%s is silent about a fragment',
    (id, text) => {
      expect(said(text).some(({ rule }) => rule === id)).toBe(true);
      const [, fragment = ''] = /http \{\n([\s\S]*)\n\}/.exec(text) ?? [];
      expect(fragment).toContain('server {');
      expect(said(fragment).filter(({ rule }) => rule === id)).toEqual([]);
    },
  );

  it('is silent where an include could not be read', () => {
    const text = examplesOf('allow-without-deny')[0]!.replace(
      'allow 192',
      'include missing/rules.conf;\n allow 192',
    );
    expect(said(text).filter(({ rule }) => rule === 'allow-without-deny')).toEqual([]);
  });
});

describe('the effective place counts', () => {
  it.each([
    ['root / where all is handed on', 'root /; location / { proxy_pass http://10.0.0.1; }'],
    ['alias that is never opened', 'location /a { alias /srv/; return 404; }'],
    ['a header for no backend', 'location /a { proxy_set_header X $uri; root /srv; }'],
    ['a target that only nginx reaches', 'location @a { proxy_pass http://$arg_u; }'],
    ['a list that a nested location replaces', 'deny all; location /a { allow all; root /srv; }'],
  ])('%s', (_, body) => {
    const family = new Set([
      ...flows,
      ...absences,
      'filesystem-root-served',
      'alias-traversal',
      'allow-without-deny',
    ]);
    expect(said(`server { listen 80; ${body} }`).filter(({ rule }) => family.has(rule))).toEqual([]);
  });
});

describe('the corpus', () => {
  const root = join(import.meta.dirname, '../fixtures/corpus/nginx/ok');
  const files = readdirSync(root).filter((name) => statSync(join(root, name)).isFile());

  it('has a finding of a flow nowhere', () => {
    expect(files.length).toBeGreaterThan(60);
    const found = files.flatMap((name) =>
      said(readFileSync(join(root, name), 'utf8'))
        .filter(({ rule }) => flows.includes(rule) || absences.includes(rule))
        .map(({ rule, line }) => `${name}:${line} ${rule}`),
    );
    expect(found).toEqual([]);
  });
});
