import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { nameKeys, type Server, type Socket, socketsOf } from '../../src/model/nginx/index.ts';

interface Claim {
  readonly server: Server;
  readonly at: Span;
  readonly name: string;
}

/** The names of a server; one without any answers requests without a name. */
function* claims(server: Server): Generator<Claim> {
  for (const { value, at } of server.names) yield { server, at, name: value };
  if (server.names.length === 0) {
    yield { server, at: headSpan(server.statement.directive), name: '' };
  }
}

function* conflicts({ bound }: Socket): Generator<{ first: Claim; second: Claim }> {
  const taken = new Map<string, Claim>();
  for (const server of new Set(bound.map((each) => each.server))) {
    for (const claim of claims(server)) {
      const keys = nameKeys(claim.name);
      const first = keys.map((key) => taken.get(key)).find((each) => each !== undefined);
      if (first) yield { first, second: claim };
      for (const key of keys) if (!taken.has(key)) taken.set(key, claim);
    }
  }
}

export default rule({
  scope: 'nginx',
  id: 'conflicting-server-name',
  severity: 'warning',
  summary: 'Two servers of one socket have the same name',
  why: `
nginx starts, warns (\`conflicting server name "www.example.com" on 0.0.0.0:80, ignored\`) and takes the name away from the second
server: everything that is set there for this name has no effect. Which one is second is decided by the order of files in
an include. \`.example.com\` is \`example.com\` and \`*.example.com\`; servers without \`server_name\` all have the empty name.
`,
  sources: ['nginx: ngx_http_server_names(), ngx_hash_add_key()'],
  bad: [
    {
      title: 'One name in two servers, and twice in one',
      files: `
        server {
            listen 80;
            server_name example.com www.example.com;
            return 301 https://$host$request_uri;
        }
        server {
            listen *:80;
            server_name .example.com;
                        ^^^^^^^^^^^^ another server on *:80 has the name example.com, this one is ignored
            return 204;
        }
        server {
            listen 80;
            server_name api.example.org API.example.org;
                                        ^^^^^^^^^^^^^^^ this server has the name api.example.org twice
            return 204;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Another socket, another wildcard, patterns',
      files: `
        server {
            listen 80;
            server_name example.com;
            return 301 https://$host$request_uri;
        }
        server {
            listen 443 ssl;
            server_name example.com;
            ssl_certificate /etc/ssl/a.pem;
            ssl_certificate_key /etc/ssl/a.key;
            return 204;
        }
        server {
            listen 80;
            server_name *.example.com ~^(.+)\\.example\\.com$;
            return 204;
        }
        server {
            listen 80;
            server_name ~^(.+)\\.example\\.com$;
            return 204;
        }
      `,
    },
  ],
  *check({ servers, templates }) {
    const said = new Set<string>();
    for (const socket of socketsOf(servers)) {
      if (socket.module !== 'http') continue;
      for (const { first, second } of conflicts(socket)) {
        const id = `${second.at.source.path} ${second.at.start} ${first.at.source.path} ${first.at.start}`;
        if (said.has(id) || templates.has(second.at.source)) continue;
        said.add(id);
        const name = first.name === '' ? 'the empty name' : `the name ${first.name}`;
        yield {
          at: second.at,
          message:
            first.server === second.server
              ? `this server has ${name} twice`
              : `another server on ${socket.key} has ${name}, this one is ignored`,
          related: [{ at: first.at, note: 'the first' }],
          // One of them may have lost its names.
          grounds: [
            [
              second.at,
              ...(first.name === ''
                ? [first, second].map(({ server }) => ({
                    ...headSpan(server.statement.directive),
                    lacks: 'server_name',
                  }))
                : []),
            ],
          ],
        };
      }
    }
  },
});
