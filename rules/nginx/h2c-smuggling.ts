import { once } from '../../grammar/remembered.ts';
import { headSpan, type Word } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  around,
  locationOf,
  type NginxModel,
  ownGuard,
  type Statement,
} from '../../src/model/nginx/index.ts';

const nameOf = ({ directive }: Statement): string => directive.args[0]?.text.toLowerCase() ?? '';

const passOf = once(
  ({ body }: Statement): string | undefined =>
    body.find(({ name }) => name === 'proxy_pass')?.directive.args[0]?.text,
);

/** The first protected location of a server for each of its backends. */
const protectedIn = once(
  ({ body }: Statement) =>
    new Map(
      body
        .filter((each) => each.name === 'location' && ownGuard(each))
        .map((each) => [passOf(each), each] as const)
        .toReversed(),
    ),
);

/** Whether a location asks its backend for the change that the client wants. */
const agrees = (location: Statement, { inForce }: NginxModel): boolean =>
  inForce(location, 'proxy_set_header').some((each) => nameOf(each) === 'connection') &&
  inForce(location, 'proxy_http_version')[0]?.directive.args[0]?.text === '1.1';

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
  *check(model) {
    const leadsAround = once((location: Statement) => {
      const { path, modifier } = locationOf(location);
      const isForSockets =
        path.value === undefined || /ws|socket|sock|hub|signalr|live|cable|stream/i.test(path.value);
      if (isForSockets || modifier === '=') return undefined;
      const pass = passOf(location);
      const server = around(location, 'server');
      if (pass === undefined || !server || ownGuard(location)) return undefined;
      const other = protectedIn(server).get(pass);
      return other && agrees(location, model) ? other : undefined;
    });
    for (const { parent, directive } of model.where('proxy_set_header', handsOnUpgrade)) {
      const other = parent?.name === 'location' ? leadsAround(parent) : undefined;
      if (!other) continue;
      yield {
        at: headSpan(directive),
        message: 'any Upgrade is handed on, h2c too, which leads around the protected location',
        related: [{ at: headSpan(other.directive), note: 'the same backend, protected' }],
        help: 'hand on websocket alone: map $http_upgrade $upgrade { websocket websocket; }',
      };
    }
  },
});
