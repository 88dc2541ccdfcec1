import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { keepsConnections } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'keepalive-before-method',
  severity: 'warning',
  summary: 'keepalive stands before the balancing method, which switches it off',
  why: `
Before nginx 1.29.7, \`keepalive\` wraps the method that is chosen at that point. A method that comes later replaces both: nginx
warns \`load balancing method redefined\` and opens a new connection to the backend for each request.
`,
  sources: [
    'nginx: ngx_http_upstream_keepalive()',
    'nginx documentation: ngx_http_upstream_module (keepalive)',
  ],
  bad: [
    {
      title: 'least_conn comes too late',
      files: `
        upstream app {
            server 10.0.0.11:8080;
            server 10.0.0.12:8080;
            keepalive 32;
            ^^^^^^^^^^^^ least_conn after it switches keepalive off
            least_conn;
        }
      `,
    },
  ],
  good: [
    {
      title: 'The method first; from 1.29.7 on the order is free',
      facts: { nginx: '1.29.7' },
      files: `
        upstream app {
            server 10.0.0.11:8080;
            server 10.0.0.12:8080;
            keepalive 32;
            least_conn;
        }
        upstream api {
            least_conn;
            server 10.0.0.11:8081;
            server 10.0.0.12:8081;
            keepalive 32;
        }
      `,
    },
  ],
  *check({ upstreams, version }) {
    if (keepsConnections(version)) return;
    for (const { statement, method } of upstreams) {
      const { body } = statement;
      const keepalive = body.find(({ name }) => name === 'keepalive');
      if (!keepalive || !method || body.indexOf(method) < body.indexOf(keepalive)) continue;
      yield {
        at: headSpan(keepalive.directive),
        message: `${method.name} after it switches keepalive off`,
        related: [{ at: headSpan(method.directive), note: 'the method' }],
        help: `put ${method.name} before keepalive`,
      };
    }
  },
});
