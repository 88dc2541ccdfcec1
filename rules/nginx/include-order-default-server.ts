import { rule } from '../../src/lint/rule.ts';
import { defaultOf, defaultWord, isLocal, isNameless, socketsOf } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'include-order-default-server',
  severity: 'info',
  summary: 'The order of files decides which server is the default',
  why: `
Requests whose name no server has, and clients without SNI, get the default server of the socket: the one with
\`default_server\`, else the first. When the servers come from several files, the first is the one whose file name sorts first, byte
by byte: \`10.conf\` before \`2.conf\`, capitals before small letters. A new site, or a file that is named differently on the other
node, changes who answers.

Mark the one that is meant by \`default_server\`, best a server of its own with \`return 444;\`.
`,
  sources: [
    'nginx: ngx_http_add_server(), ngx_conf_include()',
    'nginx documentation: How nginx processes a request',
  ],
  bad: [
    {
      title: 'Whoever adds a file a.conf takes over unknown names',
      files: {
        'nginx.conf': `
          events {}
          http {
              include conf.d/*.conf;
          }
        `,
        'conf.d/portal.conf': `
          server {
              listen 80;
                     ^^ the order of files makes this server the default of *:80
              server_name portal.example.com;
              return 204;
          }
        `,
        'conf.d/shop.conf': `
          server {
              listen 80;
              server_name shop.example.com;
              return 204;
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'A marked default, and two servers that stand in one file',
      files: {
        'nginx.conf': `
          events {}
          http {
              include conf.d/*.conf;
          }
        `,
        'conf.d/portal.conf': `
          server {
              listen 80;
              listen 81;
              server_name portal.example.com;
              return 204;
          }
          server {
              listen 81;
              server_name wiki.example.com;
              return 204;
          }
        `,
        'conf.d/shop.conf': `
          server {
              listen 80 default_server;
              server_name shop.example.com;
              return 204;
          }
        `,
      },
    },
  ],
  *check({ servers, isMain }) {
    if (!isMain) return;
    const said = new Set<unknown>();
    for (const socket of socketsOf(servers)) {
      const { module, key, host, bound } = socket;
      if (module !== 'http' || isLocal(host) || bound.some(({ listen }) => defaultWord(listen))) continue;
      const sources = new Set(bound.map(({ server }) => server.statement.directive.source));
      const chosen = defaultOf(socket);
      // That server is meant, and is said not to be the default by another rule.
      if (chosen && !isNameless(chosen.server) && bound.some(({ server }) => isNameless(server))) continue;
      // One finding for a server with several sockets is enough.
      if (sources.size < 2 || !chosen || said.has(chosen.server)) continue;
      said.add(chosen.server);
      yield {
        at: chosen.listen.at,
        message: `the order of files makes this server the default of ${key}`,
        help: 'mark the server that is meant with default_server',
      };
    }
  },
});
