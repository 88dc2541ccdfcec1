import { headSpan, type Word } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { around, locationOf, ownGuard, type Statement } from '../../src/model/nginx/index.ts';

const nameOf = ({ directive }: Statement): string => directive.args[0]?.text.toLowerCase() ?? '';

const passOf = ({ body }: Statement): string | undefined =>
  body.find(({ name }) => name === 'proxy_pass')?.directive.args[0]?.text;

const handsOnUpgrade = ([name, value]: readonly Word[]): boolean =>
  name?.text.toLowerCase() === 'upgrade' && /^\$\{?http_upgrade\}?$/.test(value?.text ?? '');

export default rule({
  scope: 'nginx',
  id: 'h2c-smuggling',
  severity: 'info',
  summary: 'Any Upgrade is handed on, beside locations of the same backend that are protected',
  why: `
nginx hands \`Upgrade: h2c\` on like that of a WebSocket. A backend that speaks HTTP/2 without TLS agrees, and from then on nginx copies
bytes: further requests on the connection reach any path of the backend, the protected ones included, and no location looks at them.

Hand on the one upgrade that is meant: \`map $http_upgrade $upgrade { websocket websocket; }\`.
`,
  sources: ['RFC 7540, section 3.2', 'nginx: ngx_http_upstream_upgrade()'],
  bad: [
    {
      title: 'Everything may be upgraded, and a part is protected',
      files: `
        server {
            listen 80;
            location / {
                proxy_http_version 1.1;
                proxy_set_header Upgrade $http_upgrade;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ any Upgrade is handed on, h2c too, which leads around the protected location
                proxy_set_header Connection upgrade;
                proxy_pass http://10.0.0.11;
            }
            location /admin/ {
                deny all;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A path for sockets, one kind of upgrade, nothing protected',
      files: `
        map $http_upgrade $upgrade {
            default "";
            websocket websocket;
        }
        server {
            listen 80;
            location /ws {
                proxy_http_version 1.1;
                proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection upgrade;
                proxy_pass http://10.0.0.11;
            }
            location /admin/ {
                deny all;
                proxy_pass http://10.0.0.11;
            }
            location / {
                proxy_http_version 1.1;
                proxy_set_header Upgrade $upgrade;
                proxy_set_header Connection upgrade;
                proxy_pass http://10.0.0.11;
            }
        }
        server {
            listen 81;
            location / {
                proxy_http_version 1.1;
                proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection upgrade;
                proxy_pass http://10.0.0.12;
            }
        }
      `,
    },
  ],
  *check({ where, inForce }) {
    const guarded = new Map<Statement, readonly Statement[]>();
    const guardedIn = (server: Statement): readonly Statement[] => {
      const known = guarded.get(server);
      if (known) return known;
      const found = server.body.filter((each) => each.name === 'location' && passOf(each) && ownGuard(each));
      guarded.set(server, found);
      return found;
    };
    for (const { parent, directive } of where('proxy_set_header', handsOnUpgrade)) {
      if (parent?.name !== 'location') continue;
      const { path, modifier } = locationOf(parent);
      if (
        path.value === undefined ||
        modifier === '=' ||
        /ws|socket|sock|hub|signalr|live|cable|stream/i.test(path.value)
      )
        continue;
      const pass = passOf(parent);
      const server = around(parent, 'server');
      if (pass === undefined || !server || ownGuard(parent)) continue;
      const other = guardedIn(server).find((each) => passOf(each) === pass);
      if (!other) continue;
      if (!inForce(parent, 'proxy_set_header').some((each) => nameOf(each) === 'connection')) continue;
      if (inForce(parent, 'proxy_http_version')[0]?.directive.args[0]?.text !== '1.1') continue;
      yield {
        at: headSpan(directive),
        message: 'any Upgrade is handed on, h2c too, which leads around the protected location',
        related: [{ at: headSpan(other.directive), note: 'the same backend, protected' }],
        help: 'hand on websocket alone: map $http_upgrade $upgrade { websocket websocket; }',
      };
    }
  },
});
