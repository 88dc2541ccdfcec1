import { rule } from '../../src/lint/rule.ts';
import { publicTlsTarget } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'upstream-tls-unverified',
  severity: 'info',
  risk: 5.9,
  absence: true,
  summary: 'A backend on the internet is reached by TLS, and its certificate is not checked',
  why: `
\`proxy_pass https://…\` encrypts, and talks to anybody who answers: nginx checks no certificate unless it is told to. Over networks of
others whoever is in the middle reads along.

Write \`proxy_ssl_verify on;\`, \`proxy_ssl_trusted_certificate\` with the authorities of the system, and \`proxy_ssl_server_name on;\`.
`,
  sources: ['nginx documentation: ngx_http_proxy_module (proxy_ssl_verify)', 'CWE-295'],
  bad: [
    {
      title: 'A service elsewhere',
      files: `
        events {}
        http {
            server {
                listen 80;
                location / {
                    proxy_pass https://203.0.114.7;
                                       ^^^^^^^^^^^ the certificate of 203.0.114.7 is not checked
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Checked, or in the own network',
      files: `
        events {}
        http {
            server {
                listen 80;
                location /a/ {
                    proxy_ssl_verify on;
                    proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
                    proxy_pass https://203.0.114.7;
                }
                location /b/ {
                    proxy_pass https://10.0.0.11;
                }
            }
        }
      `,
    },
  ],
  *check({ passes, upstreams, inForce }) {
    for (const pass of passes) {
      const target = publicTlsTarget(pass, upstreams);
      if (!target) continue;
      const family = pass.statement.name.replace('_pass', '');
      const verify = inForce(pass.statement.parent, `${family}_ssl_verify`)[0];
      if (verify?.directive.args[0]?.text.toLowerCase() === 'on') continue;
      yield {
        at: pass.target.at,
        message: `the certificate of ${target.host} is not checked`,
        help: `write ${family}_ssl_verify on and ${family}_ssl_trusted_certificate`,
      };
    }
  },
});
