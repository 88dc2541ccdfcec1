import { rule } from '../../src/lint/rule.ts';
import { type Bound, type Socket, socketsOf } from '../../src/model/nginx/index.ts';

/** Whether two modules cannot both listen: one address is the other, or is all addresses of its family. */
function overlaps(a: Socket, b: Socket): boolean {
  if (a.protocol !== b.protocol || a.port === undefined || a.port !== b.port) return false;
  if (a.host.includes(':') !== b.host.includes(':')) return false;
  const isWild = (host: string): boolean => host === '*' || host === '::';
  return a.host === b.host || isWild(a.host) || isWild(b.host);
}

const isShared = ({ bound }: Socket): boolean =>
  bound.some(({ listen }: Bound) => listen.parameters.some(({ value }) => value === 'reuseport'));

export default rule({
  scope: 'nginx',
  id: 'http-stream-port-clash',
  severity: 'error',
  summary: 'http and stream listen on the same port',
  why: `
\`nginx -t\` is content, as it takes no notice of an address that is in use. At the start the second \`bind()\` fails: \`bind() to
0.0.0.0:443 failed (98: Address already in use)\`, five times, and nginx gives up. http, stream and mail do not know of each other’s
sockets; \`*:443\` in one and \`10.0.0.100:443\` in another are too close as well.

To tell TLS from others on one port, let stream have it (\`ssl_preread\`) and pass on to http on another port or a UNIX socket.
`,
  sources: ['nginx: ngx_open_listening_sockets()', 'Linux: ip(7), socket(7) SO_REUSEADDR'],
  bad: [
    {
      title: 'Both want 443',
      files: `
        events {}
        stream {
            server {
                listen 443;
                proxy_pass 10.0.0.11:443;
            }
        }
        http {
            server {
                listen 10.0.0.100:443 ssl;
                       ^^^^^^^^^^^^^^ stream listens on *:443 already
                ssl_certificate /etc/ssl/a.pem;
                ssl_certificate_key /etc/ssl/a.key;
                return 204;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'UDP, another family, another address',
      files: `
        events {}
        stream {
            server {
                listen 443 udp;
                proxy_pass 10.0.0.11:443;
            }
            server {
                listen [::]:80;
                proxy_pass 10.0.0.11:80;
            }
            server {
                listen 10.0.0.101:80;
                proxy_pass 10.0.0.12:80;
            }
        }
        http {
            server {
                listen 443 ssl;
                listen 10.0.0.100:80;
                ssl_certificate /etc/ssl/a.pem;
                ssl_certificate_key /etc/ssl/a.key;
                return 204;
            }
        }
      `,
    },
  ],
  *check({ servers }) {
    if (new Set(servers.map(({ module }) => module)).size < 2) return;
    const byPort = new Map<number | undefined, Socket[]>();
    for (const socket of socketsOf(servers)) {
      const list = byPort.get(socket.port) ?? [];
      byPort.set(socket.port, list);
      const other = list.find((each) => each.module !== socket.module && overlaps(each, socket));
      list.push(socket);
      if (!other || (isShared(other) && isShared(socket))) continue;
      const [first, second] = socket.module === 'http' ? [other, socket] : [socket, other];
      yield {
        at: second.bound[0]!.listen.at,
        message: `${first.module} listens on ${first.key} already`,
        related: [{ at: first.bound[0]!.listen.at, note: `the listen of ${first.module}` }],
        help: 'nginx -t accepts it, and the start fails: Address already in use',
      };
    }
  },
});
