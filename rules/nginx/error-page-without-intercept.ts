import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { givenByBackend, inWords, pageCodes } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'error-page-without-intercept',
  severity: 'info',
  summary: 'An error_page for codes of the backend, which nginx hands on as they come',
  why: `
\`error_page\` is for the errors of nginx. An answer of the backend goes to the client as it is, with its own page: behind
\`error_page 404 /404.html;\` and a \`proxy_pass\`, \`GET /nowhere\` still shows the 404 of the application.

Write \`proxy_intercept_errors on;\` (\`fastcgi_intercept_errors\`, …) beside it, or leave the page to the backend.
`,
  sources: [
    'nginx documentation: ngx_http_proxy_module (proxy_intercept_errors)',
    'nginx: ngx_http_upstream_intercept_errors()',
  ],
  bad: [
    {
      title: 'A page for what the application does not find',
      files: `
        server {
            listen 80;
            location / {
                error_page 404 /404.html;
                ^^^^^^^^^^^^^^^^^^^^^^^^ 404 of the backend is handed on as it comes, without this page
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Intercepted, codes of nginx, files',
      files: `
        server {
            listen 80;
            location /a/ {
                proxy_intercept_errors on;
                error_page 404 /404.html;
                proxy_pass http://10.0.0.11;
            }
            location /b/ {
                error_page 404 502 504 /sorry.html;
                proxy_pass http://10.0.0.11;
            }
            location /c/ {
                error_page 404 /404.html;
                root /srv;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const page of model.named('error_page')) {
      const family = givenByBackend(page, model);
      if (family === undefined) continue;
      const codes = pageCodes(page);
      yield {
        at: headSpan(page.directive),
        message: `${inWords(codes)} of the backend ${codes.length < 2 ? 'is' : 'are'} handed on as ${codes.length < 2 ? 'it comes' : 'they come'}, without this page`,
        help: `write ${family}_intercept_errors on beside it`,
      };
    }
  },
});
