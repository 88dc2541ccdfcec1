import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { droppedPaths } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'proxy-path-dropped',
  severity: 'warning',
  summary: 'With a variable in proxy_pass, its path takes the place of the whole request',
  why: `
Without variables, the path of \`proxy_pass\` replaces the text that the location matched, and the rest of the request follows it. With a
variable anywhere in it, be it only for the host, nginx sends the path as it is written: \`location /app/ { proxy_pass http://$backend/; }\`
asks the backend for \`/\` whatever the client asked for, and drops the query as well. A \`rewrite\` before it changes nothing.

Leave the path out, and the request goes on as it came. Where the prefix is to be taken off, let a \`rewrite\` do it:

    rewrite ^/app/(.*)$ /$1 break;
    proxy_pass http://$backend;
`,
  sources: [
    'nginx: ngx_http_proxy_eval(), ngx_http_proxy_create_request()',
    'nginx documentation: ngx_http_proxy_module (proxy_pass)',
  ],
  bad: [
    {
      title: 'Only the host is a variable, or all of it is one',
      files: `
        server {
            listen 80;
            resolver 127.0.0.53;
            location / {
                set $app app.example.com;
                proxy_pass http://$app:8080/;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ every path below / becomes /
            }
            location ^~ /builds/ {
                set $backend http://10.0.0.11:8080/builds/;
                rewrite ^/builds/(.*) /$1 break;
                proxy_pass $backend;
                ^^^^^^^^^^^^^^^^^^^ every path below /builds/ becomes /builds/
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'No path, the path of the request, one page, or no variable',
      files: `
        events {}
        http {
            map $cookie_stage $stage {
                default 10.0.0.11;
                beta    10.0.0.12;
            }
            server {
                listen 80;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://$stage;
                }
                location /a/ {
                    proxy_set_header Host $host;
                    proxy_pass http://$stage$request_uri;
                }
                location /b/ {
                    rewrite ^/b/(.*)$ /$1 break;
                    proxy_set_header Host $host;
                    proxy_pass http://$stage;
                }
                location /status {
                    proxy_set_header Host $host;
                    proxy_pass http://$stage/health;
                }
                location = /start {
                    proxy_set_header Host $host;
                    proxy_pass http://$stage/;
                }
                location /auth/ {
                    internal;
                    proxy_set_header Host $host;
                    proxy_pass http://$stage/auth/;
                }
                location /check {
                    proxy_set_header Host $host;
                    proxy_pass http://$stage/;
                }
                location /checked/ {
                    auth_request /check;
                    proxy_set_header Host $host;
                    proxy_pass http://$stage;
                }
                location /tunnel {
                    proxy_set_header Host errors.example.com;
                    proxy_pass http://$stage/api/1/envelope/;
                }
                location /search/ {
                    proxy_set_header Host $host;
                    proxy_pass http://$stage/?$args;
                }
                location ~ ^/c/(.*)$ {
                    proxy_set_header Host $host;
                    proxy_pass http://$stage/$1;
                }
                location /d/ {
                    proxy_set_header Host $host;
                    proxy_pass http://10.0.0.11/;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { pass, location, path } of droppedPaths(model)) {
      const { value, at } = location.path;
      // The path that is sent without one is the same.
      const isSame = path === value && pass.uri?.value === path;
      yield {
        at: headSpan(pass.statement.directive),
        message: `every path below ${value} becomes ${path}`,
        related: [{ at, note: 'a variable keeps this text from being replaced' }],
        ...(isSame
          ? { fix: { title: 'leave the path out', safe: false, edits: [{ ...pass.uri.at, text: '' }] } }
          : { help: 'leave the path out; to take a prefix off, use rewrite … break before it' }),
      };
    }
  },
});
