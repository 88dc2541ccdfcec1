import { rule } from '../../src/lint/rule.ts';
import { argument, corsFaults, type Statement } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'cors-reflects-any-origin',
  severity: 'error',
  summary: 'Any site may read answers with the cookies of its visitor',
  why: `
\`Access-Control-Allow-Origin\` with whatever \`Origin\` the request names, together with \`Access-Control-Allow-Credentials: true\`, tells the
browser that every site may send requests with the visitor’s cookies and read the answers: mails, balances, tokens against forged
requests. A page of https://evil.example sends \`Origin: https://evil.example\`, and is answered that it may.

Let a map decide which origins are ours: \`map $http_origin $cors { https://app.example.com $http_origin; }\`. A header without a
value is not sent.
`,
  sources: ['Fetch standard: CORS protocol and credentials'],
  bad: [
    {
      title: 'The origin as it comes, directly and through a map',
      files: `
        map $http_origin $cors {
            default $http_origin;
        }
        server {
            listen 80;
            location /a {
                add_header Access-Control-Allow-Origin $http_origin;
                                                       ^^^^^^^^^^^^ any site may read these answers with the cookies of its visitor
                add_header Access-Control-Allow-Credentials true;
                proxy_pass http://10.0.0.11;
            }
            location /a/methods {
                if ($request_method = OPTIONS) {
                    add_header Access-Control-Allow-Origin $http_origin;
                                                           ^^^^^^^^^^^^ any site may read these answers with the cookies of its visitor
                    add_header Access-Control-Allow-Credentials true;
                    return 204;
                }
                if ($request_method = POST) {
                    add_header Access-Control-Allow-Origin $http_origin;
                    add_header Access-Control-Allow-Credentials true;
                }
                proxy_pass http://10.0.0.11;
            }
            location /b {
                add_header Access-Control-Allow-Origin $cors;
                                                       ^^^^^ any site may read these answers with the cookies of its visitor
                add_header Access-Control-Allow-Credentials true;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Ours only, or without cookies',
      files: `
        map $http_origin $cors {
            default "";
            "~^https://(www\\.)?example\\.com$" $http_origin;
        }
        server {
            listen 80;
            location /a {
                add_header Access-Control-Allow-Origin $cors;
                add_header Access-Control-Allow-Credentials true;
                proxy_pass http://10.0.0.11;
            }
            location /b {
                add_header Access-Control-Allow-Origin $http_origin;
                proxy_pass http://10.0.0.11;
            }
            location /c {
                if ($http_origin ~ ^https://example\\.com$) {
                    add_header Access-Control-Allow-Origin $http_origin;
                    add_header Access-Control-Allow-Credentials true;
                }
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
    {
      title: 'A flag tells that the origin is ours',
      files: `
        map $http_origin $ours {
            "~^https://(www\\.)?example\\.com$" 1;
        }
        server {
            listen 80;
            location /a {
                if ($ours) {
                    add_header Access-Control-Allow-Origin $http_origin;
                    add_header Access-Control-Allow-Credentials true;
                }
                proxy_pass http://10.0.0.11;
            }
            location /b {
                set $cors "";
                if ($http_origin ~ ^https://shop\\.example\\.com$) {
                    set $cors yes;
                }
                if ($request_method = OPTIONS) {
                    set $cors "\${cors}-asked";
                }
                if ($cors = yes-asked) {
                    add_header Access-Control-Allow-Origin $http_origin;
                    add_header Access-Control-Allow-Credentials true;
                    return 204;
                }
                if ($cors = yes) {
                    add_header Access-Control-Allow-Origin $http_origin;
                    add_header Access-Control-Allow-Credentials true;
                }
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  *check(model) {
    // The same in several conditions of one location is one mistake.
    const said = new Map<Statement | undefined, Set<string>>();
    for (const { statement, credentials, part } of corsFaults(model)) {
      if (!part) continue;
      const { parent } = statement;
      const level = parent?.name === 'if' ? parent.parent : parent;
      const { at, value } = argument(statement.directive, 1)!;
      const values = said.get(level) ?? new Set();
      said.set(level, values);
      if (values.has(value)) continue;
      values.add(value);
      yield {
        at,
        message: 'any site may read these answers with the cookies of its visitor',
        related: [...part.trail.slice(0, 3), { at: credentials, note: 'cookies are sent along' }],
        help: 'let a map decide which origins are ours',
      };
    }
  },
});
