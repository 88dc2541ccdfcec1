import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'only-backup-servers',
  severity: 'error',
  summary: 'An upstream has no server at all, or none but backups',
  why: `
nginx does not start: \`no servers in upstream "app"\` when all are backups, \`no servers are inside upstream\` when the block is
empty. Mostly the others were commented out for maintenance: use \`down\` for that.
`,
  sources: ['nginx: ngx_http_upstream_init_round_robin(), ngx_http_upstream()'],
  bad: [
    {
      title: 'The primary was commented out',
      files: `
        upstream app {
        ^^^^^^^^^^^^ app has only backup servers
            # server 10.0.0.11:8080;
            server 10.0.0.12:8080 backup;
            server 10.0.0.13:8080 backup;
        }
        upstream api {
        ^^^^^^^^^^^^ api has no server
            # server 10.0.0.11:8081;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Servers that come with an include',
      files: {
        'nginx.conf': `
          events {}
          http {
              upstream app {
                  server 10.0.0.12:8080 backup;
                  include servers.conf;
              }
              server {
                  listen 80;
                  location / {
                      proxy_set_header Host $host;
                      proxy_pass http://app;
                  }
              }
          }
        `,
        'servers.conf': 'server 10.0.0.11:8080;\n',
      },
    },
    {
      title: 'Servers that come by the API of NGINX Plus',
      files: `
        events {}
        http {
            upstream app {
                zone app 64k;
                queue 100;
            }
            server {
                listen 80;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://app;
                }
                location = /status {
                    status;
                    allow 127.0.0.1;
                    deny all;
                }
            }
        }
      `,
    },
  ],
  *check({ upstreams, hasForeignModules, complete }) {
    for (const { statement, servers, name } of upstreams) {
      const { directive, body } = statement;
      if (
        !directive.body ||
        servers.some(({ parameters }) => !parameters.some(({ value }) => value === 'backup'))
      )
        continue;
      // Lua, a state file, or a file that could not be read may bring servers.
      if (
        body.some(
          (each) =>
            /^(?:include|state|upsync|balancer_by_lua)/.test(each.name) &&
            (!complete || each.name !== 'include'),
        )
      )
        continue;
      if (servers.length === 0 && hasForeignModules) continue;
      const { source, args, name: word } = directive;
      yield {
        at: { source, start: word.start, end: (args[0] ?? word).end },
        message: servers.length > 0 ? `${name.value} has only backup servers` : `${name.value} has no server`,
        help: 'nginx does not start',
        grounds: [[{ ...headSpan(directive), lacks: 'server' }]],
      };
    }
  },
});
