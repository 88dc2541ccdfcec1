import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { type Statement, staplingServers } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'stapling-without-responder',
  severity: 'info',
  summary: 'OCSP answers are to be stapled to a certificate whose authority gives none',
  why: `
Let's Encrypt ended OCSP in 2025: its certificates name no responder since May, and the responders are off since August. nginx says
\`"ssl_stapling" ignored, no OCSP responder URL in the certificate\` at every start and staples nothing.

Write \`ssl_stapling off;\` for these certificates. Nothing is lost: browsers get revocations in other ways.
`,
  sources: ['Let’s Encrypt: Ending OCSP Support in 2025', 'nginx: ngx_ssl_stapling_responder()'],
  bad: [
    {
      title: 'A certificate from Let’s Encrypt',
      files: `
        server {
            listen 443 ssl;
            ssl_certificate /etc/letsencrypt/live/example.com/fullchain.pem;
            ssl_certificate_key /etc/letsencrypt/live/example.com/privkey.pem;
            ssl_stapling on;
            ^^^^^^^^^^^^^^^ certificates of Let’s Encrypt name no OCSP responder: nothing is stapled
            resolver 10.0.0.53;
        }
      `,
      fixed: `
        server {
            listen 443 ssl;
            ssl_certificate /etc/letsencrypt/live/example.com/fullchain.pem;
            ssl_certificate_key /etc/letsencrypt/live/example.com/privkey.pem;
            ssl_stapling off;
            resolver 10.0.0.53;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Off, from a file, another authority',
      files: `
        resolver 10.0.0.53;
        server {
            listen 443 ssl;
            ssl_certificate /etc/letsencrypt/live/example.com/fullchain.pem;
            ssl_certificate_key /etc/letsencrypt/live/example.com/privkey.pem;
            ssl_stapling off;
        }
        server {
            listen 444 ssl;
            ssl_certificate /etc/letsencrypt/live/example.com/fullchain.pem;
            ssl_certificate_key /etc/letsencrypt/live/example.com/privkey.pem;
            ssl_stapling on;
            ssl_stapling_file /etc/ssl/answer.der;
        }
        server {
            listen 445 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_stapling on;
        }
      `,
    },
  ],
  *check({ servers, inForce }) {
    const said = new Set<Statement>();
    for (const { statement, certificates, hasNoResponder } of staplingServers(servers, inForce)) {
      if (!hasNoResponder || said.has(statement)) continue;
      said.add(statement);
      const { directive } = statement;
      const [word] = directive.args;
      yield {
        at: headSpan(directive),
        message: 'certificates of Let’s Encrypt name no OCSP responder: nothing is stapled',
        related: [{ at: headSpan(certificates[0]!.directive), note: 'this certificate' }],
        fix: {
          title: 'switch it off',
          safe: false,
          edits: [{ source: directive.source, start: word!.start, end: word!.end, text: 'off' }],
        },
      };
    }
  },
});
