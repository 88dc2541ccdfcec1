import { rule } from '../../src/lint/rule.ts';
import { newGroups } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'curve-needs-newer-openssl',
  severity: 'info',
  summary: 'A group for the key exchange is named that older OpenSSL does not know',
  why: `
OpenSSL has the groups with ML-KEM from 3.5 on. With an older one nginx does not start: \`SSL_CTX_set1_curves_list("…") failed\`. A
configuration that is copied to a node with another distribution takes that node down at its next restart.

From OpenSSL 3.3 on a \`?\` before the name lets the group be left out where it is unknown: \`?X25519MLKEM768:X25519\`.
`,
  sources: ['OpenSSL: SSL_CONF_cmd(3), Groups', 'nginx: ngx_ssl_ecdh_curve()'],
  bad: [
    {
      title: 'A new group',
      files: `
        server {
            listen 443 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_ecdh_curve X25519MLKEM768:X25519:prime256v1;
                           ^^^^^^^^^^^^^^ nginx does not start with X25519MLKEM768 where OpenSSL is older than 3.5
        }
      `,
    },
  ],
  good: [
    {
      title: 'Left out where it is unknown',
      files: `
        server {
            listen 443 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_ecdh_curve ?X25519MLKEM768:X25519;
        }
        server {
            listen 444 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_ecdh_curve auto;
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, group } of newGroups(model)) {
      yield {
        at,
        message: `nginx does not start with ${group} where OpenSSL is older than 3.5`,
        help: 'a ? before the name leaves it out where it is unknown, from OpenSSL 3.3 on',
      };
    }
  },
});
