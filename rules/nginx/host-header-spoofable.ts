import type { Directive, Word } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import type { Located } from '../../src/model/located.ts';
import { argument, around, type Statement } from '../../src/model/nginx/index.ts';

const unchecked = /^\$\{?http_host\}?(:\d+)?$/i;

const isUnchecked = ([name, value]: readonly Word[]): boolean =>
  name?.text.toLowerCase() === 'host' && value !== undefined && unchecked.test(value.text);

export default rule({
  scope: 'nginx',
  id: 'host-header-spoofable',
  severity: 'info',
  risk: 4.3,
  summary: 'The backend gets the Host header as the client wrote it, not the host that nginx went by',
  why: `
A request can name its host twice: \`GET http://shop.example.com/ HTTP/1.1\` with \`Host: evil.example\`. nginx goes by the first, and
\`$http_host\` hands on the second, so that the backend sees a name which no \`server_name\` let in: in its links, its password mails and its
cache.

\`$host\` is the name that nginx itself went by; where the port matters, \`$host:$server_port\`. Neither is a list of names that are
allowed: that is what a default server with \`return 444;\` is for.
`,
  sources: ['nginx: ngx_http_variable_host()', 'RFC 9112, section 3.2.2'],
  bad: [
    {
      title: 'The name as the client wrote it',
      files: `
        server {
            listen 80;
            server_name shop.example.com;
            location / {
                proxy_set_header Host $http_host;
                                      ^^^^^^^^^^ the backend gets the Host header unchecked; $host is the name that nginx went by
                proxy_pass http://10.0.0.11;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            server_name shop.example.com;
            location / {
                proxy_set_header Host $host;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
    {
      title: 'Several times in one server, which is one finding',
      files: {
        'nginx.conf': `
        events {}
        http {
            server {
                listen 80;
                server_name shop.example.com;
                location /a {
                    proxy_set_header Host $http_host;
                    proxy_pass http://10.0.0.11;
                }
                location /b {
                    include proxy.conf;
                    proxy_pass http://10.0.0.12;
                }
                location /c {
                    include proxy.conf;
                    proxy_pass http://10.0.0.13;
                }
                proxy_set_header Host $http_host:8080;
                                      ^^^^^^^^^^^^^^^ the backend gets the Host header unchecked; $host is the name that nginx went by
            }
        }
        `,
        'proxy.conf': `
        proxy_set_header Host $http_host;
        `,
      },
    },
  ],
  good: [
    {
      title: 'The name that nginx went by; a server for any name',
      files: `
        server {
            listen 80;
            server_name shop.example.com;
            location / {
                proxy_set_header Host $host;
                proxy_set_header X-Forwarded-Host $http_host;
                proxy_pass http://10.0.0.11;
            }
        }
        server {
            listen 81;
            server_name _;
            location / {
                proxy_set_header Host $http_host;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  *check({ where, servers }) {
    const anyName = new Set(
      servers
        .filter(({ names }) => names.every(({ value }) => value === '_'))
        .map(({ statement }) => statement),
    );
    const said = new Set<Directive>();
    // A server decides it once, wherever it writes it.
    const decisions = new Map<Statement | undefined, Located<string>[]>();
    for (const statement of where('proxy_set_header', isUnchecked)) {
      const { directive, parent } = statement;
      const server = around(statement, 'server');
      if ((server && anyName.has(server)) || said.has(directive)) continue;
      said.add(directive);
      const places = decisions.get(server) ?? [];
      decisions.set(server, places);
      const value = argument(directive, 1)!;
      if (parent === server) places.unshift(value);
      else places.push(value);
    }
    for (const places of decisions.values()) {
      const [first, ...more] = places;
      if (!first) continue;
      yield {
        at: first.at,
        message: 'the backend gets the Host header unchecked; $host is the name that nginx went by',
        related: more.map((each) => ({ at: each.at, note: 'and here' })),
        fix: {
          title: 'replace it by $host',
          safe: false,
          edits: places.map(({ at, value }) => ({ ...at, text: `$host${unchecked.exec(value)?.[1] ?? ''}` })),
        },
      };
    }
  },
});
