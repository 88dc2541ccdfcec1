import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  around,
  enclosingLocation,
  families,
  isAmongFiles,
  type Statement,
} from '../../src/model/nginx/index.ts';

const query = /\$\{?(?:args|query_string|request_uri|request|arg_\w+)\b/i;
const hosts = /\$\{?(?:host|server_name|http_host|proxy_host|hostname|server_addr|server_port)\b/i;
/** Variables of which it is known that they hold neither. */
const others = /\$(?:\{\w+\}|\w+)/g;
const plain =
  /^\$\{?(?:scheme|uri|document_uri|request_method|https|http_accept_encoding|server_protocol)\}?$/i;

const keyOf = ({ directive }: Statement): string => directive.args.map(({ text }) => text).join('');

/** Whether all that a key is made of is known. */
const isKnown = (key: string): boolean =>
  (key.match(others) ?? []).every((each) => plain.test(each) || query.test(each) || hosts.test(each));

/** Whether the backend gets a path without a query. */
const dropsQuery = ({ directive }: Statement): boolean => {
  const target = directive.args[0]?.text ?? '';
  return target.includes('$') && !query.test(target);
};

/** Whether a header tells the backend which site is meant. */
const isHostOfClient = ({ directive: { args } }: Statement): boolean =>
  args[0]?.text.toLowerCase() === 'host' && /\$(?!\{?proxy_host)/.test(args[1]?.text ?? '');

const namesOf = (server: Statement | undefined): readonly string[] =>
  server?.body
    .filter(({ name }) => name === 'server_name')
    .flatMap(({ directive }) => directive.args.map(({ text }) => text.toLowerCase())) ?? [];

export default rule({
  scope: 'nginx',
  id: 'cache-key-too-short',
  severity: 'warning',
  risk: 5.3,
  summary: 'The key of a cache is the same for requests that have different answers',
  why: `
What has the same key gets the same answer. A key without the query gives \`?user=2\` the page of \`?user=1\`; one without the host gives one
site the pages of another that uses the same zone.

nginx's default is \`$scheme$proxy_host$request_uri\`.
`,
  sources: ['nginx documentation: ngx_http_proxy_module (proxy_cache_key)', 'CWE-524'],
  bad: [
    {
      title: 'The query is missing',
      files: `
        proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
        server {
            listen 80;
            location / {
                proxy_cache pages;
                proxy_cache_key $scheme$host$uri;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the key lacks the query: ?a=2 gets the answer of ?a=1
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
    {
      title: 'Two sites in one cache',
      files: `
        proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
        proxy_cache pages;
        proxy_cache_key $request_uri;
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the key lacks the host: a.example.com gets the answers of b.example.com
        server {
            listen 80;
            server_name a.example.com;
            location / {
                proxy_pass http://10.0.0.11;
            }
        }
        server {
            listen 80;
            server_name b.example.com;
            location / {
                proxy_pass http://10.0.0.12;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The default, the query, files, no query behind it, a variable of its own, one site',
      files: `
        proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
        map $request_uri $key {
            default $request_uri;
        }
        server {
            listen 80;
            proxy_cache pages;
            location /a/ {
                proxy_cache_key $scheme$proxy_host$request_uri;
                proxy_pass http://10.0.0.11;
            }
            location /b/ {
                proxy_cache_key $host$uri$is_args$args;
                proxy_pass http://10.0.0.11;
            }
            location ~ \\.(css|js)$ {
                proxy_cache_key $host$uri;
                proxy_pass http://10.0.0.11;
            }
            location /c/ {
                proxy_cache_key $key;
                proxy_pass http://10.0.0.11;
            }
            location /d/ {
                proxy_cache_key $request_uri;
                proxy_pass http://10.0.0.11;
            }
            location /e/ {
                proxy_cache_key $host$uri;
                proxy_no_cache $args;
                proxy_cache_bypass $args;
                proxy_pass http://10.0.0.11;
            }
        }
        server {
            listen 80;
            server_name a.example.com;
            proxy_cache pages;
            proxy_cache_key $request_uri;
            location /a/ {
                proxy_pass http://10.0.0.12;
            }
            location / {
                proxy_pass http://10.0.0.13;
            }
        }
        server {
            listen 80;
            server_name b.example.com;
            proxy_cache pages;
            proxy_cache_key $request_uri;
            location /b/ {
                proxy_pass http://10.0.0.14;
            }
            location / {
                proxy_pass http://10.0.0.13;
            }
        }
      `,
    },
  ],
  *check({ named, inForce }) {
    for (const family of families) {
      if (named(`${family}_cache_key`).length === 0) continue;
      const said = new Set<Statement>();
      const seen = new Map<string, Statement>();
      for (const pass of named(`${family}_pass`)) {
        const [cache] = inForce(pass.parent, `${family}_cache`);
        const [key] = inForce(pass.parent, `${family}_cache_key`);
        const zone = cache?.directive.args[0]?.text ?? 'off';
        if (!key || zone === 'off' || zone.includes('$') || said.has(key)) continue;
        const text = keyOf(key);
        if (!isKnown(text)) continue;
        // A request with a query is never answered from the cache then, or not always.
        const skips = ['no_cache', 'cache_bypass'].flatMap((each) =>
          inForce(pass.parent, `${family}_${each}`),
        );
        const isAsked = skips.some((each) => query.test(keyOf(each)) || !isKnown(keyOf(each)));
        if (!query.test(text) && !isAsked && !isAmongFiles(pass) && !dropsQuery(pass)) {
          said.add(key);
          yield {
            at: headSpan(key.directive),
            message: 'the key lacks the query: ?a=2 gets the answer of ?a=1',
            related: [{ at: headSpan(pass.directive), note: 'hands the query on' }],
            help: 'add $is_args$args, or use $request_uri',
          };
          continue;
        }
        if (hosts.test(text)) continue;
        const server = around(pass, 'server');
        // Different paths have different keys, and the same backend has the same pages, unless it is told the host.
        const place = enclosingLocation(pass);
        const id = [zone, text, place?.modifier, place?.path.value].join(' ');
        const other = seen.get(id);
        if (!other) seen.set(id, pass);
        const theirServer = other && around(other, 'server');
        if (!other || theirServer === server) continue;
        const isSame = other.directive.args[0]?.text === pass.directive.args[0]?.text;
        const isTold = inForce(pass.parent, `${family}_set_header`).some(isHostOfClient);
        if (isSame && !isTold && (family === 'proxy' || family === 'grpc')) continue;
        const [mine, theirs] = [namesOf(server), namesOf(theirServer)];
        const [first, second] = [theirs[0], mine[0]];
        if (first === undefined || second === undefined || mine.some((each) => theirs.includes(each)))
          continue;
        said.add(key);
        yield {
          at: headSpan(key.directive),
          message: `the key lacks the host: ${first} gets the answers of ${second}`,
          related: [{ at: headSpan(pass.directive), note: 'stores under the same key' }],
          help: 'add $host, or $proxy_host where the backend decides',
        };
      }
    }
  },
});
