/** What an nginx configuration means. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNginx } from '../grammar/nginx/index.ts';
import { type Span, source } from '../grammar/text.ts';
import { type Directive, type File, walk } from '../grammar/tree.ts';
import {
  locationsIn,
  type NginxModel,
  nearHeader,
  nginxModel,
  type Statement,
  socketKey,
} from '../src/model/nginx/index.ts';
import type { Syntax } from '../src/model/syntax.ts';
import { growth, tooMuch } from './growth.ts';

/** The model of a main file and of the files that it includes by name. */
function model(main: string, others: Readonly<Record<string, string>> = {}): NginxModel {
  const files = Object.fromEntries(
    Object.entries({ 'nginx.conf': main, ...others }).map(([path, text]) => [
      path,
      parseNginx(source(path, text)),
    ]),
  );
  const included = new Map<Directive, readonly File[]>();
  for (const { items } of Object.values(files)) {
    for (const directive of walk(items)) {
      const file = directive.name.text === 'include' && files[directive.args[0]?.text ?? ''];
      if (file) included.set(directive, [file]);
    }
  }
  const [first, ...rest] = Object.values(files).map(
    (file): Syntax => ({
      language: 'nginx',
      file,
      oddities: file.oddities,
      includeProblems: [],
    }),
  );
  return nginxModel({ files: [first!, ...rest], included, complete: true }, { version: undefined });
}

const text = ({ source, start, end }: Span): string => source.text.slice(start, end);
const http = (inner: string): NginxModel => model(`events {}\nhttp {\n${inner}\n}`);
const server = (inner: string): NginxModel => http(`server {\n${inner}\n}`);
const heads = (statements: readonly Statement[]): string[] =>
  statements.map(({ directive: { args } }) => args.map(({ text }) => text).join(' '));

describe('statements', () => {
  it('know where they stand, includes in their places', () => {
    const { all } = model('events {}\nhttp {\n include a;\n}\nstream { upstream u { server a:1; } }', {
      a: 'server {\n include b;\n}',
      b: 'location / {\n if ($uri) { return 404; }\n limit_except GET { deny all; }\n}',
    });
    expect(all.map(({ name, context }) => `${context}: ${name}`)).toEqual([
      'main: events',
      'main: http',
      'http: include',
      'http: server',
      'server: include',
      'server: location',
      'location: if',
      'if in location: return',
      'location: limit_except',
      'limit_except: deny',
      'main: stream',
      'stream: upstream',
      'stream upstream: server',
    ]);
  });

  it('that are misspelt are what they were meant to be, and what is in them is too', () => {
    const { servers, named } = http('servr {\n server_nmae a;\n locaton / { porxy_pass http://b; }\n}');
    expect(servers.map(({ names }) => names.map(({ value }) => value))).toEqual([['a']]);
    expect(named('proxy_pass').map(({ directive }) => directive.name.text)).toEqual(['porxy_pass']);
  });

  it('in the wrong place keep their meaning, without a variant', () => {
    const { named } = model('events {}\nserver { listen 80; }');
    expect(named('server')[0]!.variant).toBeUndefined();
    expect(named('listen')[0]!.context).toBe('server');
  });

  it('of a file that includes itself in ever more places end', () => {
    const { all } = model('http { include a; }', { a: 'server { include a; }' });
    expect(all.length).toBeGreaterThan(10);
  });
});

describe('a fragment', () => {
  it.each([
    ['server { listen 80; location / { root /x; } }', 'http'],
    ['upstream u { server a:1; }\nserver { listen 1; proxy_pass u; proxy_timeout 1s; }', 'stream'],
    ['location / { root /x; }', 'server'],
    ['proxy_pass http://a;\nproxy_set_header Host $host;', 'location'],
    ['server 10.0.0.1;\nserver 10.0.0.2 backup;', 'upstream'],
    ['load_module modules/ngx_http_perl_module.so;', 'main'],
    ['application/json json;', ''],
    ['serve { listen 80; }', 'http'],
    ['locaton / { root /x; }', 'server'],
    ['bloc { red blue; }', ''],
  ])('%s stands in %s', (text, context) => {
    const { isMain, context: found } = model(text);
    expect([isMain, found]).toEqual([false, context]);
  });
});

