import { rule } from '../../src/lint/rule.ts';
import { argument, echoOf } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'uri-echoed-as-html',
  severity: 'warning',
  risk: 6.1,
  summary: 'An answer of type text/html repeats the decoded path of the request',
  why: `
\`$uri\` and what a regular expression takes out of it are decoded: \`%3Cscript%3E\` has become \`<script>\`. In a page of type \`text/html\`
the browser runs it, with the cookies of this site.

Answer with \`default_type text/plain;\`, or leave the path out. \`$request_uri\` and \`$arg_…\` stay encoded.
`,
  sources: ['nginx: ngx_http_send_response()', 'CWE-79'],
  bad: [
    {
      title: 'A page that names what was not found',
      files: `
        server {
            listen 80;
            location / {
                default_type text/html;
                return 404 "<p>There is no $uri here</p>";
                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a client can put a script into this page, by $uri
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Plain text, encoded text',
      files: `
        server {
            listen 80;
            location /a {
                default_type text/plain;
                return 200 "$uri";
            }
            location /b {
                default_type text/html;
                return 200 "<p>$request_uri</p>";
            }
            location ~ ^/c/([a-z]+)$ {
                default_type text/html;
                return 200 "<p>$1</p>";
            }
            location /d {
                return 200 "$uri";
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const statement of model.named('return')) {
      const echo = echoOf(statement, model);
      if (!echo) continue;
      const { part, request } = echo;
      yield {
        at: argument(statement.directive, 1)!.at,
        message: `a client can put a script into this page, by $${part.variable}`,
        related: part.trail.slice(0, 4),
        help: `${request} does it; answer as text/plain, or take $request_uri, which stays encoded`,
      };
    }
  },
});
