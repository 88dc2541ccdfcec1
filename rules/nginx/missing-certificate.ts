import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  type Bound,
  defaultOf,
  isTls,
  type NginxModel,
  type Server,
  socketsOf,
  tlsClients,
} from '../../src/model/nginx/index.ts';

const has = ({ inForce }: NginxModel, { statement }: Server, name: string): number =>
  inForce(statement, name).length;

/** A word that is neither on nor off was hardly meant to be what is the default. */
const rejects = ({ inForce }: NginxModel, { statement }: Server): boolean => {
  const [setting] = inForce(statement, 'ssl_reject_handshake');
  return setting !== undefined && setting.directive.args[0]?.text.toLowerCase() !== 'off';
};

/** The servers of each TLS socket that must have a certificate and have none (ngx_http_ssl_init()). */
function* withoutCertificate(model: NginxModel): Generator<Bound> {
  for (const socket of socketsOf(model.servers)) {
    if (!socket.bound.some(({ listen }) => isTls(listen))) continue;
    const lacks = ({ server }: Bound): boolean => has(model, server, 'ssl_certificate') === 0;
    if (socket.module !== 'http') {
      yield* socket.bound.filter((each) => isTls(each.listen) && lacks(each));
      continue;
    }
    const first = defaultOf(socket)!;
    if (!lacks(first)) continue;
    if (!rejects(model, first.server)) yield first;
    else yield* socket.bound.filter((each) => each !== first && lacks(each) && !rejects(model, each.server));
  }
}

export default rule({
  scope: 'nginx',
  id: 'missing-certificate',
  severity: 'error',
  summary: 'A TLS socket has no certificate, or a certificate has no key',
  absence: true,
  why: `
nginx refuses the file: \`no "ssl_certificate" is defined for the "listen ... ssl" directive\`, with the line of the \`server {\`. It is
the *default* server of the socket that needs one, also when another server of the same address has it. A server that only turns
away unknown names may do without: \`ssl_reject_handshake on\` (1.19.4).

Each \`ssl_certificate\` needs its \`ssl_certificate_key\`: as many keys as certificates on the level that counts. So does a
\`proxy_ssl_certificate\` where the backend is spoken to by TLS.
`,
  sources: ['nginx: ngx_http_ssl_init(), ngx_http_ssl_merge_srv_conf(), ngx_stream_ssl_merge_conf()'],
  bad: [
    {
      title: 'The default server has none, and a key is missing',
      files: `
        events {}
        http {
            server {
                listen 443 ssl default_server;
                       ^^^ the default server of *:443 has no ssl_certificate
                server_name _;
                return 444;
            }
            server {
                listen 443 ssl;
                server_name www.example.com;
                ssl_certificate /etc/ssl/www.pem;
                ssl_certificate_key /etc/ssl/www.key;
                return 204;
            }
            server {
                listen 8443 ssl;
                server_name api.example.com;
                ssl_certificate /etc/ssl/api.pem;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no ssl_certificate_key belongs to this certificate
                location / {
                    proxy_set_header Host $host;
                    proxy_ssl_certificate /etc/ssl/client.pem;
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no proxy_ssl_certificate_key belongs to this certificate
                    proxy_pass https://10.0.0.11;
                }
            }
            server {
                listen 9443 ssl;
                server_name two.example.com;
                ssl_certificate /etc/ssl/two.rsa.pem;
                ssl_certificate_key /etc/ssl/two.rsa.key;
                ssl_certificate /etc/ssl/two.ecdsa.pem;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no ssl_certificate_key belongs to this certificate
                return 204;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Set further out, or turned away',
      files: `
        events {}
        http {
            ssl_certificate /etc/ssl/www.pem;
            ssl_certificate_key /etc/ssl/www.key;
            server {
                listen 443 ssl default_server;
                server_name _;
                ssl_reject_handshake on;
                return 444;
            }
            server {
                listen 443 ssl;
                server_name www.example.com;
                return 204;
            }
        }
      `,
    },
  ],
  *check(model) {
    const said = new Set<unknown>();
    for (const { server, listen } of withoutCertificate(model)) {
      if (said.has(server)) continue;
      said.add(server);
      const isDefault = server.module === 'http' && !rejects(model, server);
      const socket = socketsOf([{ ...server, listens: [listen] }])[0];
      yield {
        at: listen.at,
        message: isDefault
          ? `the default server of ${socket?.key} has no ssl_certificate`
          : `this server of ${socket?.key} has no ssl_certificate`,
        help: 'nginx does not start without one',
        grounds: [[{ ...headSpan(server.statement.directive), lacks: 'ssl_certificate' }]],
      };
    }
    for (const { level, family } of tlsClients(model.passes, model.inForce)) {
      const [certificate] = model.inForce(level, `${family}_ssl_certificate`);
      if (!certificate || said.has(certificate) || certificate.directive.args[0]?.text === '') continue;
      if (model.inForce(level, `${family}_ssl_certificate_key`).length > 0) continue;
      said.add(certificate);
      yield {
        at: headSpan(certificate.directive),
        message: `no ${family}_ssl_certificate_key belongs to this certificate`,
        help: 'nginx does not start without one',
      };
    }
    for (const server of model.servers) {
      for (const name of ['ssl', 'starttls']) {
        const [old] = model.inForce(server.statement, name);
        const value = old?.directive.args[0]?.text.toLowerCase() ?? '';
        if (!old || !/^(?:on|only)$/.test(value) || has(model, server, 'ssl_certificate') > 0) continue;
        yield {
          at: headSpan(old.directive),
          message: `${name} is ${value}, and there is no ssl_certificate`,
          help: 'nginx does not start without one',
        };
      }
      // Elsewhere certificates are not looked at where no socket needs them.
      if (server.module !== 'http' && !server.listens.some(isTls)) continue;
      const certificates = model.inForce(server.statement, 'ssl_certificate');
      const keys = has(model, server, 'ssl_certificate_key');
      const last = certificates.at(-1);
      if (!last || keys >= certificates.length) continue;
      yield {
        at: headSpan(last.directive),
        message: 'no ssl_certificate_key belongs to this certificate',
        help: 'nginx does not start without one',
        grounds: [[{ ...headSpan(server.statement.directive), lacks: 'ssl_certificate_key' }]],
      };
    }
  },
});
