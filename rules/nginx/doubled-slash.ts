import { rule } from '../../src/lint/rule.ts';
import { doubledSlashes } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'doubled-slash',
  severity: 'warning',
  summary: 'A slash stands before a variable that begins with one',
  why: `
\`$request_uri\` and \`$uri\` begin with a slash. Behind another one \`/x\` becomes \`//x\`: some backends answer 404, others serve the page and
lose its relative links, and a cache keeps it twice. nginx itself takes both for one path, so that a redirect seems to work until
something else answers it.
`,
  sources: ['nginx documentation: ngx_http_core_module ($request_uri, $uri, merge_slashes)'],
  bad: [
    {
      title: 'In a redirect, in a target, and by a group that begins where the path does',
      files: `
        server {
            listen 80;
            resolver 127.0.0.53;
            location / {
                return 301 https://example.com/$request_uri;
                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ /x becomes //x: $request_uri begins with a slash
            }
            location /logs/ {
                set $backend http://logs.example.com:3100/loki/$uri;
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ /x becomes /loki//x: $uri begins with a slash
                proxy_pass $backend;
            }
            location /old/ {
                rewrite ^(.*)$ https://old.example.com/$1 permanent;
                               ^^^^^^^^^^^^^^^^^^^^^^^^^^ /x becomes //x: $1 begins with a slash
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            resolver 127.0.0.53;
            location / {
                return 301 https://example.com$request_uri;
            }
            location /logs/ {
                set $backend http://logs.example.com:3100/loki$uri;
                proxy_pass $backend;
            }
            location /old/ {
                rewrite ^(.*)$ https://old.example.com$1 permanent;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'No slash of its own, a group behind the first slash, a query, files',
      files: `
        server {
            listen 80;
            root /srv/www;
            location / {
                return 301 https://example.com$request_uri;
            }
            location /a/ {
                rewrite ^/a/(.*)$ https://a.example.com/$1 permanent;
            }
            location /b/ {
                return 302 https://login.example.com/?next=/$request_uri;
            }
            location /c/ {
                try_files /cache/$uri $uri =404;
            }
            location /d/ {
                set $key /d/$uri;
                return 302 https:/$request_uri;
            }
            location ~ ^/e(/.*)?/end$ {
                return 301 https://e.example.com/$arg_page;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, slash, variable, before } of doubledSlashes(model)) {
      yield {
        at,
        message: `/x becomes ${before}/x: $${variable} begins with a slash`,
        fix: { title: 'leave the slash before it out', safe: false, edits: [{ ...slash, text: '' }] },
      };
    }
  },
});
