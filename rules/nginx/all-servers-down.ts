import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'all-servers-down',
  severity: 'error',
  summary: 'All servers of an upstream are marked as down',
  why: `
nginx accepts this and answers every request with 502 (\`no live upstreams\`). Mostly the second node of a pair was taken out while the
first still was. A page for maintenance is better served by \`return 503\`.
`,
  sources: ['nginx documentation: ngx_http_upstream_module (down)'],
  bad: [
    {
      title: 'Nobody is left',
      files: `
        upstream app {
        ^^^^^^^^^^^^ all servers of app are down
            server 10.0.0.11:8080 down;
            server 10.0.0.12:8080 down;
        }
      `,
    },
  ],
  good: [
    {
      title: 'A backup is left',
      files: `
        upstream app {
            server 10.0.0.11:8080 down;
            server 10.0.0.12:8080 backup;
        }
      `,
    },
  ],
  *check({ upstreams }) {
    for (const { statement, servers, name } of upstreams) {
      const isDown = servers.every(({ parameters }) => parameters.some(({ value }) => value === 'down'));
      const isLocal = statement.body.every((each) => each.name !== 'include');
      if (servers.length === 0 || !isDown || !isLocal) continue;
      const at = headSpan(statement.directive);
      // A server that is down on this node only is told of here.
      const grounds = [[at, ...servers.map((each) => headSpan(each.statement.directive))]];
      yield { at, message: `all servers of ${name.value} are down`, grounds };
    }
  },
});
