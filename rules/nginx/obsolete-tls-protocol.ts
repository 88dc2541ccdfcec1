import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { inWords } from '../../src/model/nginx/index.ts';

const obsolete = /^(?:SSLv2|SSLv3|TLSv1|TLSv1\.1)$/i;

const directives = ['ssl_protocols', 'proxy_ssl_protocols', 'grpc_ssl_protocols', 'uwsgi_ssl_protocols'];

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

Of the servers on one socket the default one decides on the versions.
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
  *check({ named }) {
    for (const name of directives) {
      for (const { directive, context } of named(name)) {
        const found = directive.args.filter(({ text }) => obsolete.test(text));
        const [first, last] = [found[0], found.at(-1)];
        if (!first || !last || context.startsWith('mail')) continue;
        const at = { source: directive.source, start: first.start, end: last.end };
        const whole = {
          ...wordSpan(directive, directive.args[0]!),
          end: directive.args.at(-1)!.end,
        };
        yield {
          at,
          message: `${inWords(found.map(({ text }) => text))} ${found.length < 2 ? 'is' : 'are'} obsolete`,
          fix: {
            title: 'allow TLSv1.2 and TLSv1.3',
            safe: false,
            edits: [{ ...whole, text: 'TLSv1.2 TLSv1.3' }],
          },
        };
      }
    }
  },
});
