import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  enclosingServer,
  isLocalServer,
  isWidest,
  networkIn,
  type Statement,
} from '../../src/model/nginx/index.ts';

const networkOf = ({ directive }: Statement): string => directive.args[0]?.text ?? '';

export default rule({
  scope: 'nginx',
  id: 'realip-trusts-everyone',
  severity: 'error',
  risk: 6.5,
  summary: 'Every client is trusted to say what its address is',
  why: `
\`set_real_ip_from 0.0.0.0/0;\` takes the address in \`X-Forwarded-For\` for that of the client, whoever sends it. One header then passes every
\`allow\`, every limit and every ban, and the logs name whom the client likes to name: with
\`X-Forwarded-For: 10.0.0.1\` anybody is let in by \`allow 10.0.0.0/8; deny all;\`.

List the proxies that stand in front of this server.
`,
  sources: [
    'nginx documentation: ngx_http_realip_module (set_real_ip_from)',
    'nginx: ngx_http_realip_handler()',
  ],
  bad: [
    {
      title: 'All of the internet is a proxy of ours',
      files: `
        server {
            listen 80;
            set_real_ip_from 0.0.0.0/0;
            ^^^^^^^^^^^^^^^^^^^^^^^^^^ any client can say what its address is, by X-Forwarded-For
            real_ip_header X-Forwarded-For;
        }
      `,
    },
    {
      title: 'Of both families',
      files: `
        server {
            listen 80;
            set_real_ip_from 0.0.0.0/0;
            ^^^^^^^^^^^^^^^^^^^^^^^^^^ any client can say what its address is, by X-Forwarded-For
            set_real_ip_from ::/0;
            real_ip_header X-Forwarded-For;
            return 204;
        }
      `,
    },
    {
      title: 'Everybody in two halves',
      files: `
        server {
            listen 80;
            set_real_ip_from 0.0.0.0/1;
            set_real_ip_from 128.0.0.0/1;
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ any client can say what its address is, by X-Forwarded-For
            real_ip_header X-Forwarded-For;
            return 204;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Networks of proxies, the PROXY protocol, a socket for this machine only',
      files: `
        server {
            listen 80;
            set_real_ip_from 10.0.0.0/8;
            real_ip_header X-Forwarded-For;
        }
        server {
            listen 81 proxy_protocol;
            set_real_ip_from 0.0.0.0/0;
            real_ip_header proxy_protocol;
        }
        server {
            listen 127.0.0.1:82;
            set_real_ip_from 0.0.0.0/0;
        }
      `,
    },
  ],
  *check({ named, inForce }) {
    const told = new Set<Statement | undefined>();
    for (const statement of named('set_real_ip_from')) {
      const { directive, parent, context } = statement;
      const network = networkOf(statement);
      const isHalf =
        network === '128.0.0.0/1' &&
        inForce(parent, 'set_real_ip_from').some((each) => networkOf(each) === '0.0.0.0/1');
      if (!isHalf && !isWidest(networkIn(network))) continue;
      // Streams and mail know no header: there the address comes with the connection.
      if (/^(?:stream|mail)/.test(context)) continue;
      const server = enclosingServer(statement);
      if (server && isLocalServer(server)) continue;
      const header = inForce(parent, 'real_ip_header')[0]?.directive.args[0]?.text;
      const takesPlain = server?.listens.some(
        ({ parameters }) => !parameters.some(({ value }) => value === 'proxy_protocol'),
      );
      if (header === 'proxy_protocol' && !takesPlain) continue;
      // Everybody of IPv4 and everybody of IPv6 is one decision.
      if (told.has(parent)) continue;
      told.add(parent);
      yield {
        at: headSpan(directive),
        message: `any client can say what its address is, by ${header === undefined ? 'X-Real-IP' : header}`,
        help: 'list the proxies that stand in front of this server',
      };
    }
  },
});
