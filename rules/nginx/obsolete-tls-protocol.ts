import { rule } from '../../src/lint/rule.ts';
import { inWords, obsoleteVersions } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'obsolete-tls-protocol',
  severity: 'warning',
  risk: 5.9,
  summary: 'A version of SSL or TLS is allowed that must not be used any more',
  why: `
SSL 2 and 3 are broken (RFC 6176, RFC 7568), and TLS 1.0 and 1.1 rest on MD5 and SHA-1 and are deprecated (RFC 8996). Browsers have
refused them since 2020. OpenSSL 3 leaves them out by itself unless its security level is lowered, so that the words often do nothing
but fail audits.

Write \`ssl_protocols TLSv1.2 TLSv1.3;\`. Of the servers on one socket the default one decides on the versions.
`,
  sources: ['RFC 8996', 'RFC 7568', 'nginx documentation: ngx_http_ssl_module (ssl_protocols)'],
  bad: [
    {
      title: 'Copied from a guide of 2015',
      files: `
        server {
            listen 443 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_protocols TLSv1 TLSv1.1 TLSv1.2;
                          ^^^^^^^^^^^^^ TLSv1 and TLSv1.1 are obsolete
        }
      `,
      fixed: `
        server {
            listen 443 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_protocols TLSv1.2 TLSv1.3;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Current versions, or the default',
      files: `
        server {
            listen 443 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_protocols TLSv1.2 TLSv1.3;
            location / {
                proxy_pass http://10.0.0.11;
                proxy_ssl_protocols TLSv1.2;
            }
        }
        server {
            listen 444 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
        }
      `,
    },
  ],
  *check(model) {
    for (const { statement, words } of obsoleteVersions(model)) {
      const { directive } = statement;
      const { source, args } = directive;
      yield {
        at: { source, start: words[0].start, end: words.at(-1)!.end },
        message: `${inWords(words.map(({ text }) => text))} ${words.length < 2 ? 'is' : 'are'} obsolete`,
        fix: {
          title: 'allow TLSv1.2 and TLSv1.3',
          safe: false,
          edits: [{ source, start: args[0]!.start, end: args.at(-1)!.end, text: 'TLSv1.2 TLSv1.3' }],
        },
      };
    }
  },
});
