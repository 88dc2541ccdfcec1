import { rule } from '../../src/lint/rule.ts';
import { publicTlsTarget } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'upstream-sni-off',
  severity: 'info',
  absence: true,
  summary: 'A backend on the internet is not told by which name it is called',
  why: `
nginx sends no name in the handshake with a backend unless \`proxy_ssl_server_name on;\` says so. Providers that serve many names from one
address answer with the certificate of another one, or refuse: \`SSL_do_handshake() failed\`, and the client gets a 502.

Write \`proxy_ssl_server_name on;\`. The name sent is that in \`proxy_pass\`; where it names an upstream, give the real one by
\`proxy_ssl_name\`.
`,
  sources: ['nginx documentation: ngx_http_proxy_module (proxy_ssl_server_name)', 'RFC 6066, section 3'],
  bad: [
    {
      title: 'A service behind a shared address',
      files: `
        events {}
        http {
            server {
                listen 80;
                location / {
                    proxy_ssl_verify on;
                    proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
                    proxy_pass https://api.example.com;
                                       ^^^^^^^^^^^^^^^ api.example.com gets no server name (SNI) with the TLS handshake
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Told, or called by address',
      files: `
        events {}
        http {
            upstream api {
                server 203.0.114.9:443;
            }
            server {
                listen 80;
                proxy_ssl_server_name on;
                proxy_ssl_verify on;
                proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
                location / {
                    proxy_pass https://api;
                }
                location /b/ {
                    proxy_ssl_server_name off;
                    proxy_pass https://203.0.114.7;
                }
            }
        }
      `,
    },
  ],
  *check({ passes, upstreams, inForce }) {
    for (const pass of passes) {
      const target = publicTlsTarget(pass, upstreams);
      if (!target?.isName) continue;
      const family = pass.statement.name.replace('_pass', '');
      const sni = inForce(pass.statement.parent, `${family}_ssl_server_name`)[0];
      if (sni?.directive.args[0]?.text.toLowerCase() === 'on') continue;
      yield {
        at: pass.target.at,
        message: `${target.host} gets no server name (SNI) with the TLS handshake`,
        help: `write ${family}_ssl_server_name on`,
      };
    }
  },
});