it.each(['htp { server { listen 80; } }', 'evnts {}\nusr www;\nhttpp { server { lisen 80; } }'])(
  '%s is a main file of which no name is right',
  (text) => {
    const { isMain, context, usage } = model(text);
    expect([isMain, context]).toEqual([true, 'main']);
    expect(usage.unknown.length).toBe(text.match(/htp|evnts|usr|httpp|lisen/g)!.length);
  },
);

describe('servers', () => {
  it.each([
    ['80', '*:80'],
    ['*:80', '*:80'],
    ['0.0.0.0:80', '*:80'],
    ['*', '*:80'],
    ['10.0.0.1', '10.0.0.1:80'],
    ['[::]:443', '[::]:443'],
    ['[0:0::1]', '[::1]:80'],
    ['LocalHost:81', 'localhost:81'],
    ['unix:/run/x.sock', 'unix:/run/x.sock'],
    ['8000-8010', '*:8000-8010'],
    ['$x:80', undefined],
    ['10.0.0.1:http', undefined],
  ])('listen %s is %s', (address, key) => {
    const [listen] = server(`listen ${address} default_server;`).servers[0]!.listens;
    expect(socketKey(listen!.value)).toBe(key);
    expect(listen!.parameters.map(({ value }) => value)).toEqual(['default_server']);
  });

  it('without listen have the default one', () => {
    const [listen] = server('server_name a;').servers[0]!.listens;
    expect([socketKey(listen!.value), listen!.written, text(listen!.at)]).toEqual(['*:80', false, 'server']);
  });

  it('have locations, modifiers glued or not', () => {
    const { servers } = server(
      'location = /a {}\nlocation =/b {}\nlocation ~* \\.php$ {}\nlocation ~x {}\nlocation ^~ /c { location /c/d {} }\nlocation @e {}\nlocation {}',
    );
    const found = servers[0]!.locations;
    expect(found.map(({ modifier, path }) => `${modifier} ${path.value}`)).toEqual([
      '= /a',
      '= /b',
      '~* \\.php$',
      '~ x',
      '^~ /c',
      '@ @e',
      ' undefined',
    ]);
    expect(locationsIn(found[4]!.statement).map(({ path }) => path.value)).toEqual(['/c/d']);
  });
});

it('an upstream has servers, and the last method counts', () => {
  const [upstream] = http(
    'upstream Web {\nserver 10.0.0.1 weight=2;\nip_hash;\nserver [::1]:81 backup;\nserver unix:/x;\nleast_conn;\n}',
  ).upstreams;
  expect(upstream!.name.value).toBe('Web');
  expect(upstream!.servers.map(({ value }) => value)).toEqual([
    { host: '10.0.0.1', port: undefined },
    { host: '::1', port: 81 },
    { host: 'unix:/x', port: undefined },
  ]);
  expect(upstream!.servers[0]!.parameters.map(({ value }) => value)).toEqual(['weight=2']);
  expect(upstream!.method?.name).toBe('least_conn');
});

it.each([
  ['proxy_pass http://web;', ['http', 'web', undefined, undefined, false]],
  ['proxy_pass "https://Web:8443/a/";', ['https', 'web', 8443, '/a/', false]],
  ['proxy_pass http://web/;', ['http', 'web', undefined, '/', false]],
  ['proxy_pass http://[::1]:80/a;', ['http', '::1', 80, '/a', false]],
  ['proxy_pass http://unix:/run/x.sock:/a;', ['http', 'unix:/run/x.sock', undefined, ':/a', false]],
  ['proxy_pass http://web$request_uri;', ['http', 'web', undefined, '$request_uri', true]],
  ['proxy_pass http://web$suffix;', ['http', undefined, undefined, '$suffix', true]],
  ['proxy_pass $target;', ['', undefined, undefined, '$target', true]],
  ['fastcgi_pass 10.0.0.1:9000;', ['', '10.0.0.1', 9000, undefined, false]],
  ['uwsgi_pass uwsgi://app;', ['uwsgi', 'app', undefined, undefined, false]],
  ['grpc_pass grpcs://app:1;', ['grpcs', 'app', 1, undefined, false]],
  ['proxy_pass http://{{ backend }};', ['http', undefined, undefined, undefined, false]],
])('%s', (statement, [scheme, host, port, uri, hasVariables]) => {
  const [pass] = server(`location / { ${statement} }`).passes;
  expect(pass).toMatchObject({ scheme, hasVariables });
  expect([pass!.target.value.host, pass!.target.value.port, pass!.uri?.value]).toEqual([host, port, uri]);
  if (typeof host === 'string') expect(text(pass!.target.at).toLowerCase()).toContain(host);
});

