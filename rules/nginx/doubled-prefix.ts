import { rule } from '../../src/lint/rule.ts';
import { doubledPrefixes } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'doubled-prefix',
  severity: 'warning',
  summary: 'The path of the location stands before a variable that begins with it',
  why: `
\`$request_uri\` and \`$uri\` are the whole path that was asked for, that of the location included. Behind the same path once more,
\`/app/x\` becomes \`/app/app/x\`, and the backend answers 404. A redirect of that kind to the same server grows with each round.

Leave the path out before the variable; without a variable, \`proxy_pass http://backend/app/;\` in \`location /app/\` is right.
`,
  sources: [
    'nginx documentation: ngx_http_core_module ($request_uri, $uri); ngx_http_proxy_module (proxy_pass)',
  ],
  bad: [
    {
      title: 'In a target, by way of another variable, and in a redirect',
      files: `
        server {
            listen 80;
            resolver 127.0.0.53;
            location /app/ {
                proxy_set_header Host $host;
                proxy_pass http://10.0.0.11:8080/app$request_uri;
                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ /app/x becomes /app/app/x: $request_uri has /app in it
            }
            location ^~ /logs {
                set $logs http://logs.example.com:3100/logs/$uri;
                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ /logs/x becomes /logs/logs/x: $uri has /logs in it
                proxy_set_header Host $host;
                proxy_pass $logs;
            }
            location = /blog {
                return 301 https://blog.example.com/blog$request_uri;
                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ /blog becomes /blog/blog: $request_uri has /blog in it
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            resolver 127.0.0.53;
            location /app/ {
                proxy_set_header Host $host;
                proxy_pass http://10.0.0.11:8080$request_uri;
            }
            location ^~ /logs {
                set $logs http://logs.example.com:3100$uri;
                proxy_set_header Host $host;
                proxy_pass $logs;
            }
            location = /blog {
                return 301 https://blog.example.com$request_uri;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Another path, one that was taken off before, a location that others lead to',
      files: `
        events {}
        http {
            server {
                listen 80;
                location / {
                    return 301 https://www.example.com$request_uri;
                }
                location /a/ {
                    proxy_set_header Host $host;
                    proxy_pass http://10.0.0.11/tenant$request_uri;
                }
                location /b/ {
                    rewrite ^ /start break;
                    proxy_set_header Host $host;
                    proxy_pass http://10.0.0.11/b$uri;
                }
                location /c/ {
                    proxy_set_header Host $host;
                    proxy_pass http://10.0.0.11/c/;
                }
                location /d/ {
                    return 302 https://login.example.com/?next=/d$request_uri;
                }
                location ~ ^/e/ {
                    return 301 https://e.example.com/e$request_uri;
                }
                location /check {
                    proxy_set_header Host $host;
                    proxy_pass http://10.0.0.12/check$request_uri;
                }
                location /f/ {
                    auth_request /check;
                    root /srv;
                }
                location /g/ {
                    internal;
                    proxy_set_header Host $host;
                    proxy_pass http://10.0.0.12/g$request_uri;
                }
                location /h/ {
                    proxy_set_header Host $host;
                    proxy_pass http://10.0.0.12/h$request_uri;
                }
                location /i/ {
                    rewrite ^/i/(.*)$ /h/$1 last;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { statement, at, written, variable, prefix } of doubledPrefixes(model)) {
      const rest = statement.parent?.directive.args[0]?.text === '=' ? '' : '/x';
      yield {
        at,
        message: `${prefix}${rest} becomes ${prefix}${prefix}${rest}: $${variable} has ${prefix} in it`,
        fix: { title: 'leave it out before the variable', safe: false, edits: [{ ...written, text: '' }] },
      };
    }
  },
});
