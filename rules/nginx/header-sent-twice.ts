import { headSpan } from '../../grammar/tree.ts';
import { type Finding, rule } from '../../src/lint/rule.ts';
import { repeatedHeaders } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'header-sent-twice',
  severity: 'warning',
  summary: 'A header with one value is sent twice',
  why: `
The second line does not take the place of the first: within one block nginx sends both. A backend has to answer a request with two
\`Host\` headers by 400, and nginx as a backend does; of two \`X-Real-IP\` each program takes the one it likes; a browser takes two
\`Access-Control-Allow-Origin\` for none. Most often one of them came by an \`include\`, such as the \`proxy_params\` of Debian.

Keep one of the two lines.
`,
  sources: [
    'nginx: ngx_http_proxy_init_headers(), ngx_http_headers_filter()',
    'RFC 9112, section 3.2: a server must answer a request with more than one Host by 400',
    'Fetch standard: CORS check',
  ],
  bad: [
    {
      title: 'Written twice; twice the same',
      files: `
        server {
            listen 80;
            location / {
                proxy_set_header Host $host;
                proxy_set_header X-Real-IP $remote_addr;
                proxy_set_header host $http_host;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ host is sent twice: both lines count
                proxy_set_header X-Real-IP $remote_addr;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ X-Real-IP is sent twice: both lines count
                proxy_pass http://10.0.0.11:8080;
            }
            location /fonts/ {
                add_header Access-Control-Allow-Origin *;
                add_header Access-Control-Allow-Origin https://app.example.com always;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Access-Control-Allow-Origin is sent twice: both lines count
                root /srv;
            }
        }
      `,
    },
    {
      title: 'By a file that is included',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  location / {
                      proxy_set_header Host $host;
                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ Host is sent twice: both lines count
                      include proxy.inc;
                      proxy_pass http://10.0.0.11:8080;
                  }
              }
          }
        `,
        'proxy.inc': `
          proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-Proto $scheme;
        `,
      },
    },
  ],
  good: [
    {
      title: 'Nothing in place of one, blocks of their own, one of two that may be empty, headers with lists',
      files: `
        map $http_upgrade $upgrade {
            default upgrade;
            '' '';
        }
        server {
            listen 80;
            proxy_set_header Host $host;
            location / {
                proxy_set_header Host $http_host;
                proxy_set_header Connection "";
                proxy_set_header Connection upgrade;
                proxy_set_header Via a;
                proxy_set_header Via b;
                proxy_pass http://10.0.0.11:8080;
            }
            location /ws/ {
                proxy_set_header Host $host;
                proxy_set_header Connection $upgrade;
                proxy_set_header Connection keep-alive;
                proxy_set_header Upgrade $http_upgrade;
                proxy_http_version 1.1;
                proxy_pass http://10.0.0.11:8080;
            }
            location /cookies/ {
                add_header Set-Cookie a=1;
                add_header Set-Cookie b=1;
                root /srv;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const [{ directive: other }, { directive }] of repeatedHeaders(model)) {
      const [header, value] = directive.args;
      const isHost = header!.text.toLowerCase() === 'host';
      const isSame = other.args[1]!.text === value!.text;
      yield {
        at: headSpan(directive),
        message: `${header!.text} is sent twice: both lines count`,
        related: [{ at: headSpan(other), note: isSame ? 'the same' : 'the other one' }],
        help: isHost ? 'servers answer such a request by 400; keep one of them' : 'keep one of them',
        ...(isHost ? { severity: 'error' } : {}),
      } satisfies Finding;
    }
  },
});