describe('a directive in force', () => {
  const { named, inForce } = http(`
    root /a; add_header A 1; add_header B 2; deny all; proxy_set_header Host a;
    server {
      root /b;
      location /x { allow 10.0.0.1; location /x/y { add_header C 3; if ($uri) { return 404; } } }
      location /z { proxy_pass http://p; if ($uri) { set $x 1; } location /z/z { internal; } }
    }`);
  const [x, y, z, zz] = named('location');
  const [ifY, ifZ] = named('if');
  it('comes from the nearest level that has it', () => {
    expect(heads(inForce(y, 'root'))).toEqual(['/b']);
    expect(heads(inForce(undefined, 'root'))).toEqual([]);
    expect(heads(inForce(y, 'expires'))).toEqual([]);
  });
  it('drops the outer list where it is a list', () => {
    expect(heads(inForce(x, 'add_header'))).toEqual(['A 1', 'B 2']);
    expect(heads(inForce(y, 'add_header'))).toEqual(['C 3']);
    expect(heads(inForce(ifY, 'add_header'))).toEqual(['C 3']);
  });
  it('shares one list between allow and deny', () => {
    expect(heads(inForce(y, 'deny'))).toEqual([]);
    expect(heads(inForce(z, 'deny'))).toEqual(['all']);
  });
  it('hands a request on only where it stands, and in the ifs there', () => {
    expect(heads(inForce(ifZ, 'proxy_pass'))).toEqual(['http://p']);
    expect(heads(inForce(zz, 'proxy_pass'))).toEqual([]);
  });
});

