import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { fallsThrough } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'denial-falls-through',
  severity: 'warning',
  summary: 'Who is turned away is sent to the same backend by error_page',
  why: `
\`error_page 403 = @app;\` answers a refusal with what the location \`@app\` says. Where that hands the request on to the backend which was
to be protected, everybody who is turned away gets there after all, and with the status of the backend.

Send refusals to a page or to a login, not to the application itself.
`,
  sources: ['nginx documentation: ngx_http_core_module (error_page)', 'nginx: ngx_http_send_error_page()'],
  bad: [
    {
      title: 'Denied, and handed on',
      files: `
        server {
            listen 80;
            location /admin/ {
                allow 10.0.0.0/8;
                deny all;
                error_page 403 = @app;
                ^^^^^^^^^^^^^^^^^^^^^ who gets 403 is handed on to the backend after all
                proxy_pass http://10.0.0.11;
            }
            location @app {
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A login, a page, another backend',
      files: `
        server {
            listen 80;
            location /a/ {
                auth_request /auth;
                error_page 401 = @login;
                proxy_pass http://10.0.0.11;
            }
            location @login {
                return 302 /login;
            }
            location /b/ {
                deny 192.0.2.1;
                deny all;
                error_page 403 /403.html;
                proxy_pass http://10.0.0.11;
            }
            location = /403.html {
                root /srv;
            }
            location = /auth {
                internal;
                proxy_pass http://10.0.0.12;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { statement, refused, target, codes } of fallsThrough(model)) {
      yield {
        at: headSpan(statement.directive),
        message: `who gets ${codes} is handed on to the backend after all`,
        related: [
          { at: headSpan(refused.directive), note: 'turned away here' },
          { at: headSpan(target.directive), note: 'and handed on here' },
        ],
        help: 'send refusals to a page or to a login',
      };
    }
  },
});
