import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { hasParameter, hasUnreadInclude, indentOf } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'resolve-without-zone',
  severity: 'error',
  summary: 'A server of an upstream is to be looked up again, and the upstream has no shared memory',
  why: `
With \`resolve\` all workers have to see the addresses that one of them finds, so nginx refuses the file without a \`zone\`:
\`resolving names at run time requires upstream "app" … to be in shared memory\`.

Write \`zone app 64k;\` into the upstream.
`,
  sources: [
    'nginx documentation: ngx_http_upstream_module (server, resolve)',
    'nginx: ngx_http_upstream_init_round_robin()',
  ],
  bad: [
    {
      title: 'The zone is missing',
      facts: { nginx: '1.28.0' },
      files: `
        resolver 10.0.0.53;
        upstream app {
            server app.example.com:8080 resolve;
                                        ^^^^^^^ nginx refuses resolve in an upstream without zone
        }
        server {
            listen 80;
            location / {
                proxy_pass http://app;
            }
        }
      `,
      fixed: `
        resolver 10.0.0.53;
        upstream app {
            zone app 64k;
            server app.example.com:8080 resolve;
        }
        server {
            listen 80;
            location / {
                proxy_pass http://app;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'With a zone',
      facts: { nginx: '1.28.0' },
      files: `
        resolver 10.0.0.53;
        upstream app {
            zone app 64k;
            server app.example.com:8080 resolve;
        }
        server {
            listen 80;
            location / {
                proxy_pass http://app;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { statement, servers, name } of model.upstreams) {
      const server = servers.find(({ parameters }) => parameters.some(({ value }) => value === 'resolve'));
      // An older nginx refuses the parameter itself.
      if (!server || hasParameter(model.version, server, 'resolve') === false) continue;
      if (statement.body.some((each) => each.name === 'zone')) continue;
      if (hasUnreadInclude(statement, model)) continue;
      const at = server.parameters.find(({ value }) => value === 'resolve')!.at;
      const first = statement.body[0]!.directive;
      const { source, name: word } = first;
      const indent = indentOf(first);
      yield {
        at,
        message: 'nginx refuses resolve in an upstream without zone',
        related: [{ at: headSpan(statement.directive), note: 'has no zone' }],
        fix: {
          title: 'add a zone',
          safe: false,
          edits: [{ source, start: word.start, end: word.start, text: `zone ${name.value} 64k;\n${indent}` }],
        },
      };
    }
  },
});
