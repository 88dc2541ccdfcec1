import { rule } from '../../src/lint/rule.ts';
import { originChecks } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'origin-check-bypassable',
  severity: 'error',
  risk: 6.1,
  summary: 'A pattern that admits our own sites admits other people’s, too',
  why: `
A pattern for \`Origin\` or \`Referer\` has to say where the name ends, where it begins and that its dots are dots.
\`https?://.*example\\.com\` admits \`https://evil-example.com\`, \`https://example\\.com\` admits \`https://example.com.evil.net\`, and
\`^https://www.example\\.com$\` admits \`https://wwwxexample.com\`. Anybody can register these; their pages then read answers that were
meant for ours.

Anchor the pattern at both ends, write \`\\.\` for a dot, and allow names below yours by \`([a-z0-9-]+\\.)*\`.
`,
  sources: ['Fetch standard: CORS check', 'RFC 6454, section 7', 'RFC 9110, section 10.1.3'],
  bad: [
    {
      title: 'No end, no beginning, dots that are not',
      files: `
        map $http_origin $cors {
            default "";
            ~^https://example\\.com $http_origin;
            ^^^^^^^^^^^^^^^^^^^^^^ this pattern also admits https://example.comx.io
            ~*^https://.*example\\.org$ $http_origin;
            ^^^^^^^^^^^^^^^^^^^^^^^^^^ this pattern also admits https://xexample.org
        }
        server {
            listen 80;
            add_header Access-Control-Allow-Origin $cors;
            location /api {
                if ($http_origin ~ ^https://www.example\\.com$) {
                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^ this pattern also admits https://wwwxexample.com
                    add_header Access-Control-Allow-Origin $http_origin;
                }
                proxy_pass http://10.0.0.11;
            }
            location /download {
                if ($http_referer !~ ^https://example\\.com) {
                                     ^^^^^^^^^^^^^^^^^^^^^ this pattern also admits https://example.comx.io
                    return 403;
                }
                root /srv;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Both ends, names below ours, lists of the unwanted',
      files: `
        map $http_origin $cors {
            default "";
            "~^https://([a-z0-9-]+\\.)?example\\.com(:\\d+)?$" $http_origin;
            "~https://example\\.org$" $http_origin;
            ~^https?://localhost(:\\d+)?$ $http_origin;
        }
        map $http_referer $spam {
            default 0;
            ~semalt\\.com 1;
        }
        server {
            listen 80;
            add_header Access-Control-Allow-Origin $cors;
            if ($http_origin ~ evil) {
                return 403;
            }
            if ($http_referer !~ ^https://example\\.com/) {
                return 403;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, header, foreign } of originChecks(model)) {
      if (foreign === 'never') continue;
      yield {
        at,
        message: `this pattern also admits ${foreign}`,
        help: `anchor it with ^ and ${header === 'origin' ? '$' : 'a slash after the host'}, and write \\. for a dot`,
      };
    }
  },
});
