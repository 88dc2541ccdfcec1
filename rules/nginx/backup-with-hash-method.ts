import { rule } from '../../src/lint/rule.ts';
import { excludes } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'backup-with-hash-method',
  severity: 'error',
  summary: 'A backup server stands in an upstream whose method knows no backups',
  why: `
\`hash\`, \`ip_hash\` and \`random\` choose among all servers and know no backups. When the method stands before the server, nginx
refuses the file (\`balancing method does not support parameter "backup"\`). When it stands after, \`nginx -t\` accepts both, and
the backup is simply never used: with the other servers down, clients get 502.
`,
  sources: [
    'nginx: ngx_http_upstream_server(), ngx_http_upstream_hash(), ngx_http_upstream_ip_hash()',
    'nginx documentation: ngx_http_upstream_module (backup)',
  ],
  bad: [
    {
      title: 'Refused before, silently useless after',
      files: `
        upstream app {
            ip_hash;
            server 10.0.0.11:8080;
            server 10.0.0.12:8080;
            server 10.0.0.13:8080 backup;
                                  ^^^^^^ ip_hash knows no backup servers, so nginx refuses this one
        }
        upstream api {
            server 10.0.0.11:8081;
            server 10.0.0.12:8081;
            server 10.0.0.13:8081 backup;
                                  ^^^^^^ hash knows no backup servers, so this one is never used
            hash $request_uri consistent;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Methods that do know backups',
      files: `
        upstream app {
            least_conn;
            server 10.0.0.11:8080;
            server 10.0.0.12:8080 backup;
        }
        upstream api {
            server 10.0.0.11:8081;
            server 10.0.0.12:8081 backup;
        }
      `,
    },
  ],
  *check({ upstreams }) {
    for (const { method, servers, statement } of upstreams) {
      if (!method) continue;
      const at = statement.body.indexOf(method);
      for (const server of servers) {
        const backup = server.parameters.find(({ value }) => value === 'backup');
        if (!backup || !excludes(method, server, 'backup')) continue;
        const isRefused = at < statement.body.indexOf(server.statement);
        const what = isRefused ? 'so nginx refuses this one' : 'so this one is never used';
        const { source, name } = method.directive;
        yield {
          at: backup.at,
          message: `${method.name} knows no backup servers, ${what}`,
          related: [{ at: { source, start: name.start, end: name.end }, note: 'the method' }],
          help: 'use least_conn, or leave backup out',
        };
      }
    }
  },
});
