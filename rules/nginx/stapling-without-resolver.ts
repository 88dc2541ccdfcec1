import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { isAddress } from '../../src/model/net.ts';
import { type Statement, staplingServers } from '../../src/model/nginx/index.ts';

/** Whether a responder is given by its address, so that nobody has to be asked for it. */
const isAddressed = ({ directive }: Statement): boolean => {
  const [, host = ''] = /^\w+:\/\/(\[[^\]]*\]|[^:/]*)/.exec(directive.args[0]?.text ?? '') ?? [];
  return isAddress(host.replace(/^\[|\]$/g, ''));
};

export default rule({
  scope: 'nginx',
  id: 'stapling-without-resolver',
  severity: 'warning',
  absence: true,
  summary: 'OCSP answers are to be stapled, and no resolver finds the responder',
  why: `
nginx asks for the address of the responder while it runs, and needs a \`resolver\` for that. Without one it has nothing but the addresses
that it found when it started, and says \`no resolver defined to resolve …\` in the log; once the responder moves, no answers are stapled.

Set \`resolver\` to the name server of the network.
`,
  sources: ['nginx documentation: ngx_http_ssl_module (ssl_stapling)', 'nginx: ngx_ssl_ocsp_request()'],
  bad: [
    {
      title: 'Nobody to ask for the name',
      files: `
        events {}
        http {
            server {
                listen 443 ssl;
                ssl_certificate /etc/ssl/shop.pem;
                ssl_certificate_key /etc/ssl/shop.key;
                ssl_stapling on;
                ^^^^^^^^^^^^^^^ no resolver is set to find the OCSP responder
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A resolver, a file, an address',
      files: `
        server {
            listen 443 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_stapling on;
            resolver 10.0.0.53;
        }
        server {
            listen 444 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_stapling on;
            ssl_stapling_file /etc/ssl/answer.der;
        }
        server {
            listen 445 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_stapling on;
            ssl_stapling_responder http://10.0.0.80/ocsp;
        }
      `,
    },
  ],
  *check({ servers, inForce }) {
    const said = new Set<Statement>();
    for (const { statement, server, hasNoResponder } of staplingServers(servers, inForce)) {
      if (hasNoResponder || said.has(statement) || inForce(server, 'resolver').length > 0) continue;
      if (inForce(server, 'ssl_stapling_responder').some(isAddressed)) continue;
      said.add(statement);
      yield {
        at: headSpan(statement.directive),
        message: 'no resolver is set to find the OCSP responder',
        help: 'write resolver and the address of a name server',
      };
    }
  },
});
