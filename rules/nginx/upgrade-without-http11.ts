import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  endsConnections,
  keepsConnections,
  type NginxModel,
  type Pass,
  requestHeader,
  type Statement,
} from '../../src/model/nginx/index.ts';

/** What keeps a backend from changing the protocol; undefined where nothing does. */
const obstacle = (pass: Pass, model: NginxModel): string | undefined =>
  endsConnections(pass, model) ??
  (requestHeader(pass, 'connection', model)!.directive.args[1]!.text === ''
    ? 'it has no Connection'
    : undefined);

export default rule({
  scope: 'nginx',
  id: 'upgrade-without-http11',
  severity: 'warning',
  summary: 'Upgrade is handed on in a request in which backends have to ignore it',
  absence: true,
  why: `
The handshake of a WebSocket is a request of HTTP/1.1 with two headers, \`Upgrade\` and \`Connection: upgrade\`, and nginx hands on neither of
itself. Before nginx 1.29.7 it also speaks HTTP/1.0 to backends and says \`Connection: close\` unless told otherwise: most
backends answer 400 or 426, or take the request for an ordinary one, as they have to, and the client falls back to polling or tries again
for ever; some change the protocol all the same. It takes all three lines:

    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";

A location that sets any other header by \`proxy_set_header\` loses the ones of the levels around it.
`,
  sources: [
    'nginx documentation: WebSocket proxying; ngx_http_proxy_module (proxy_http_version)',
    'RFC 9110 section 7.8; RFC 6455 section 4.1',
    'nginx: CHANGES 1.29.7',
  ],
  bad: [
    {
      title: 'The version is missing, or the other header',
      files: `
        events {}
        http {
            server {
                listen 80;
                location /socket/ {
                    proxy_set_header Host $host;
                    proxy_set_header Upgrade $http_upgrade;
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ backends have to ignore the Upgrade of this request: it speaks HTTP/1.0
                    proxy_set_header Connection "upgrade";
                    proxy_pass http://10.0.0.11:8080;
                }
                location /events/ {
                    proxy_http_version 1.1;
                    proxy_set_header Host $host;
                    proxy_set_header Upgrade $http_upgrade;
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ backends have to ignore the Upgrade of this request: it says Connection: close
                    proxy_pass http://10.0.0.11:8080;
                }
            }
        }
      `,
      facts: { nginx: '1.22.1' },
    },
  ],
  good: [
    {
      title: 'All three lines, some of them further out, and a header that is taken away',
      files: `
        events {}
        http {
            map $http_upgrade $connection_upgrade {
                default upgrade;
                ''      '';
            }
            server {
                listen 80;
                proxy_http_version 1.1;
                proxy_set_header Host $host;
                proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection $connection_upgrade;
                location / {
                    proxy_pass http://10.0.0.11:8080;
                }
                location /plain/ {
                    proxy_http_version 1.0;
                    proxy_set_header Host $host;
                    proxy_set_header Upgrade "";
                    proxy_pass http://10.0.0.12:8080;
                }
            }
        }
      `,
      facts: { nginx: '1.22.1' },
    },
    {
      title: 'Lines for the whole server, of which one location has need',
      files: `
        events {}
        http {
            map $http_upgrade $connection_upgrade {
                default upgrade;
                ''      close;
            }
            server {
                listen 80;
                proxy_set_header Host $host;
                proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection $connection_upgrade;
                location / {
                    proxy_pass http://10.0.0.11:8080;
                }
                location /socket/ {
                    proxy_http_version 1.1;
                    proxy_pass http://10.0.0.11:8080;
                }
            }
        }
      `,
      facts: { nginx: '1.22.1' },
    },
    {
      title: 'From nginx 1.29.7 on backends are spoken to in HTTP/1.1',
      files: `
        events {}
        http {
            server {
                listen 80;
                location /socket/ {
                    proxy_set_header Host $host;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection "upgrade";
                    proxy_pass http://10.0.0.11:8080;
                }
            }
        }
      `,
      facts: { nginx: '1.29.7' },
    },
  ],
  *check(model) {
    if (model.named('proxy_set_header').length === 0 || keepsConnections(model.version)) return;
    // A line of an outer block may be meant for one location, and the others have no need of it.
    const works = new Set<Statement>();
    const obstacles = new Map<Statement, string>();
    for (const pass of model.passes) {
      if (pass.module !== 'http' || pass.statement.name !== 'proxy_pass') continue;
      const upgrade = requestHeader(pass, 'upgrade', model);
      if (!upgrade || works.has(upgrade) || upgrade.directive.args[1]?.text === '') continue;
      const because = obstacle(pass, model);
      if (because === undefined) works.add(upgrade);
      else if (!obstacles.has(upgrade)) obstacles.set(upgrade, because);
    }
    for (const [upgrade, because] of obstacles) {
      if (works.has(upgrade)) continue;
      yield {
        at: headSpan(upgrade.directive),
        message: `backends have to ignore the Upgrade of this request: ${because}`,
        help: 'set proxy_http_version 1.1 and proxy_set_header Connection "upgrade" beside it',
      };
    }
  },
});
