import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { isAddress } from '../../src/model/net.ts';

export default rule({
  scope: 'nginx',
  id: 'single-server-max-fails',
  severity: 'info',
  summary: 'max_fails and fail_timeout are set for the only server of an upstream',
  why: `
With a single address nginx ignores \`max_fails\`, \`fail_timeout\` and \`slow_start\`: there would be nobody left. A failed server keeps
getting every request. The parameters only look as if somebody watched over it.
`,
  sources: [
    'nginx documentation: ngx_http_upstream_module (server)',
    'nginx: ngx_http_upstream_init_round_robin()',
  ],
  bad: [
    {
      title: 'One server',
      files: `
        upstream app {
            server 10.0.0.11:8080 max_fails=3 fail_timeout=30s;
                                  ^^^^^^^^^^^ max_fails has no effect, app has only this server
        }
      `,
    },
  ],
  good: [
    {
      title: 'A backup counts, a name may have several addresses, and max_fails=0 says what is',
      files: `
        upstream app {
            server 10.0.0.11:8080 max_fails=3;
            server 10.0.0.12:8080 backup;
        }
        upstream api {
            server 10.0.0.11:8081 max_fails=0;
        }
      `,
    },
  ],
  *check({ upstreams }) {
    for (const { servers, name, statement } of upstreams) {
      const [only] = servers;
      if (servers.length !== 1 || !only || !isAddress(only.value.host ?? '')) continue;
      if (statement.body.some((each) => each.name === 'include')) continue;
      const parameter = only.parameters.find(({ value }) => /^(?:max_fails=[1-9]|fail_timeout=)/.test(value));
      if (!parameter || only.parameters.some(({ value }) => value === 'max_fails=0')) continue;
      yield {
        at: parameter.at,
        message: `${parameter.value.split('=')[0]} has no effect, ${name.value} has only this server`,
        grounds: [[parameter.at, { ...headSpan(statement.directive), lacks: 'server' }]],
      };
    }
  },
});
