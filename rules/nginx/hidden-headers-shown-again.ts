import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { inWords, linesBefore, shownHeaders } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'hidden-headers-shown-again',
  severity: 'info',
  summary: 'A proxy_hide_header lets pass the headers that the level around it hides',
  why: `
\`proxy_hide_header\` and its like are inherited only by levels that have none of their own. A location that hides one header more shows
those that the server hides, such as \`X-Powered-By\`.

Repeat the lines.
`,
  sources: [
    'nginx documentation: ngx_http_proxy_module (proxy_hide_header)',
    'nginx: ngx_http_upstream_hide_headers_hash()',
  ],
  bad: [
    {
      title: 'One header more in the location',
      files: `
        server {
            listen 80;
            proxy_hide_header X-Powered-By;
            location / {
                proxy_hide_header X-Runtime;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^ X-Powered-By, hidden on the outer level, is shown here
                proxy_pass http://10.0.0.11;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            proxy_hide_header X-Powered-By;
            location / {
                proxy_hide_header X-Powered-By;
                proxy_hide_header X-Runtime;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Repeated, hidden anyway, let pass by intent, no backend',
      files: `
        server {
            listen 80;
            proxy_hide_header X-Powered-By;
            proxy_hide_header Server;
            location / {
                proxy_hide_header x-powered-by;
                proxy_pass http://10.0.0.11;
            }
            location /a/ {
                proxy_hide_header X-A;
                proxy_pass_header X-Powered-By;
                proxy_pass http://10.0.0.11;
            }
            location /b/ {
                proxy_hide_header X-B;
                root /srv;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { first, gone, names } of shownHeaders(model)) {
      yield {
        at: headSpan(first.directive),
        message: `${inWords(names)}, hidden on the outer level, ${names.length < 2 ? 'is' : 'are'} shown here`,
        related: gone
          .slice(0, 3)
          .map((each) => ({ at: headSpan(each.directive), note: 'does not count here' })),
        fix: { title: 'repeat these lines here', safe: false, edits: [linesBefore(first, gone)] },
      };
    }
  },
});
