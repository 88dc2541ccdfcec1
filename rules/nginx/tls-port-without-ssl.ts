import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { unencryptedServers } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'tls-port-without-ssl',
  severity: 'warning',
  summary: 'A server has a certificate, and its port of TLS speaks plain HTTP',
  absence: true,
  why: `
The port does not decide: only \`ssl\` in \`listen\` makes nginx speak TLS. Without it \`listen 443;\` takes plain HTTP, the certificate
beside it is never used, and browsers say \`ERR_SSL_PROTOCOL_ERROR\` or \`SSL_ERROR_RX_RECORD_TOO_LONG\`. The directive \`ssl on;\`, which
did the same for a whole server, is gone since nginx 1.25.1.
`,
  sources: ['nginx documentation: Configuring HTTPS servers; ngx_http_core_module (listen)'],
  bad: [
    {
      title: 'The word is missing',
      files: `
        events {}
        http {
            server {
                listen 443;
                       ^^^ port 443 speaks plain HTTP: listen has no ssl
                listen [::]:443;
                server_name example.com;
                ssl_certificate /etc/ssl/example.pem;
                ssl_certificate_key /etc/ssl/example.key;
                root /srv/www;
            }
        }
      `,
      fixed: `
        events {}
        http {
            server {
                listen 443 ssl;
                listen [::]:443 ssl;
                server_name example.com;
                ssl_certificate /etc/ssl/example.pem;
                ssl_certificate_key /etc/ssl/example.key;
                root /srv/www;
            }
        }
      `,
    },
  ],
  good: [
    {
      title:
        'Another server turns it on for the socket, plain ports, and no certificate behind somebody who has one',
      files: `
        events {}
        http {
            server {
                listen 443 ssl;
                server_name a.example.com;
                ssl_certificate /etc/ssl/a.pem;
                ssl_certificate_key /etc/ssl/a.key;
                root /srv/a;
            }
            server {
                listen 443;
                server_name b.example.com;
                ssl_certificate /etc/ssl/b.pem;
                ssl_certificate_key /etc/ssl/b.key;
                root /srv/b;
            }
            server {
                listen 8080;
                server_name c.example.com;
                ssl_certificate /etc/ssl/c.pem;
                ssl_certificate_key /etc/ssl/c.key;
                root /srv/c;
            }
            server {
                listen 8443;
                server_name d.example.com;
                root /srv/d;
            }
        }
      `,
    },
    {
      title: 'As it was turned on before',
      files: `
        events {}
        http {
            server {
                listen 443;
                ssl on;
                ssl_certificate /etc/ssl/a.pem;
                ssl_certificate_key /etc/ssl/a.key;
                root /srv/a;
            }
        }
      `,
      facts: { nginx: '1.14.2' },
    },
  ],
  *check(model) {
    for (const { certificate, listens } of unencryptedServers(model)) {
      const [{ at, value }] = listens;
      yield {
        at,
        message: `port ${value.port} speaks plain HTTP: listen has no ssl`,
        related: [{ at: headSpan(certificate.directive), note: 'is never used' }],
        fix: {
          title: 'write ssl behind it',
          safe: false,
          edits: listens.map(({ at }) => ({ ...at, start: at.end, text: ' ssl' })),
        },
      };
    }
  },
});
