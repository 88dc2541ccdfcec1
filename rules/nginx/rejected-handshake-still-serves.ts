import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  answerOf,
  defaultOf,
  indentOf,
  isTls,
  locationOf,
  type Statement,
  socketsOf,
} from '../../src/model/nginx/index.ts';

/** Whether every request that gets as far as this server is answered by a code. */
const answersAll = (server: Statement): boolean =>
  answerOf(server) !== undefined ||
  server.body.some((each) => {
    if (each.name !== 'location' || answerOf(each) === undefined) return false;
    const { path } = locationOf(each);
    return path.value === '/';
  });

export default rule({
  scope: 'nginx',
  id: 'rejected-handshake-still-serves',
  severity: 'warning',
  risk: 5.3,
  summary: 'A server that refuses handshakes still answers requests that come in by another name',
  why: `
\`ssl_reject_handshake on;\` refuses clients that ask for an unknown name in the handshake. The name in the \`Host\` header is another one: a
client that shakes hands as \`shop.example.com\` and then asks for \`Host: nobody\` is led to the default server, and gets what that one
serves, which is at least the folder of nginx's pages.

Write \`return 444;\` or \`return 421;\` into the server.
`,
  sources: [
    'nginx documentation: ngx_http_ssl_module (ssl_reject_handshake)',
    'nginx: ngx_http_find_virtual_server(), ngx_http_set_virtual_server()',
  ],
  bad: [
    {
      title: 'The server for unknown names has no answer of its own',
      files: `
        server {
            listen 443 ssl default_server;
            ssl_reject_handshake on;
            ^^^^^^^^^^^^^^^^^^^^^^^ requests with an unknown Host are still answered from here
        }
        server {
            listen 443 ssl;
            server_name shop.example.com;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
        }
      `,
      fixed: `
        server {
            listen 443 ssl default_server;
            ssl_reject_handshake on;
            return 444;
        }
        server {
            listen 443 ssl;
            server_name shop.example.com;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
        }
      `,
    },
  ],
  good: [
    {
      title: 'An answer, or no other server',
      files: `
        server {
            listen 443 ssl default_server;
            ssl_reject_handshake on;
            location / {
                return 421;
            }
        }
        server {
            listen 443 ssl;
            server_name shop.example.com;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
        }
        server {
            listen 444 ssl;
            ssl_reject_handshake on;
        }
      `,
    },
  ],
  *check({ servers, inForce, named }) {
    if (named('ssl_reject_handshake').length === 0) return;
    const said = new Set<Statement>();
    for (const socket of socketsOf(servers)) {
      const server = defaultOf(socket)?.server;
      const other = socket.bound.find((each) => each.server !== server);
      if (socket.module !== 'http' || !server || !other || said.has(server.statement)) continue;
      if (!socket.bound.some(({ listen }) => isTls(listen))) continue;
      const statement = server.statement.body.find(({ name }) => name === 'ssl_reject_handshake');
      const counts = inForce(server.statement, 'ssl_reject_handshake')[0];
      if (!statement || statement !== counts || statement.directive.args[0]?.text.toLowerCase() !== 'on')
        continue;
      if (answersAll(server.statement)) continue;
      said.add(server.statement);
      const { source, close } = statement.directive;
      const indent = indentOf(statement.directive);
      yield {
        at: headSpan(statement.directive),
        message: 'requests with an unknown Host are still answered from here',
        related: [{ at: headSpan(other.server.statement.directive), note: 'whose name opens the door' }],
        ...(close > 0
          ? {
              fix: {
                title: 'refuse these requests, too',
                safe: false,
                edits: [{ source, start: close + 1, end: close + 1, text: `\n${indent}return 444;` }],
              },
            }
          : { help: 'add return 444' }),
      };
    }
  },
});
