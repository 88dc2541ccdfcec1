import { headSpan, wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { refusedPages } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'error-page-refused',
  severity: 'warning',
  summary: 'The page of an error_page is refused as the request was',
  why: `
For its page nginx goes through the server again, as with a request for \`/503.html\`: past the \`return\` and the \`if\` of the server,
and past \`deny\` and \`auth_basic\`. What turned the request away turns the page away, and nginx sends its plain one. So the page for
maintenance is never seen while \`return 503;\` stands in the server, nor the page for 403 by those who are denied.

A named location skips what stands in the server: \`error_page 503 @maintenance;\`. Access is asked for there, too: write
\`allow all;\`, \`auth_basic off;\` or \`auth_request off;\` into the location of the page.
`,
  sources: [
    'nginx: ngx_http_special_response_handler(), ngx_http_internal_redirect(), ngx_http_named_location()',
    'nginx documentation: ngx_http_core_module (error_page, recursive_error_pages)',
  ],
  bad: [
    {
      title: 'Maintenance that answers its own page with 503',
      files: `
        server {
            listen 80;
            error_page 503 /maintenance.html;
                           ^^^^^^^^^^^^^^^^^ this page is refused with 503 as well: nginx sends its own
            if (-f /srv/maintenance) {
                return 503;
            }
            location = /maintenance.html {
                root /srv/pages;
            }
            location / {
                root /srv/www;
            }
        }
      `,
    },
    {
      title: 'Who is denied may not read why',
      files: `
        server {
            listen 80;
            allow 10.0.0.0/8;
            deny all;
            error_page 403 /403.html;
                           ^^^^^^^^^ this page is refused with 403 as well: nginx sends its own
            root /srv/www;
        }
      `,
    },
    {
      title: 'A login that asks for a login',
      files: `
        server {
            listen 80;
            auth_request /auth;
            error_page 401 = /login;
                             ^^^^^^ this page is refused with 401 as well: nginx sends its own
            location / {
                root /srv/www;
            }
            location = /login {
                proxy_pass http://10.0.0.12;
            }
            location = /auth {
                internal;
                proxy_pass http://10.0.0.12;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A named location, a condition on the path, pages that everybody may have',
      files: `
        server {
            listen 80;
            error_page 503 @maintenance;
            if (-f /srv/maintenance) {
                return 503;
            }
            location @maintenance {
                root /srv/pages;
                try_files /maintenance.html =503;
            }
            location / {
                root /srv/www;
            }
        }
        server {
            listen 81;
            error_page 503 /maintenance.html;
            if ($uri != /maintenance.html) {
                return 503;
            }
            root /srv/www;
        }
        server {
            listen 82;
            allow 10.0.0.0/8;
            deny all;
            error_page 403 /403.html;
            location = /403.html {
                allow all;
                root /srv/pages;
            }
            location / {
                root /srv/www;
            }
        }
        server {
            listen 83;
            error_page 403 /403.html;
            location / {
                root /srv/www;
            }
            location /admin/ {
                allow 10.0.0.0/8;
                deny all;
                root /srv/www;
            }
        }
      `,
    },
    {
      title: 'Refusals of the unwanted, beside others that the page is for',
      files: `
        server {
            listen 80;
            server_name shop.example.com;
            deny 192.0.2.10;
            error_page 403 404 /sorry.html;
            if ($http_user_agent ~ scanner) {
                return 403;
            }
            root /srv/www;
        }
      `,
    },
  ],
  *check(model) {
    for (const { statement, target, code, by } of refusedPages(model)) {
      yield {
        at: wordSpan(statement.directive, target),
        message: `this page is refused with ${code} as well: nginx sends its own`,
        related: [{ at: headSpan(by.directive), note: 'asked again for the page' }],
        help:
          by.name === 'return'
            ? 'lead it to a location of its own, a named one where the server itself refuses'
            : `give the page a location of its own with ${by.name === 'deny' ? 'allow all' : `${by.name} off`}`,
      };
    }
  },
});
