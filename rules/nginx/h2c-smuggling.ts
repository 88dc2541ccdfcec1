import { headSpan, type Word } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { around, locationOf, ownGuard, type Statement } from '../../src/model/nginx/index.ts';

const nameOf = ({ directive }: Statement): string => directive.args[0]?.text.toLowerCase() ?? '';

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
    for (const { parent, directive } of where('proxy_set_header', handsOnUpgrade)) {
      if (parent?.name !== 'location') continue;
      const { path, modifier } = locationOf(parent);
      if (
        path.value === undefined ||
        modifier === '=' ||
        /ws|socket|sock|hub|signalr|live|cable|stream/i.test(path.value)
      )
        continue;
      if (!inForce(parent, 'proxy_set_header').some((each) => nameOf(each) === 'connection')) continue;
      if (inForce(parent, 'proxy_http_version')[0]?.directive.args[0]?.text !== '1.1') continue;
      const pass = parent.body.find(({ name }) => name === 'proxy_pass')?.directive.args[0]?.text;
      const server = around(parent, 'server');
      const guarded = server?.body.find(
        (each) =>
          each.name === 'location' &&
          each !== parent &&
          ownGuard(each) &&
          each.body.some(({ name, directive }) => name === 'proxy_pass' && directive.args[0]?.text === pass),
      );
      if (!guarded || ownGuard(parent) || pass === undefined) continue;
      yield {
        at: headSpan(directive),
        message: 'any Upgrade is handed on, h2c too, which leads around the protected location',
        related: [{ at: headSpan(guarded.directive), note: 'the same backend, protected' }],
        help: 'hand on websocket alone: map $http_upgrade $upgrade { websocket websocket; }',
      };
    }
  },
});
