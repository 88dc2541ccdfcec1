import { rule } from '../../src/lint/rule.ts';
import {
  type Bound,
  defaultOf,
  defaultWord,
  isNameless,
  type Server,
  socketsOf,
} from '../../src/model/nginx/index.ts';

/** A server as its owner knows it. */
const title = ({ server, listen }: Bound): string =>
  server.names[0]?.value ?? `the server at ${listen.at.source.path}`;

export default rule({
  scope: 'nginx',
  id: 'catch-all-not-default',
  severity: 'warning',
  summary: 'A server named _ gets no requests, for another is the default of its socket',
  absence: true,
  why: `
The name \`_\` means nothing to nginx: it is a name that nobody asks for. A request whose name no server has goes to the default of
the socket: the server with \`default_server\`, else the first one. Where that is another server, the one with the name \`_\` never
answers, and strangers get a site that was not meant for them instead of its refusal.
`,
  sources: [
    'nginx documentation: How nginx processes a request; Server names (miscellaneous names)',
    'nginx: ngx_http_find_virtual_server()',
  ],
  bad: [
    {
      title: 'The first server is the default',
      files: `
        events {}
        http {
            server {
                listen 80;
                server_name shop.example.com;
                root /srv/shop;
            }
            server {
                listen 80;
                server_name _;
                            ^ on *:80 no request gets here: shop.example.com is the default
                return 444;
            }
        }
      `,
      fixed: `
        events {}
        http {
            server {
                listen 80;
                server_name shop.example.com;
                root /srv/shop;
            }
            server {
                listen 80 default_server;
                server_name _;
                return 444;
            }
        }
      `,
    },
    {
      title: 'The file of another server comes first',
      files: {
        'nginx.conf': `
          events {}
          http {
              include conf.d/*.conf;
          }
        `,
        'conf.d/a.conf': `
          server {
              listen 80;
              server_name a.example.com;
              root /srv/a;
          }
        `,
        'conf.d/default.conf': `
          server {
              listen 80;
              server_name _;
                          ^ on *:80 no request gets here: a.example.com is the default
              return 444;
          }
        `,
      },
    },
    {
      title: 'Another server is marked',
      files: `
        events {}
        http {
            server {
                listen 80;
                server_name _;
                            ^ on *:80 no request gets here: shop.example.com is the default
                return 444;
            }
            server {
                listen 80 default_server;
                server_name shop.example.com;
                root /srv/shop;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'First, marked, alone on its socket, with another name, or with a pattern that matches',
      files: `
        events {}
        http {
            server {
                listen 80;
                server_name _;
                return 444;
            }
            server {
                listen 80;
                listen 81;
                server_name shop.example.com;
                root /srv/shop;
            }
            server {
                listen 81 default_server;
                listen 82;
                server_name _;
                return 444;
            }
            server {
                listen 81;
                server_name wiki.example.com --;
                root /srv/wiki;
            }
            server {
                listen 81;
                server_name ~.;
                return 404;
            }
        }
      `,
    },
  ],
  *check({ servers }) {
    const said = new Set<Server>();
    for (const socket of socketsOf(servers)) {
      const chosen = defaultOf(socket);
      if (socket.module !== 'http' || !chosen || isNameless(chosen.server)) continue;
      const lost = socket.bound.find(({ server }) => isNameless(server));
      if (!lost || said.has(lost.server)) continue;
      said.add(lost.server);
      const end = lost.listen.parameters[0]?.at.start ?? lost.listen.at.end;
      yield {
        at: lost.server.names[0]!.at,
        message: `on ${socket.key} no request gets here: ${title(chosen)} is the default`,
        related: [
          { at: chosen.listen.at, note: defaultWord(chosen.listen) ? 'it is marked' : 'it comes first' },
        ],
        help: 'only default_server, or the first place, makes a server the default',
        ...(defaultWord(chosen.listen) || !lost.listen.written
          ? {}
          : {
              fix: {
                title: 'make this server the default',
                safe: false,
                edits: [
                  {
                    source: lost.listen.at.source,
                    start: end,
                    end,
                    text: end === lost.listen.at.end ? ' default_server' : 'default_server ',
                  },
                ],
              },
            }),
      };
    }
  },
});
