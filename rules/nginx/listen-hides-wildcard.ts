import { rule } from '../../src/lint/rule.ts';
import { isLocal, nameKeys, type Server, type Socket, socketsOf } from '../../src/model/nginx/index.ts';

const serversOf = ({ bound }: Socket): readonly Server[] => [...new Set(bound.map(({ server }) => server))];

/** A server for a few people only: its address is meant to be its own. */
const isReserved = ({ statement }: Server): boolean =>
  statement.body.some(({ name }) => name === 'allow' || name === 'deny' || name === 'stub_status') ||
  statement.body.some(({ body }) => body.some(({ name }) => name === 'stub_status'));

export default rule({
  scope: 'nginx',
  id: 'listen-hides-wildcard',
  severity: 'warning',
  summary: 'A listen on one address hides the servers that listen on all of them',
  why: `
nginx chooses the socket first and the name second. A connection to 10.0.0.100:80 is answered by the servers that listen on exactly
this address; only when there is none, by those on \`*:80\`. So one \`listen 10.0.0.100:80\`, say for the virtual address, takes every
other site away from that address: requests for their names get the wrong server, and only over the virtual address.

Write the same \`listen\` in all of the servers, or none with an address.
`,
  sources: [
    'nginx: ngx_http_init_connection(), ngx_http_add_addrs()',
    'nginx documentation: How nginx processes a request',
  ],
  bad: [
    {
      title: 'The portal cannot be reached over the virtual address',
      files: `
        server {
            listen 10.0.0.100:80;
                   ^^^^^^^^^^^^^ over 10.0.0.100:80 the server portal.example.com cannot be reached
            server_name shop.example.com;
            return 204;
        }
        server {
            listen 80;
            server_name portal.example.com;
            return 204;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Loopback, a status page, and a server that listens on both',
      files: `
        server {
            listen 127.0.0.1:80;
            server_name localhost;
            return 204;
        }
        server {
            listen 10.0.0.1:80;
            server_name lb1.example.com;
            allow 10.0.0.0/24;
            deny all;
            root /srv;
        }
        server {
            listen 80;
            listen 10.0.0.100:80;
            server_name shop.example.com;
            return 204;
        }
      `,
    },
  ],
  *check({ servers }) {
    const sockets = socketsOf(servers).filter(({ module }) => module === 'http');
    for (const socket of sockets) {
      const { host, port, key, protocol, bound } = socket;
      if (host === '*' || host === '::' || isLocal(host)) continue;
      const all = host.includes(':') ? '::' : '*';
      const wild = sockets.find(
        (each) => each.host === all && each.port === port && each.protocol === protocol,
      );
      if (!wild) continue;
      const here = serversOf(socket);
      if (here.some(isReserved)) continue;
      const known = new Set(here.flatMap(({ names }) => names.flatMap(({ value }) => nameKeys(value))));
      const hidden = serversOf(wild).filter(
        (server) =>
          !here.includes(server) &&
          server.names.some(
            ({ value }) => value !== '' && value !== '_' && nameKeys(value).some((name) => !known.has(name)),
          ),
      );
      const [first] = hidden;
      if (!first) continue;
      const names = hidden.length > 1 ? `${hidden.length} servers` : `the server ${first.names[0]!.value}`;
      yield {
        at: bound[0]!.listen.at,
        message: `over ${key} ${names} cannot be reached`,
        related: hidden
          .slice(0, 3)
          .map(({ listens }) => ({ at: listens[0]!.at, note: `listens on ${all}:${port} only` })),
      };
    }
  },
});