describe('variables', () => {
  const uses = (inner: string): string[] =>
    [...server(inner).variableUses(() => true)].map(({ at }) => text(at));
  // Each was tried on nginx 1.22.1: it refuses the unknown name, or takes it for plain text.
  it.each([
    'proxy_set_header X $nosuch;',
    'proxy_set_body $nosuch;',
    'proxy_store /tmp/$nosuch;',
    'charset $nosuch;',
    'source_charset $nosuch;',
    'fastcgi_param X $nosuch;',
    'fastcgi_store /tmp/$nosuch;',
    'return 200 "$nosuch";',
    'index $nosuch;',
    'sub_filter "$nosuch" b;',
    'proxy_cookie_path ~^/a$ /$nosuch;',
    'proxy_cookie_domain $nosuch b;',
    'try_files /$nosuch =404;',
    'error_page 404 =200 /$nosuch;',
    'set $x "\\$nosuch";',
    'limit_rate $nosuch;',
    'expires $nosuch;',
    'auth_basic $nosuch;',
    'proxy_bind $nosuch;',
    'secure_link_md5 $nosuch;',
    'proxy_ssl_name $nosuch;',
    'access_log /tmp/$nosuch.log;',
    'access_log /tmp/x.log combined if=$nosuch;',
    'root /$nosuch;',
    'alias /$nosuch;',
    'grpc_set_header a $nosuch;',
    'if ($http_a = "$nosuch") { }',
    'if (-f $nosuch) { }',
    'fastcgi_pass $nosuch:9000;',
    'rewrite ^/(.*)$ /$1$nosuch;',
  ])('are read by %s', (inner) => {
    expect(uses(`location / { ${inner} }`)).toContain('$nosuch');
  });
  it.each([
    'proxy_set_header X-$nosuch a;',
    'add_header X-$nosuch b;',
    'mirror /$nosuch;',
    'auth_request /$nosuch;',
    'types { a/$nosuch x; }',
    'userid_domain $nosuch;',
    'default_type $nosuch;',
    'fastcgi_index $nosuch;',
    'proxy_hide_header $nosuch;',
    'proxy_temp_path /tmp/$nosuch;',
    'location ~ ^/x\\.php$nosuch { }',
    'if ($http_a ~ "x$nosuch") { }',
    'rewrite ^/a$nosuch /b;',
    'server_name $nosuch;',
    'content_by_lua_block { ngx.say("$nosuch") }',
    'proxy_cookie_path ~^/$nosuch /;',
  ])('are not read by %s', (inner) => {
    expect(uses(`location / { ${inner} }`)).not.toContain('$nosuch');
  });

  it('are read in the sources and values of maps, not in keys, and not where they are defined', () => {
    const { variableUses } = http(
      `map $a$b $c { default $d; $e f; "~^(?<g>.)$" $g; }
       geo $h $i { default $j; }
       split_clients "\${k}x" $l { * $m; }
       log_format n '$o'
                    '\${p}';`,
    );
    expect([...variableUses(() => true)].map(({ at }) => text(at))).toEqual([
      '$a',
      '$b',
      '$d',
      '$g',
      '$h',
      `\${k}`,
      '$o',
      `\${p}`,
    ]);
  });

  it('stand exactly where they are written, behind escapes too', () => {
    const [use] = server('return 200 "a\\"\\t\\.$nosuch";').variableUses(() => true);
    expect([text(use!.at), use!.name]).toEqual(['$nosuch', 'nosuch']);
  });

  it('are defined by set, map, geo, captures and the like, per module', () => {
    const { definitions } = model(
      `events {}
       http { map $a $m { default 0; ~^(?<key>x) 1; } geo $G { default 0; } js_set $js f;
         server { server_name "~^(?<sub>.+)\\.x$"; valid_referers none; auth_request_set $auth $a;
           location ~ ^/(?P<id>\\d+) { set $x 1; set_by_lua_block $lua { return "$no" } rewrite "^/(?'old'.)" /$old; } } }
       stream { map $b $s { default 0; } }`,
    );
    expect([...definitions('http').keys()].sort()).toEqual([
      'auth',
      'g',
      'id',
      'invalid_referer',
      'js',
      'key',
      'lua',
      'm',
      'old',
      'sub',
      'x',
    ]);
    expect([...definitions('stream').keys()]).toEqual(['s']);
    expect(text(definitions('http').get('sub')![0]!.at)).toBe('(?<sub>');
  });
});

it.each([
  ['events {}\nhttp { server { listen 80; } }', false],
  ['load_module modules/ngx_http_echo_module.so;\nevents {}', true],
  ['load_module /usr/lib/nginx/modules/ngx_stream_module.so;\nevents {}', false],
  ['events {}\nhttp { more_set_headers "A: b"; }', true],
  ['events {}\nhttp { no_such_thing on; }', true],
  ['events {}\nserver { listen 80; }', false],
])('foreign modules in %s: %s', (text, expected) => {
  expect(model(text).hasForeignModules).toBe(expected);
});

it.each([
  ['X-forward-For', 'X-Forwarded-For'],
  ['X-RealIP', 'X-Real-IP'],
  ['X_Real_IP', 'X-Real-IP'],
  ['X-Forwarded-Fro', 'X-Forwarded-For'],
  ['Referer-Policy', 'Referrer-Policy'],
  ['Access-Control-Allow-Header', 'Access-Control-Allow-Headers'],
  ['Strict-Transport-Securty', 'Strict-Transport-Security'],
  ['Content-Secuirty-Policy', 'Content-Security-Policy'],
  ['X-Request-Start', undefined],
  ['X-Forwarded-Client-Cert', undefined],
  ['X-Forwarded-Prefix', undefined],
  ['x-REAL-ip', undefined],
  ['X-Request-UID', undefined],
  ['X-Forwarded-Protocol', undefined],
  ['X-Tenant', undefined],
  ['X-Forwarded-Device', undefined],
  ['X-Real-Host', undefined],
  ['X-Geo-IP', undefined],
])('the header %s was meant to be %s', (name, meant) => {
  expect(nearHeader(name)).toBe(meant);
});

