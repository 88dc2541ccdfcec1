import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { indentOf, inWords, linesBefore, lostHeaders } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'header-lost-by-inheritance',
  severity: 'warning',
  risk: 4.3,
  summary: 'An add_header drops the headers that the level around it adds',
  why: `
\`add_header\` is inherited only by levels that have none of their own. One \`Cache-Control\` in a location is enough that its answers
go out without the \`Strict-Transport-Security\`, \`X-Frame-Options\` or \`Content-Security-Policy\` of the server. An \`if\` in a
location is such a level, too. Nothing is logged, and \`nginx -t\` is content.

Repeat the lines, best by an \`include\` of one file in both places. From nginx 1.29.3 on \`add_header_inherit merge;\` keeps both lists.
`,
  sources: [
    'nginx documentation: ngx_http_headers_module (add_header, add_header_inherit)',
    'nginx: ngx_http_headers_merge_conf()',
  ],
  bad: [
    {
      title: 'Static files without the policy of the server',
      files: `
        server {
            listen 80;
            add_header X-Frame-Options DENY always;
            add_header Content-Security-Policy "default-src 'self'" always;
            location /static/ {
                add_header Cache-Control "max-age=86400";
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ X-Frame-Options and Content-Security-Policy of the outer level are lost here
                root /srv;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            add_header X-Frame-Options DENY always;
            add_header Content-Security-Policy "default-src 'self'" always;
            location /static/ {
                add_header X-Frame-Options DENY always;
                add_header Content-Security-Policy "default-src 'self'" always;
                add_header Cache-Control "max-age=86400";
                root /srv;
            }
        }
      `,
    },
    {
      title: 'A version that can keep both lists; a condition is a level',
      facts: { nginx: '1.29.3' },
      files: `
        server {
            listen 80;
            location / {
                add_header X-Frame-Options DENY;
                if ($arg_dl) {
                    add_header Content-Disposition attachment;
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ X-Frame-Options of the outer level is lost here
                }
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location / {
                add_header X-Frame-Options DENY;
                if ($arg_dl) {
                    add_header_inherit merge;
                    add_header Content-Disposition attachment;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The headers may come with a file that is not at hand',
      files: {
        'sites/app.conf': `
          server {
              listen 80;
              add_header X-Frame-Options DENY;
              location / {
                  include security-headers.conf;
                  add_header Cache-Control no-store;
                  root /srv/app;
              }
          }
        `,
      },
    },
    {
      title: 'Repeated, not missed, or an answer that needs none',
      files: `
        events {}
        http {
            add_header X-For-Others 1;
            server {
                listen 80;
                add_header X-Frame-Options DENY;
                add_header X-Cache $upstream_cache_status;
                add_header Cache-Control no-store;
                location /a {
                    add_header x-frame-options SAMEORIGIN;
                    expires 1d;
                }
                location /b {
                    add_header X-A 1;
                    return 301 /a;
                }
                location /c {
                    more_set_headers "X-A: 1";
                }
                location /d {
                    add_header Cache-Control max-age=60;
                    add_header X-Frame-Options "";
                }
                location /e {
                    add_header X-A 1 always;
                    return 403;
                }
                location /f {
                    add_header X-Frame-Options DENY;
                    add_header Cache-Control no-store;
                    add_header Access-Control-Allow-Origin *;
                    if ($request_method = OPTIONS) {
                        add_header Access-Control-Allow-Origin *;
                        add_header Access-Control-Max-Age 86400;
                        return 204;
                    }
                }
            }
        }
      `,
    },
    {
      title: 'Both lists are kept',
      facts: { nginx: '1.29.4' },
      files: `
        server {
            listen 80;
            add_header X-Frame-Options DENY;
            location / {
                add_header_inherit merge;
                add_header X-A 1;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { first, gone, names, canMerge } of lostHeaders(model)) {
      const { source, name } = first.directive;
      const at = { source, start: name.start, end: name.start };
      yield {
        at: headSpan(first.directive),
        message: `${inWords(names)} of the outer level ${names.length < 2 ? 'is' : 'are'} lost here`,
        related: gone
          .slice(0, 3)
          .map((each) => ({ at: headSpan(each.directive), note: 'does not count here' })),
        fix: canMerge
          ? {
              title: 'keep the headers of the outer level',
              safe: true,
              edits: [{ ...at, text: `${first.name}_inherit merge;\n${indentOf(first.directive)}` }],
            }
          : { title: 'repeat these lines here', safe: false, edits: [linesBefore(first, gone)] },
      };
    }
  },
});
