import type { Word } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { within } from '../../src/model/nginx/index.ts';

const certificate = /\$\{?ssl_client_(?:raw_)?cert\b\}?/i;

export default rule({
  scope: 'nginx',
  id: 'certificate-in-header',
  severity: 'warning',
  summary: 'A header holds a client certificate with its line breaks',
  why: `
\`$ssl_client_raw_cert\` is the certificate with its line breaks, which end the header after \`-----BEGIN CERTIFICATE-----\`: the rest
arrives as twenty broken headers, and most backends answer 400. \`$ssl_client_cert\` indents the lines with tabs, an old way to continue
a header that RFC 9112 forbids to send and servers refuse.

\`$ssl_client_escaped_cert\` (1.13.5) is the certificate in one line, percent-encoded; the backend has to decode it.
`,
  sources: ['nginx documentation: ngx_http_ssl_module ($ssl_client_escaped_cert)', 'RFC 9112, section 5.2'],
  bad: [
    {
      title: 'Twenty lines for the backend',
      files: `
        server {
            listen 80;
            location / {
                proxy_set_header X-Client-Cert $ssl_client_raw_cert;
                                               ^^^^^^^^^^^^^^^^^^^^ $ssl_client_raw_cert holds line breaks, which end the header
                proxy_pass http://10.0.0.11;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location / {
                proxy_set_header X-Client-Cert $ssl_client_escaped_cert;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'One line, or no header',
      files: `
        server {
            listen 80;
            location / {
                proxy_set_header X-Client-Cert $ssl_client_escaped_cert;
                proxy_set_header X-Client-DN $ssl_client_s_dn;
                proxy_pass http://10.0.0.11;
            }
            location /app {
                fastcgi_param CLIENT_CERT $ssl_client_cert;
                fastcgi_pass 127.0.0.1:9000;
            }
        }
      `,
    },
  ],
  *check({ where }) {
    const isMeant = ([, value]: readonly Word[]) => value !== undefined && certificate.test(value.text);
    for (const { directive } of [...where('proxy_set_header', isMeant), ...where('add_header', isMeant)]) {
      const value = directive.args[1]!;
      const match = certificate.exec(value.text)!;
      const at = within(directive, value, match.index, match.index + match[0].length);
      yield {
        at,
        message: `${match[0]} holds line breaks, which end the header`,
        fix: {
          title: 'replace it by $ssl_client_escaped_cert, which the backend has to decode',
          safe: false,
          edits: [{ ...at, text: '$ssl_client_escaped_cert' }],
        },
      };
    }
  },
});