describe('what a text may be', () => {
  /** The kinds of its stretches, of each text that the target of the last proxy_pass may be. */
  const kinds = (inner: string): string[][] => {
    const { named, flow } = http(inner);
    const pass = named('proxy_pass').at(-1)!;
    return flow
      .outcomes(pass, pass.directive.args[0]!.text)
      .map((outcome) => outcome.map(({ kind }) => kind));
  };
  const location = (lines: string): string => `server { location / { ${lines} proxy_pass http://$x; } }`;

  it('is followed through lines that build on each other, in step with their number', () => {
    for (const line of ['set $x "$x$arg_a";', 'rewrite ^/(.*)$ /b$1$uri; set $x $uri;']) {
      const work = (size: number): unknown =>
        Array.from({ length: 10 }, () => kinds(location(line.repeat(size))));
      expect(growth(work, 100), line).toBeLessThan(tooMuch);
    }
  }, 60_000);

  it('is unknown where a block has more lines than are followed', () => {
    const lines = (n: number): string[][] => kinds(location('set $x a;'.repeat(n)));
    expect(lines(2000)).toEqual([['text', 'text']]);
    expect(lines(2001).flat()).toContain('unknown');
  });

  it('is no more than some texts where each line doubles their number', () => {
    const lines = 'if ($arg_a ~ (.*)) { set $x "$1$x"; }'.repeat(100);
    const found = kinds(location(lines));
    expect(found.length).toBeLessThanOrEqual(64);
    expect(found.flat()).toContain('client');
  });

  it('is unknown where it leads back to itself, or too far', () => {
    const circle = 'map $x $y { default "$x$x"; } map $y $x { default "$y$y"; }';
    expect(kinds(`${circle} ${location('')}`).flat()).toContain('unknown');
    const maps = Array.from(
      { length: 300 },
      (_, i) => `map $m${i + 1} $m${i} { default "$m${i + 1}$m${i + 1}"; }`,
    );
    expect(kinds(`${maps.join(' ')} ${location('set $x $m0;')}`).flat()).toContain('unknown');
    const back = (lines: number): unknown => {
      const all = Array.from({ length: lines }, (_, i) => `host${i} "x$t";`).join(' ');
      return kinds(`map $host $t { ${all} } ${location('set $x $t;')}`).flat();
    };
    expect(back(3)).toContain('unknown');
    expect(growth(back, 50)).toBeLessThan(tooMuch);
  });

  it('goes by what ran before: a break ends it for who comes there', () => {
    const one = 'set $x 1; if ($arg_a) { break; } set $x $arg_b;';
    expect(kinds(location(one))).toEqual([
      ['text', 'text'],
      ['text', 'client'],
    ]);
    expect(kinds(location(`${one} set $x 2;`))).toEqual([
      ['text', 'text'],
      ['text', 'client'],
      ['text', 'text'],
    ]);
    expect(kinds(location('set $x 1; break; set $x $arg_b;'))).toEqual([['text', 'text']]);
  });
});

it('any text has a model', () => {
  const words = [
    'server',
    'listen',
    '80',
    'location',
    '/',
    'http {',
    'stream {',
    'map $a $b {',
    'upstream u {',
    'proxy_pass',
    'http://',
    '$x',
    '{',
    '}',
    ';',
    '\n',
    'include',
    'if (',
    'add_header',
  ];
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(fc.constantFrom(...words)).map((each) => each.join(' ')),
      ),
      (text) => {
        const { servers, upstreams, passes, headers, hasForeignModules, all, inForce, ...rest } = model(text);
        const spans = [
          ...servers.flatMap(({ listens, names }) => [...listens, ...names]),
          ...upstreams.flatMap(({ name, servers }) => [name, ...servers]),
          ...passes.map(({ target }) => target),
          ...headers(() => true).map(({ name }) => name),
          ...rest.variableUses(() => true),
          ...[...rest.definitions('http').values()].flat(),
        ].map(({ at }) => at);
        for (const { source, start, end } of spans)
          expect(start <= end && end <= source.text.length).toBe(true);
        for (const statement of all) inForce(statement, 'add_header');
        expect(hasForeignModules).toBeTypeOf('boolean');
      },
    ),
    { numRuns: 500 },
  );
});
