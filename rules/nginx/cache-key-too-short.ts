import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { shortKeys } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'cache-key-too-short',
  severity: 'warning',
  risk: 5.3,
  summary: 'The key of a cache is the same for requests that have different answers',
  why: `
What has the same key gets the same answer. A key without the query gives \`?user=2\` the page of \`?user=1\`; one without the host gives one
site the pages of another that uses the same zone.

Leave \`proxy_cache_key\` away, nginx's default is \`$scheme$proxy_host$request_uri\`; or add what is lacking: \`$is_args$args\`, \`$host\`.
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
  *check(model) {
    for (const { key, pass, hosts } of shortKeys(model)) {
      yield {
        at: headSpan(key.directive),
        message: hosts
          ? `the key lacks the host: ${hosts[0]} gets the answers of ${hosts[1]}`
          : 'the key lacks the query: ?a=2 gets the answer of ?a=1',
        related: [
          { at: headSpan(pass.directive), note: hosts ? 'stores under the same key' : 'hands the query on' },
        ],
        help: hosts
          ? 'add $host, or $proxy_host where the backend decides'
          : 'add $is_args$args, or use $request_uri',
      };
    }
  },
});
