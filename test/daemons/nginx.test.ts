// lbcheck and nginx agree about what nginx takes: thousands of small files, each judged by both.
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { directiveNames, type Variant, variants } from '../../grammar/tables/directives.ts';
import { check, memory, parseVersion, rules } from '../../src/index.ts';
import { describeWith, nginxTest } from './harness.ts';

type Files = Readonly<Record<string, string>>;

interface Case {
  readonly name: string;
  readonly files: Files;
}

/** What nginx says: `lacking` when the machine, not the text, was the obstacle. */
interface Verdict {
  readonly is: 'accepted' | 'rejected' | 'lacking';
  readonly message: string;
}

// ---------------------------------------------------------------------------------------------------------------------
// Many files, one machine: harness.ts makes a machine for each question, which takes too long for so many.

const machineScript = fileURLToPath(new URL('machine.sh', import.meta.url));
const modules = 'include /etc/nginx/modules-enabled/*.conf;';

/** The verdicts of `nginx -t` on each case, in order. */
async function verdicts(cases: readonly Case[]): Promise<readonly Verdict[]> {
  const half = Math.ceil(cases.length / 2);
  const parts = await Promise.all([cases.slice(0, half), cases.slice(half)].map(batch));
  return parts.flat();
}

async function batch(cases: readonly Case[]): Promise<readonly Verdict[]> {
  const dir = mkdtempSync(join(tmpdir(), `lbcheck-${process.pid}-`));
  const root = join(dir, 'root');
  try {
    const put = (path: string, text: string): void => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    for (const file of ['passwd', 'group', 'nsswitch.conf', 'ld.so.cache', 'ssl/openssl.cnf']) {
      put(`etc/${file}`, readFileSync(`/etc/${file}`, 'utf8'));
    }
    put('etc/hosts', '127.0.0.1 localhost\n::1 localhost\n');
    cpSync('/etc/nginx', join(root, 'etc/nginx'), { recursive: true, verbatimSymlinks: true });
    for (const path of secretFiles) put(path, pem());
    for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
    for (const [index, { files }] of cases.entries()) {
      for (const [path, text] of Object.entries(files)) {
        // On one line with what follows, so that lines count the same.
        const loads = path !== 'nginx.conf' || /load_module|modules-enabled/.test(text);
        put(`cases/${index}/${path}`, loads ? text : `${modules} ${text}`);
      }
    }
    put(
      'run.sh',
      `for ((i = 0; i < ${cases.length}; i++)); do
  cd /cases/$i
  rm -rf /etc/nginx/conf.d /etc/nginx/sites-enabled
  nginx -t -c /cases/$i/nginx.conf >out 2>&1; echo "code $?" >>out
done\n`,
    );
    writeFileSync(join(dir, 'links'), 'link set lo up\n');
    writeFileSync(join(dir, 'nonlocal-bind'), '');
    const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child=KILL'];
    await promisify(execFile)('unshare', [...namespaces, machineScript, dir, '300', 'bash', '/run.sh'], {
      env: { ...process.env, LC_ALL: 'C', PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    });
    return cases.map((_, index) => verdictOf(readFileSync(join(root, `cases/${index}/out`), 'utf8')));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const secretFiles = ['etc/ssl/a.pem', 'etc/ssl/a.key', 'etc/ssl/dh.pem'];
const folders = ['var/cache/nginx', 'var/www', 'srv', 'logs', 'usr/share/nginx/logs', 'etc/letsencrypt'];
let made: string | undefined;

/** A certificate and its key in one text. */
function pem(): string {
  if (made !== undefined) return made;
  const dir = mkdtempSync(join(tmpdir(), `lbcheck-${process.pid}-`));
  try {
    const request = 'req -x509 -nodes -newkey rsa:2048 -subj /CN=test -days 2 -keyout key -out certificate';
    execFileSync('openssl', request.split(' '), { cwd: dir, stdio: 'pipe' });
    const group = 'genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dh';
    execFileSync('openssl', group.split(' '), { cwd: dir, stdio: 'pipe' });
    made = ['certificate', 'key', 'dh'].map((name) => readFileSync(join(dir, name), 'utf8')).join('');
    return made;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const lacks =
  /host not found|cannot load|open\(\)|opendir\(\)|pread\(\)|getpwnam|getgrnam|mkdir\(\)|bind\(\)|BIO_new|SSL_CTX|dlopen|failed \(\d|PEM_read|failed \(SSL/;

function verdictOf(output: string): Verdict {
  const message = /\[emerg\] (?:\d+#\d+: )?(.*)/.exec(output)?.[1] ?? '';
  if (/code 0\s*$/.test(output)) return { is: 'accepted', message: '' };
  return { is: lacks.test(message) ? 'lacking' : 'rejected', message };
}

// ---------------------------------------------------------------------------------------------------------------------
// The same files for lbcheck

interface Judged {
  readonly errors: readonly string[];
}

/** Rules about what a configuration lets happen that nginx takes; so are those with a risk. */
const consequences = new Set([
  'access-by-client-header',
  'alias-after-rewrite',
  'alias-slash-mismatch',
  'cache-without-buffering',
  'client-certificate-not-checked',
  'cors-reflects-any-origin',
  'dav-open',
  'header-with-newline',
  'limit-keyed-on-client-header',
  'origin-check-never-matches',
  'params-lost-by-inheritance',
  'protection-bypassed-by-regex',
]);
const judges = new Set(
  rules.filter(({ id, risk }) => risk === undefined && !consequences.has(id)).map(({ id }) => id),
);

function judged(files: Files): Judged {
  const { diagnostics, internalErrors } = check(['nginx.conf'], {
    fs: memory(files),
    versions: { nginx: parseVersion('1.22.1') },
    only: judges,
  });
  expect(internalErrors).toEqual([]);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return { errors: errors.map(({ rule, message, line }) => `${line} ${rule}: ${message}`) };
}

/** Where the two differ, in words; empty for agreement. */
function difference({ files }: Case, verdict: Verdict): string | undefined {
  if (verdict.is === 'lacking') return undefined;
  const { errors } = judged(files);
  if (errors.length > 0 === (verdict.is === 'rejected')) return undefined;
  return verdict.is === 'rejected' ? `nginx: ${verdict.message}` : `lbcheck: ${errors[0]}`;
}

// ---------------------------------------------------------------------------------------------------------------------
// The matrix: directive × context × number of words × values

const around: Readonly<Record<string, (text: string) => string>> = {
  main: (text) => `${text}\nevents {}\nhttp {}`,
  events: (text) => `events { ${text} }\nhttp {}`,
  http: (text) => `events {}\nhttp { ${text} }`,
  server: (text) => `events {}\nhttp { server { listen 8080; ${text} } }`,
  location: (text) => `events {}\nhttp { server { listen 8080; location / { ${text} } } }`,
  'if in server': (text) => `events {}\nhttp { server { listen 8080; if ($uri) { ${text} } } }`,
  'if in location': (text) =>
    `events {}\nhttp { server { listen 8080; location / { if ($uri) { ${text} } } } }`,
  limit_except: (text) =>
    `events {}\nhttp { server { listen 8080; location / { limit_except GET { ${text} } } } }`,
  upstream: (text) => `events {}\nhttp { upstream u { server 127.0.0.1:8081; ${text} } }`,
  stream: (text) => `events {}\nstream { ${text} }`,
  'stream server': (text) =>
    text.startsWith('proxy_pass') || text.startsWith('return')
      ? `events {}\nstream { server { listen 8080; ${text} } }`
      : `events {}\nstream { server { listen 8080; proxy_pass 127.0.0.1:1; ${text} } }`,
  'stream upstream': (text) => `events {}\nstream { upstream u { server 127.0.0.1:8081; ${text} } }`,
  mail: (text) => `events {}\nmail { auth_http 127.0.0.1:1/; ${text} }`,
  'mail server': (text) =>
    `events {}\nmail { auth_http 127.0.0.1:1/; server { listen 8025; protocol smtp; ${text} } }`,
};

/** Words that a directive takes, where the table alone does not tell. */
const valid: Readonly<Record<string, string>> = {};

const wrongValues: Readonly<Record<string, readonly string[]>> = {
  flag: ['yes', '1', '$x'],
  num: ['1k', '-1', 'x'],
  size: ['1g', '1.5m', 'x', '$x'],
  offset: ['1t', '10mb'],
  msec: ['1min', '1M', '5m 5h', 'x', '1.5s'],
  sec: ['1ms', '1min', '1s 1m', 'x'],
  enum: ['nonsense'],
  bitmask: ['nonsense'],
  bufs: ['0 4k', 'x 4k', '8 x', '8 1g'],
  access: ['user:x', 'rw'],
  path: ['/tmp/x x'],
};

const rightValues: Readonly<Record<string, readonly string[]>> = {
  flag: ['on', 'OFF'],
  num: ['2'],
  size: ['32k', '32768', '1M'],
  offset: ['512', '1g'],
  msec: ['10s', '500ms', '1h 30m', '60', '1d'],
  sec: ['10s', '1M', '60', '1h 30m'],
  bufs: ['8 32k'],
  access: ['user:rw group:r'],
  path: ['/tmp/x 1 2'],
  str: ['word'],
  complex: ['word'],
  keyval: ['a b'],
  types: ['text/plain'],
  str_array: ['word'],
};

const quoted = (value: string): string => (/ \d*[a-zA-Z]/.test(value) ? `"${value}"` : value);

function rightArguments(variant: Variant): readonly string[] {
  const known = valid[variant.name];
  if (known !== undefined) return [known];
  const { type, values, range } = variant;
  if (type === 'enum' || type === 'bitmask') {
    return (values ?? []).filter((value) => !/^(?:purger)/.test(value)).slice(0, 3);
  }
  if (type === 'num' && range) return [String(Math.max(range[0], 1))];
  const found = rightValues[type] ?? [];
  return type === 'msec' || type === 'sec' ? found.map(quoted) : found;
}

function wrongArguments({ type, range }: Variant): readonly string[] {
  const found = [...(wrongValues[type] ?? [])];
  if (range && Number.isFinite(range[1])) found.push(String(range[1] + 1));
  return type === 'msec' || type === 'sec' ? found.map(quoted) : found;
}

const written = ({ name, body }: Variant, args: string): string =>
  body === 'leaf' ? `${name} ${args};` : `${name} ${args} {}`;

function* matrix(): Generator<Case> {
  const every = directiveNames()
    .flatMap((name) => variants(name))
    .filter(({ flags, contexts }) => flags.has('in1221') && !contexts.includes('any'));
  for (const variant of every) {
    const contexts = variant.contexts.filter((context) => around[context]);
    const [first] = contexts;
    if (!first) continue;
    const right = rightArguments(variant);
    const cases = (context: string, args: string, what: string): Case => ({
      name: `${variant.name} ${args} in ${context}: ${what}`,
      files: { 'nginx.conf': `${around[context]!(written(variant, args))}\n` },
    });
    for (const [index, args] of right.entries()) {
      for (const context of index === 0 ? contexts : [first]) yield cases(context, args, 'right');
    }
    for (const args of wrongArguments(variant)) yield cases(first, args, 'wrong value');
    const count = (words: number): string => Array.from({ length: words }, (_, i) => `w${i}`).join(' ');
    if (variant.min > 0) yield cases(first, count(variant.min - 1), 'too few');
    if (Number.isFinite(variant.max)) yield cases(first, count(variant.max + 1), 'too many');
    if (right[0] !== undefined && variant.body === 'leaf') {
      yield {
        name: `${variant.name} ${right[0]} twice in ${first}`,
        files: {
          'nginx.conf': `${around[first]!(`${written(variant, right[0])} ${written(variant, right[0])}`)}\n`,
        },
      };
    }
    const all = variants(variant.name).flatMap((each) => each.contexts);
    const elsewhere = Object.keys(around).filter((context) => !all.includes(context));
    const start = variant.name.length % 3;
    for (const context of elsewhere.filter((_, index) => index % 3 === start)) {
      yield cases(context, right[0] ?? count(variant.min), 'elsewhere');
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// One file for each thing that nginx says

const http = (text: string): string => `events {}\nhttp {\n${text}\n}\n`;
const server = (text: string): string => http(`server {\n listen 8080;\n${text}\n}`);
const location = (text: string): string => server(`location / {\n${text}\n}`);
const upstream = (text: string): string => http(`upstream u {\n${text}\n}`);
const stream = (text: string): string => `events {}\nstream {\n${text}\n}\n`;
const ssl = 'ssl_certificate /etc/ssl/a.pem; ssl_certificate_key /etc/ssl/a.key;';

/** A name of so many characters with such a sign after every ten. */
const long = (sign: string, length: number): string =>
  `abcdefghij${sign}`
    .repeat(20)
    .slice(0, length - 1)
    .concat('z');

/** A name of so many characters in each hash that has buckets of that size. */
const hashes = (sign: string, length: number, size: number): string[] => [
  http(
    `server_names_hash_bucket_size ${size}; server { server_name ${long(sign, length)}; } server { server_name a; }`,
  ),
  http(`map_hash_bucket_size ${size}; map $uri $a { ${long(sign, length)} 1; }`),
];

const rejected: readonly string[] = [
  // the reader
  http('server { listen 8080; }\n}'),
  'events {}\nhttp {\n server { listen 8080; }\n',
  'events {}\nhttp { sendfile on }',
  'events {}\nhttp { sendfile on',
  'events {};\nhttp {}',
  http('server { listen 8080;; }'),
  http('{ }'),
  http('gzip_types text/plain { }'),
  '\uFEFFevents {}\nhttp {}',
  http('\u00A0sendfile on;'),
  http('sendfile on；\n'),
  server('add_header X "a"b;'),
  server('location ~ ^/\\d{2}$ { return 204; }'),
  server('rewrite ^/a{2}$ /b;'),
  server('location / { return 204; }\nlocation /x { return 200 "a; }'),
  // dispatch
  'events {}\nhttp { sendfil on; }',
  'events {}\nhttp { "send-file" on; }',
  server('proxy_pass http://127.0.0.1;'),
  'events {}\nserver { listen 80; }',
  'http {}',
  'events {}\nhttp\n',
  server('sendfile on { }'),
  server('root;'),
  server('root a b;'),
  server('server_name;'),
  http('server x { }'),
  server('location { }'),
  'events {}\nevents {}\nhttp {}',
  'events {}\nhttp {}\nhttp {}',
  // duplicates
  server('root a; root b;'),
  location('alias /a; root /b;'),
  server('client_max_body_size 1m; client_max_body_size 2m;'),
  server('location /a { } location /a { }'),
  server('location /a { } location ^~ /a { }'),
  server('location = /a { } location = /a { }'),
  http('upstream u { server 127.0.0.1; } upstream U { server 127.0.0.1; }'),
  http('log_format a x; log_format a y;'),
  http('limit_req_zone $uri zone=a:1m rate=1r/s; limit_req_zone $host zone=a:1m rate=1r/s;'),
  http('proxy_cache_path /tmp/a keys_zone=a:1m; proxy_cache_path /tmp/b keys_zone=a:1m;'),
  http('limit_req_zone $uri zone=a:1m rate=1r/s; limit_conn_zone $uri zone=a:1m;'),
  // values
  server('sendfile yes;'),
  server('gzip 1;'),
  server('client_max_body_size 10mb;'),
  server('client_max_body_size -1;'),
  server('proxy_buffer_size 1g;'),
  server('keepalive_timeout 65sec;'),
  server('ssl_session_timeout 100ms;'),
  server('gzip_comp_level 10;'),
  server('gzip_proxied everything;'),
  server('proxy_http_version 1.2;'),
  server('ssl_protocols TLSv1.4;'),
  server('error_log /tmp/x warning;'),
  server('error_page 200 /x;'),
  server('error_page 499 /x;'),
  server('error_page /x;'),
  server('return yes;'),
  server('return 1000;'),
  server('return /path;'),
  server('rewrite ^/a /b permanently;'),
  server('rewrite ^/(a /b;'),
  server('expires soon;'),
  server('try_files $uri =abc;'),
  server('satisfy one;'),
  server('proxy_redirect /a;'),
  server('proxy_cookie_path /a;'),
  server('add_header A b c;'),
  server('allow 10.0.0.300;'),
  server('allow 10.0.0.0/33;'),
  server('deny everyone;'),
  server('allow 10.0.0.0/255.0.0.0;'),
  location('grpc_pass 127.0.0.1;'),
  server('set a b;'),
  server('set $host b;'),
  server('limit_rate 1x;'),
  server('proxy_cache_valid 200 1ms;'),
  server('proxy_cache_valid 99 1m;'),
  server('resolver 127.0.0.1 valid=1ms;'),
  server('access_log /tmp/x nosuchformat;'),
  server('access_log /tmp/x buffer=1k;'),
  server('access_log off combined;'),
  server('access_log /tmp/x combined flush=1s;'),
  http('access_log /tmp/x late;\nlog_format late $uri;'),
  http('log_format a escape=xml $uri;'),
  location('limit_except FETCH { deny all; }'),
  'worker_processes many;\nevents {}\nhttp {}',
  'worker_connections 10;\nevents {}\nhttp {}',
  'events { worker_connections 1k; }\nhttp {}',
  'events { use fastest; }\nhttp {}',
  'worker_cpu_affinity 0102;\nevents {}\nhttp {}',
  // listen
  http('server { listen 80800; }'),
  http('server { listen 127.0.0.1:http; }'),
  http('server { listen 0; }'),
  http('server { listen 8080 default-server; }'),
  http('server { listen 8080 backlog=0; }'),
  http('server { listen 8080 backlog=x; }'),
  http('server { listen 8080 rcvbuf=1g; }'),
  http('server { listen ::1:8080; }'),
  http('server { listen [::1; }'),
  http('server { listen 8080 ipv6only=yes; }'),
  http('server { listen 8080 so_keepalive=1x; }'),
  http('server { listen 8080 quic; }'),
  http('server { listen 8080; listen *:8080; }'),
  http('server { listen 8080 backlog=5; } server { listen 8080 backlog=5; server_name a; }'),
  http('server { listen 8080 default_server; } server { listen 8080 default_server; server_name a; }'),
  http('server { listen 8443 ssl; }'),
  http(`server { listen 8443 ssl default_server; server_name a; } server { listen 8443 ssl; ${ssl} }`),
  server('ssl_certificate /etc/ssl/a.pem;'),
  server('server_name *a.example.com;'),
  server('server_name ~(;'),
  // hashes
  ...hashes('-', 119, 128),
  http('map $uri $a { default 0; } map_hash_bucket_size 128;'),
  http('map $uri $a { default 0; } map_hash_max_size 4096;'),
  // location
  server('location ! /a { }'),
  server('location ~ ( { }'),
  server('location ~ *.php { }'),
  server('location /a { location /b { } }'),
  server('location = /a { location /a/b { } }'),
  server('location /a { location @b { } }'),
  // if
  server('if $uri { }'),
  server('if ($uri == x) { }'),
  server('if ($uri = x && $host = y) { }'),
  server('if ($uri ~ () { }'),
  server('if (uri = x) { }'),
  server('if (-z $uri) { }'),
  server('if ($uri=/) { }'),
  server('if($uri = x) { }'),
  server('if ($uri = x) { } else { }'),
  // upstream
  upstream(''),
  upstream('server 127.0.0.1 backup;'),
  upstream('server http://127.0.0.1;'),
  upstream('server 127.0.0.1:x;'),
  upstream('server 127.0.0.1 weight=0;'),
  upstream('server 127.0.0.1 weight = 2;'),
  upstream('server 127.0.0.1 max_fail=1;'),
  upstream('server 127.0.0.1 fail_timeout=1ms;'),
  upstream('ip_hash; server 127.0.0.1; server 127.0.0.2 backup;'),
  upstream('hash $uri; server 127.0.0.1; server 127.0.0.2 backup;'),
  upstream('server 127.0.0.1; keepalive 0;'),
  upstream('server 127.0.0.1; hash $uri consistently;'),
  upstream('server 127.0.0.1; random three;'),
  upstream('server 127.0.0.1; zone z 1k;'),
  // handing on
  location('proxy_pass 127.0.0.1:80;'),
  location('proxy_pass ftp://127.0.0.1;'),
  location('proxy_pass http://;'),
  location('proxy_pass http://127.0.0.1:99999;'),
  location('proxy_pass http://127.0.0.1; proxy_pass http://127.0.0.1;'),
  server('location ~ a { proxy_pass http://127.0.0.1/; }'),
  server('location @a { proxy_pass http://127.0.0.1/; }'),
  location('if ($uri) { proxy_pass http://127.0.0.1/; }'),
  location('limit_except GET { proxy_pass http://127.0.0.1/; }'),
  http('upstream u { server 127.0.0.1; }\nserver { location / { proxy_pass http://u:81; } }'),
  location('fastcgi_pass 127.0.0.1;'),
  ...['fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'grpc_pass', 'memcached_pass'].flatMap((pass) =>
    ['nobody', 'localhost', 'a.example.com', '[::1]'].map((host) =>
      location(`set $memcached_key a; ${pass} ${host};`),
    ),
  ),
  location('grpc_pass grpcs://nobody;'),
  location('uwsgi_pass suwsgi://localhost;'),
  stream('server { listen 8080; proxy_pass nobody; }'),
  stream('server { listen 8080; proxy_pass localhost; }'),
  'events { worker_connections 2; }\nhttp { server { listen 8080; listen 8081; } }',
  'events { worker_connections 1; }\nhttp { server { } }',
  `load_module modules/ngx_stream_module.so;\nevents {}\nstream { server { listen 20000-21000; proxy_pass 127.0.0.1:1; } }`,
  location('fastcgi_pass http://127.0.0.1:9000;'),
  location('fastcgi_param a b c;'),
  location('proxy_buffer_size 32k;'),
  location('proxy_buffers 1 4k;'),
  // zones
  server('limit_req zone=nobody;'),
  server('limit_conn nobody 1;'),
  server('proxy_cache nobody;'),
  http('limit_req_zone $uri zone=a rate=1r/s;'),
  http('limit_req_zone $uri zone=a:1k rate=1r/s;'),
  http('limit_req_zone $uri zone=a:1m rate=1/s;'),
  http('limit_req_zone $uri zone=a:1m sync;'),
  http('limit_conn_zone $uri zone=a:10g;'),
  http('limit_conn_zone zone=a:1m;'),
  http('limit_conn_zone $uri zone=a:1m;\nserver { limit_conn a many; }'),
  http('limit_req_zone $uri zone=a:1m rate=1r/s;\nserver { limit_req zone=a burst=x; }'),
  http('proxy_cache_path /tmp/a;'),
  http('proxy_cache_path /tmp/a keys_zone=a;'),
  http('proxy_cache_path /tmp/a keys_zone=a:1m levels=3;'),
  http('proxy_cache_path /tmp/a keys_zone=a:1m inactive=1x;'),
  http('ssl_session_cache shared:SSL;'),
  http('ssl_session_cache yes;'),
  server('open_file_cache inactive=1m;'),
  // data
  http('map $uri x { }'),
  http('map uri { }'),
  http('map $uri $x { a; }'),
  http('map $uri $x { a b c; }'),
  http('map $uri $x { a 1; A 2; }'),
  http('map $uri $x { default 1; default 2; }'),
  http('map $uri $x { ~( 1; }'),
  http('map $uri $x { a { } }'),
  http('geo $x { nonsense 1; }'),
  http('geo $x { 10.0.0.0/33 1; }'),
  http('geo $x { ranges; 10.0.0.0/8 1; }'),
  http('split_clients $uri $x { 50 a; }'),
  http('split_clients $uri $x { 60% a; 60% b; }'),
  server('map $uri $x { }'),
  // variables
  server('return 200 $nobody;'),
  server('add_header A "${uri";'),
  stream('server { listen 8080; proxy_pass $host; }'),
  // stream and mail
  stream('server { listen 8080; proxy_pass 127.0.0.1; }'),
  stream('server { listen 127.0.0.1; proxy_pass 127.0.0.1:1; }'),
  stream('upstream u { server 127.0.0.1; }'),
  stream('upstream u { ip_hash; server 127.0.0.1:1; }'),
  stream('server { listen 8080; proxy_pass 127.0.0.1:1; proxy_set_header A b; }'),
  stream('server { listen 8080; proxy_pass 127.0.0.1:1; access_log /tmp/x; }'),
  stream('server { listen 8080; proxy_pass 127.0.0.1:1; } server { listen 8080; proxy_pass 127.0.0.1:2; }'),
  stream('server { listen 8080; }'),
  stream('server { proxy_pass 127.0.0.1:1; }'),
  stream('server { listen 8080; server_name a; proxy_pass 127.0.0.1:1; }'),
  'events {}\nhttp {}\nload_module modules/ngx_stream_module.so;',
  // patterns and values that only their directive judges
  server('gzip_disable (;'),
  server('valid_referers ~(;'),
  server('expires @25h;'),
  server('expires modified @15h;'),
  http('log_format combined x;'),
  server('expires modified;'),
  server('userid_expires 1x;'),
  server('resolver valid=1s;'),
  server('resolver 127.0.0.1 ipv6=maybe;'),
  server('deny 300.1.1.1;'),
  server('access_log /tmp/x nosuch;'),
  server('ssl_session_cache shared:a:1k;'),
  server('ssl_session_cache shared::1m;'),
  server('large_client_header_buffers 0 8k;'),
  server('error_page 499 /x;'),
  server('try_files $uri;'),
  server('set $1 x;'),
  server('if () { return 200; }'),
  server('if ($uri = a b) { return 200; }'),
  server('listen unix:;'),
  server('listen [::1:8081;'),
  server('listen 9000-8999;'),
  server('listen 8081 so_keepalive=maybe;'),
  location('fastcgi_split_path_info ^a$;'),
  location('fastcgi_split_path_info (;'),
  location('proxy_bind 300.0.0.1;'),
  location('proxy_http_version 1.2;'),
  location('proxy_next_upstream http_599;'),
  location('uwsgi_modifier1 300;'),
  location('limit_except FETCH { deny all; }'),
  location('slice 1x;'),
  upstream('server 127.0.0.1; zone a:1m;'),
  upstream('server 127.0.0.1; random two least_x;'),
  upstream('server 127.0.0.1 max_conns=-1;'),
  http('geo $x { ranges; 10.0.0.9-10.0.0.1 1; }'),
  http('split_clients $uri $x { 1.234% a; }'),
  http('limit_req_zone $uri zone=a:1m rate=1r/h;'),
  http('proxy_cache_path /tmp/c keys_zone=a:1m use_temp_path=no;'),
  http('map $uri $uri { a b; }'),
  // logs
  server('access_log /tmp/x combined buffer=0;'),
  server('access_log /tmp/x combined buffer=32k flush=0;'),
  server('access_log /tmp/$host combined buffer=32k;'),
  server('access_log syslog:server=127.0.0.1 combined gzip;'),
  server('access_log syslog:facility=local7;'),
  server('access_log syslog:server=127.0.0.1,facility=local9;'),
  server('access_log syslog:server=127.0.0.1,severity=warning;'),
  server('access_log syslog:server=127.0.0.1,tag=my-app;'),
  server('access_log syslog:server=127.0.0.1,tag=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;'),
  server('access_log syslog:server=127.0.0.1,server=127.0.0.2;'),
  server('access_log syslog:server=127.0.0.1:99999;'),
  server('error_log syslog: info;'),
  server('error_log syslog:server=127.0.0.1,nonsense info;'),
  server('error_log memory:x debug;'),
  server('error_log /tmp/e info error;'),
  server('error_log /tmp/e info debug_http;'),
  server('access_log /tmp/x combined buffer=1k; access_log /tmp/x combined buffer=2k;'),
  server(
    'access_log /tmp/x combined buffer=1k; location / { access_log /tmp/x combined buffer=1k flush=5s; }',
  ),
  // lists that take a thing once, or nothing beside off
  location('proxy_redirect default;'),
  location('proxy_redirect default; proxy_pass http://127.0.0.1;'),
  location('set $a 127.0.0.1; resolver 127.0.0.1; proxy_pass http://127.0.0.1/$a; proxy_redirect default;'),
  server('proxy_redirect default;'),
  location('proxy_pass http://127.0.0.1; proxy_redirect off; proxy_redirect /a /b;'),
  location('proxy_pass http://127.0.0.1; proxy_cookie_path / /a; proxy_cookie_path off;'),
  location('proxy_pass http://127.0.0.1; proxy_cookie_domain ~( b;'),
  http('limit_req_zone $uri zone=a:1m rate=1r/s;\nserver { limit_req zone=a; limit_req zone=a burst=5; }'),
  http('limit_conn_zone $uri zone=a:1m;\nserver { limit_conn a 1; limit_conn a 2; }'),
  http('proxy_cache_path /tmp/a keys_zone=a:1m; proxy_cache_path /tmp/a keys_zone=b:1m;'),
  http('upstream u { zone a; server 127.0.0.1; }'),
  http('upstream u { zone "" 64k; server 127.0.0.1; }'),
  http('upstream u { zone a 64k; server 127.0.0.1; } upstream v { zone a 128k; server 127.0.0.1; }'),
  http('limit_req_zone $uri zone=a:1m rate=1r/s;\nssl_session_cache shared:a:1m;'),
  http('ssl_session_cache shared:a:1m; server { ssl_session_cache shared:a:2m; }'),
  server('ssl_ocsp_cache shared:a;'),
  'events { worker_connections 0; }\nhttp {}',
  // ports
  http('server { listen 8000-8010; listen 8005; }'),
  http('server { listen 8000-8010; listen 8005-8015; }'),
  http('server { listen 8081; listen 8080-8082; }'),
  stream(
    'server { listen 8000-8010; proxy_pass 127.0.0.1:1; } server { listen 8005; proxy_pass 127.0.0.1:1; }',
  ),
  // certificates
  server(
    'listen 8443 ssl; ssl_certificate /etc/ssl/a.pem; ssl_certificate /etc/ssl/a.pem; ssl_certificate_key /etc/ssl/a.key;',
  ),
  server(`listen 8443 ssl; ${ssl} ssl_verify_client on;`),
  server(`listen 8443 ssl; ${ssl} ssl_verify_client optional;`),
  location('proxy_pass https://127.0.0.1; proxy_ssl_verify on;'),
  location('proxy_pass https://127.0.0.1; proxy_ssl_certificate /etc/ssl/a.pem;'),
  location('uwsgi_pass suwsgi://127.0.0.1:1; uwsgi_ssl_verify on;'),
  location('grpc_pass grpcs://127.0.0.1:1; grpc_ssl_verify on;'),
  stream('server { listen 8080; proxy_pass 127.0.0.1:1; proxy_ssl on; proxy_ssl_verify on; }'),
  // mail
  'events {}\nmail { server { listen 8025; protocol smtp; } }',
  'events {}\nmail { auth_http 127.0.0.1:1/; server { listen 8025; } }',
  'events {}\nmail { auth_http 127.0.0.1:1/; server { protocol smtp; } }',
  'events {}\nmail { auth_http 127.0.0.1:x/; server { listen 8025; protocol smtp; } }',
  'events {}\nmail { auth_http 127.0.0.1:1/; server { listen 8025; protocol smtp; starttls on; } }',
  // character sets
  http('charset koi8-r; source_charset utf-8; server { }'),
  http('charset_map a b { 80 80; }\ncharset_map b A { 80 80; }'),
  http('charset_map a A { 80 80; }'),
  http('charset_map a b { 80 zz; }'),
  http('charset_map a utf-8 { 80 E282; }'),
  // patterns
  ...[
    '(?<a>x)|(?<a>y)',
    '(?<1a>x)',
    '(?<a-b>x)',
    '(?<>x)',
    '(?<na\u00efve>x)',
    '(?<host>x)',
    '(?P<a>x)(?P=b)',
    '(x)\\2',
    '\\k<b>',
    '[z-a]',
    '[[:foo:]]',
    '[:alpha:]',
    '[\\w-.]',
    'a**',
    '^*',
    '\\b*',
    '(?z)a',
    '\\y',
    '\\Lx',
    '\\.(*jpg)$',
    '\\.(*.jpg|*.png)$',
    'a(*UTF)',
    'a(*MARK)b',
    '(?<=a+)x',
    '(?Pa)',
    '\\400',
  ].map((pattern) => server(`location ~ ${pattern} { }`)),
  ...['\\x{4e00}', '[\\x{4e00}-\\x{9fa5}]', '\\x{zz}', '\\p{Lu', '(?<!a{2,})x'].map((pattern) =>
    server(`location ~ "${pattern}" { }`),
  ),
  server('location ~ "a{3,1}" { }'),
  http('geo geo $x { default 1; }'),
  http('upstream a { server 10.0.0..13:8080; }'),
  http('upstream a { server weight=3; }'),
  http('server_tokens of;'),
  server('location ~ "a{70000}" { }'),
  server('server_name ~^(?<host>x);'),
  server('rewrite (?<uri>x) /a;'),
  server('if ($uri ~ (?<uri>x)) { return 204; }'),
  http('map $uri $x { ~(?<host>a) 1; }'),
];

/** What nginx takes, though it looks wrong. */
const accepted: readonly string[] = [
  ...hashes('-', 46, 64),
  ...hashes('-', 110, 128),
  http(`server { listen 80; server_name ${long('-', 60)}; } server { listen 81; }`),
  http(`server { listen 80; server_name ${long('.', 60)} .${long('.', 60)}; }`),
  http(`server { listen 80; server_name .${long('.', 60)}; } server { listen 80; server_name a; }`),
  http(`map $uri $a { ~${long('-', 60)} 1; } map $host $b { hostnames; *.${long('.', 60)} 1; }`),
  server('gzip ON;'),
  server('server_name a.*.com;'),
  server('server_name "" a a.example.com *.example.com www.example.* ~^x$ .example.org;'),
  server('location api { }'),
  server('location @a { } location @a { }'),
  server('location ~ a { } location ~ a { }'),
  server('return 301;'),
  server('return 200 ok}\n;'),
  server('try_files a @nobody;'),
  server('error_page 404 @nobody;'),
  server('error_page 404 = /x;'),
  server('error_page 404 =200 /x;'),
  server('rewrite (?<x>a{0}) /b;'.replace('{0}', '')),
  server('expires -1;'),
  server('expires modified 1h;'),
  server('if ( $uri = "x" ) { }'),
  server('if ($uri !~* "a(b") { }'.replace('a(b', 'a(b)')),
  server('if (!-e $request_filename) { }'),
  server('allow 10.0.0.1/8;'),
  server('allow 10.0.0.; deny 10..0.1;'),
  server('allow 10.0.0.0/8; deny all;'),
  server('set_real_ip_from 10.0.0.0/8;'),
  server('keepalive_timeout 0;'),
  server('keepalive_timeout 5 5;'),
  server('client_max_body_size 0;'),
  server('add_header A "";'),
  server('root "";'),
  server('limit_rate $arg_x;'),
  server('set $args ""; set $limit_rate 1k; set $x 1; set $X 2;'),
  server('proxy_set_header X $remote_user;'),
  server('resolver [::1]:53 127.0.0.1 valid=1m;'),
  server('proxy_temp_path /tmp/x 1 2 3;'),
  server('access_log /tmp/x combined gzip flush=1s;'),
  upstream('server 127.0.0.1; server 127.0.0.1 down backup;'),
  upstream('server 127.0.0.1; server 127.0.0.2 backup; least_conn;'),
  upstream('server [::1]:80 weight=2 max_fails=0 fail_timeout=1h; keepalive 1;'),
  upstream('server unix:/tmp/x; random two least_conn;'),
  http('server { listen 8080 default; server_name a; }'),
  http('server { listen 8000-8010; }'),
  http('server { listen localhost:8080; }'),
  http('server { listen 8080; server_name a; } server { listen 8080; server_name a; }'),
  http('map $uri $x { }'),
  http('map $uri $x { hostnames; *.a b; .c d; e.* f; \\default g; }'),
  http('geo $x { ranges; 10.0.0.0-10.255.255.255 1; }'),
  http('split_clients $uri $x { 0.5% a; * b; }'),
  http('types { text/html html; text/html htm; }'),
  http('limit_req_zone $uri rate=1r/s zone=a:1m;\nserver { limit_req zone=a burst=5 delay=3; }'),
  http('server { proxy_cache a; }\nproxy_cache_path /tmp/a keys_zone=a:1m;'),
  location('proxy_pass http://127.0.0.1?x=$uri;'),
  location('proxy_pass $scheme://127.0.0.1;'),
  location('proxy_pass http://unix:/tmp/x:/uri/;'),
  location('proxy_pass http://[::1]:80/;'),
  location('fastcgi_pass unix:/tmp/x;'),
  ...['fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'grpc_pass', 'memcached_pass'].map((pass) =>
    http(
      `upstream a.example.com { server 127.0.0.1:1; }\nserver { location / { set $memcached_key a; ${pass} a.example.com; } }`,
    ),
  ),
  'events { worker_connections 2; }\nhttp { server { listen 8080; listen 127.0.0.1:8080; } }',
  'events { worker_connections 3; }\nhttp { server { listen 8080; listen [::]:8080; listen [::1]:8080; } }',
  location('limit_except GET { deny all; }'),
  location('grpc_pass 127.0.0.1:1;'),
  location('uwsgi_pass uwsgi://127.0.0.1:1;'),
  stream(
    'server { listen 8080 udp; proxy_pass 127.0.0.1:1; } server { listen 8080; proxy_pass 127.0.0.1:2; }',
  ),
  stream('server { listen 8080; return $remote_addr; }'),
  'events {}',
  'user www-data;\nevents {}',
  server(
    'access_log syslog:server=[::1]:514,facility=local7,tag=my_app,severity=warn,nohostname combined if=$host;',
  ),
  server('error_log /tmp/e debug_http debug_event;'),
  server(
    'access_log /tmp/x combined buffer=64k; access_log /tmp/x combined; access_log /tmp/x combined buffer=65536;',
  ),
  location('proxy_pass http://127.0.0.1; proxy_redirect default; proxy_redirect /a /b;'),
  location('proxy_pass http://127.0.0.1; proxy_redirect ~* /b;'),
  http(
    'limit_req_zone $uri zone=a:1m rate=1r/s;\nserver { limit_req zone=a; location / { limit_req zone=a burst=5; } }',
  ),
  http('upstream u { zone a 64k; server 127.0.0.1; } upstream v { zone a; server 127.0.0.1; }'),
  http('upstream u { zone a 64k; server 127.0.0.1; } upstream v { zone a 65536; server 127.0.0.1; }'),
  http('ssl_session_cache shared:a:1m; server { ssl_session_cache shared:a:1024k; }'),
  http('server { listen 8000-8010; } server { listen 8005; server_name a; }'),
  http('server { listen 8000-8009; listen 8010-8019; }'),
  http('types { text/html html; text/plain html; }'),
  http('gzip_types text/html text/css text/css;'),
  http('charset koi8-r; source_charset utf-8;'),
  http('charset KOI8-R; source_charset koi8-r; server { }'),
  http('charset_map a utf-8 { 80 E282AC; }\ncharset a; source_charset UTF-8; server { }'),
  server('ssl_verify_client on;'),
  location('proxy_pass http://127.0.0.1; proxy_ssl_verify on;'),
  ...[
    '(?<A>x)(?<a>y)',
    '(?<args>x)',
    '(?<domain>x)',
    '\\1(a)',
    '\\12',
    '[\\w-]',
    '[%--]',
    '[0-9-_]',
    '[\\w.-_]',
    '[[:^alpha:]]',
    '(?=a)+',
    '(?i-s:a)',
    '(?*a)',
    '(?|(?<a>x)|(?<a>y))',
    '(a)(?1)',
    '\\pL',
    'a(*SKIP)(*F)|b',
    '(*UTF8)(*UCP)a',
    '(*nla:a+)b',
    '(?<=[*+])a+',
    '(?<=a(?=b+))c*',
    '(?<=a|bc)x',
    '',
  ].map((pattern) => server(`location ~ ${pattern} { }`)),
  server('set_real_ip_from 010.0.0.1;'),
  http('geo $x { 010.0.0.0/8 1; }'),
  http('upstream a { server 10..0.13:8080; }'),
];

/** Where nginx and we differ on purpose, and why. */
const reviewed: ReadonlyMap<string, string> = new Map([
  ['connection_pool_size 32k in server: right', 'a relation of two sizes that nobody sets'],
  ['proxy_protocol v2 in stream: right', 'the version that brought it is not in the table'],
  ['proxy_protocol v2 in mail: right', 'the version that brought it is not in the table'],
  ['server_tokens nonsense in http: wrong value', 'NGINX Plus takes any text'],
  [server('return 200 ok}\n;'), 'a brace at the end of a line is meant as one, so a ; is missing before it'],
  [
    stream('server { listen 127.0.0.1; proxy_pass 127.0.0.1:1; }'),
    'before 1.25.5 nginx takes it and listens on some free port',
  ],
  ...[
    server('try_files a @nobody;'),
    server('error_page 404 @nobody;'),
    server('allow 10.0.0.1/8;'),
    server('proxy_set_header X $remote_user;'),
    location('proxy_pass http://127.0.0.1?x=$uri;'),
  ].map((text): [string, string] => [text, 'nginx takes it; what it does then is the error']),
]);

const named = (texts: readonly string[]): readonly Case[] =>
  texts.map((text) => ({ name: text, files: { 'nginx.conf': text } }));

async function differences(cases: readonly Case[]): Promise<readonly string[]> {
  const answers = await verdicts(cases);
  return cases.flatMap((each, index) => {
    const said = difference(each, answers[index]!);
    return said === undefined || reviewed.has(each.name) ? [] : [`${each.name} → ${said}`];
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Realistic configurations

const corpus = fileURLToPath(new URL('../../fixtures/corpus/nginx/ok', import.meta.url));

const below = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

/** The corpus, apart from fragments and from what the installed nginx was not built for. */
function realistic(): readonly Case[] {
  const text = (path: string): string => readFileSync(join(corpus, path), 'utf8');
  return readdirSync(corpus, { withFileTypes: true }).flatMap((entry): Case[] => {
    const { name } = entry;
    if (name === 'fragments') return [];
    if (!entry.isDirectory()) {
      const whole = text(name);
      const isWhole = /^\s*["']?events\b/m.test(whole);
      // One site of a folder of sites.
      const files = { 'nginx.conf': isWhole ? whole : `events {}\nhttp {\n${whole}\n}` };
      return /^# needs:/m.test(files['nginx.conf']) ? [] : [{ name, files }];
    }
    const paths = below(join(corpus, name));
    return [{ name, files: Object.fromEntries(paths.map((path) => [path, text(join(name, path))])) }];
  });
}

describeWith(['nginx'], 'nginx -t and lbcheck', () => {
  it('agree about every directive in every place with right and wrong words', {
    timeout: 300_000,
  }, async () => {
    const cases = [...matrix()];
    const answers = await verdicts(cases);
    const found: string[] = [];
    for (const [index, each] of cases.entries()) {
      const answer = answers[index]!;
      // A module that is not installed here.
      if (/^unknown directive/.test(answer.message)) continue;
      const said = difference(each, answer);
      if (said !== undefined && !reviewed.has(each.name)) found.push(`${each.name} → ${said}`);
    }
    expect(found).toEqual([]);
  });

  it('agree about what nginx refuses', async () => {
    expect(await differences(named(rejected))).toEqual([]);
  });

  it('agree about what nginx takes, odd as it looks', async () => {
    expect(await differences(named(accepted))).toEqual([]);
  });

  it('agree about how long a name fits into a hash', async () => {
    for (const [length, size] of [
      [46, 64],
      [47, 64],
      [110, 65],
      [111, 128],
    ] as const) {
      for (const text of hashes('-', length, size)) {
        const { diagnostics } = check(['nginx.conf'], { fs: memory({ 'nginx.conf': text }) });
        const isTight = diagnostics.some(({ rule }) => rule === 'hash-bucket-too-small');
        expect([text, isTight]).toEqual([text, !(await nginxTest(text)).accepted]);
      }
    }
  });

  it('both take the corpus', { timeout: 300_000 }, async () => {
    const cases = realistic();
    const answers = await verdicts(cases);
    const refused: string[] = [];
    for (const [index, { name, files }] of cases.entries()) {
      const { is, message } = answers[index]!;
      if (is === 'rejected') refused.push(`${name}: ${message}`);
      if (is !== 'lacking') continue;
      // A machine that has its users, hosts, certificates and folders.
      const { accepted, messages } = await nginxTest(files);
      if (!accepted) refused.push(`${name}: ${messages.find(({ level }) => level === 'emerg')?.text}`);
    }
    expect(refused).toEqual([]);
    for (const { name, files } of cases) expect({ name, ...judged(files) }).toEqual({ name, errors: [] });
  });
});
