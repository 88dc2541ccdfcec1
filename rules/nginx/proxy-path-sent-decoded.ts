import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { decodedPath } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'proxy-path-sent-decoded',
  severity: 'info',
  summary: 'A path is handed on as nginx decoded it, and without its query',
  why: `
A \`proxy_pass\` with variables is sent as it is put together: nginx neither encodes it nor adds the query. With \`$uri\` or a group of it
\`/a%20b\` arrives as \`/a b\`, which is no valid request line, \`%3F\` becomes a \`?\`, and \`?q=1\` is lost.

Write \`$request_uri\`, or cut the path with \`rewrite … break;\` and leave \`proxy_pass\` without a path.
`,
  sources: [
    'nginx documentation: ngx_http_proxy_module (proxy_pass)',
    'nginx: ngx_http_proxy_create_request()',
  ],
  bad: [
    {
      title: 'A group of the path',
      files: `
        server {
            listen 80;
            location ~ ^/app/(.*)$ {
                proxy_pass http://10.0.0.11/$1;
                           ^^^^^^^^^^^^^^^^^^^ the backend gets the path decoded, and without the query
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'As the client sent it, with its query, files only, few characters',
      files: `
        server {
            listen 80;
            location /a/ {
                proxy_pass http://10.0.0.11$request_uri;
            }
            location ~ ^/b/(.*)$ {
                proxy_pass http://10.0.0.11/$1$is_args$args;
            }
            location ~ ^/c/(.*\\.(?:css|js))$ {
                proxy_pass http://10.0.0.11/$1;
            }
            location ~ ^/d/(.*\\.(?:css))$ {
                proxy_pass http://10.0.0.11/$1;
            }
            location /e/ {
                proxy_pass http://10.0.0.11/e/;
            }
            location ~ ^/f/([\\w.-]+)$ {
                proxy_pass http://10.0.0.11/$1;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const statement of model.named('proxy_pass')) {
      const path = decodedPath(statement, model);
      if (!path) continue;
      yield {
        at: wordSpan(statement.directive, statement.directive.args[0]!),
        message: 'the backend gets the path decoded, and without the query',
        related: path.trail.map(({ at, note }) => ({ at, note })),
        help: 'use $request_uri, or cut the path with rewrite … break and leave proxy_pass without one',
      };
    }
  },
});
