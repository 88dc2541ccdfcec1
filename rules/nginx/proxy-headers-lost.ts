import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { inWords, lostRequestHeaders } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'proxy-headers-lost',
  severity: 'warning',
  summary: 'A proxy_set_header drops the important headers of the level around it',
  why: `
\`proxy_set_header\` is inherited only by levels that have none of their own. One line in a location, for example for WebSocket, drops
all that the server sets: the backend then gets the name of the upstream as \`Host\`, no \`X-Forwarded-For\` and no
\`X-Forwarded-Proto\`, so that redirects go to http and logs name the balancer. Of a header that the server empties, \`X-User ""\`, the
backend gets what the client sends.

Repeat the lines, or put them into a file that both levels include.
`,
  sources: [
    'nginx documentation: ngx_http_proxy_module (proxy_set_header)',
    'nginx: ngx_conf_merge_ptr_value()',
  ],
  bad: [
    {
      title: 'The location for WebSocket',
      files: `
        server {
            listen 80;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            location / {
                proxy_pass http://10.0.0.11:8080;
            }
            location /socket/ {
                proxy_http_version 1.1;
                proxy_set_header Upgrade $http_upgrade;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Host and X-Forwarded-For of the outer level are lost here
                proxy_set_header Connection upgrade;
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
    },
    {
      title:
        'A server that drops what its locations would need as well, and a header that clients may send again',
      files: `
        events {}
        http {
            proxy_set_header Host $host;
            server {
                listen 80;
                proxy_set_header X-User "";
                ^^^^^^^^^^^^^^^^^^^^^^^^^^ Host of the outer level is lost here
                location /a {
                    proxy_set_header X-Port $server_port;
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ X-User of the outer level is lost here
                    proxy_pass http://10.0.0.11:8080;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The file that Debian ships sets them',
      files: `
        server {
            listen 80;
            proxy_set_header Host $host;
            location / {
                include proxy_params;
                proxy_set_header X-Request-Id $request_id;
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
    },
    {
      title: 'Repeated, or nothing is handed on',
      files: `
        server {
            listen 80;
            proxy_set_header Host $host;
            proxy_set_header Accept-Encoding "";
            location / {
                proxy_pass http://10.0.0.11:8080;
            }
            location /socket/ {
                proxy_set_header host $host;
                proxy_set_header Upgrade $http_upgrade;
                proxy_pass http://10.0.0.11:8080;
            }
            location /static/ {
                proxy_set_header X-Unused 1;
                root /srv;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { first, gone, names } of lostRequestHeaders(model)) {
      yield {
        at: headSpan(first.directive),
        message: `${inWords(names)} of the outer level ${names.length < 2 ? 'is' : 'are'} lost here`,
        related: gone
          .slice(0, 3)
          .map((each) => ({ at: headSpan(each.directive), note: 'does not count here' })),
        grounds: [
          [
            headSpan(first.directive),
            ...gone.map((each) => headSpan(each.directive)),
            ...(first.parent
              ? names.map((name) => ({
                  ...headSpan(first.parent!.directive),
                  lacks: `${first.name} ${name.toLowerCase()}`,
                }))
              : []),
          ],
        ],
        help: 'repeat these lines here: a level with headers of its own inherits none',
      };
    }
  },
});
