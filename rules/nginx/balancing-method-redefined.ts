import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'balancing-method-redefined',
  severity: 'warning',
  summary: 'An upstream has two balancing methods, of which the last one counts',
  why: `
nginx keeps one method for each upstream and warns \`load balancing method redefined\`. The first has no effect: clients that
\`ip_hash\` was to keep on one backend change with each request when \`least_conn\` stands below it.

Leave the one that is meant. What \`least_conn\` is to decide between equals, \`random two least_conn\` does.
`,
  sources: [
    'nginx: ngx_http_upstream_ip_hash(), ngx_http_upstream_least_conn(), ngx_stream_upstream_hash()',
    'nginx documentation: ngx_http_upstream_module (hash, ip_hash, least_conn, random)',
  ],
  bad: [
    {
      title: 'Sessions were to stay, and the load to be even',
      files: `
        upstream app {
            ip_hash;
            ^^^^^^^ least_conn below takes its place
            least_conn;
            server 10.0.0.11:8080;
            server 10.0.0.12:8080;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Two words of one method; a method for each upstream',
      files: `
        upstream app {
            random two least_conn;
            server 10.0.0.11:8080;
            server 10.0.0.12:8080;
        }
        upstream api {
            hash $request_uri consistent;
            server 10.0.0.11:8081;
            server 10.0.0.12:8081;
            keepalive 32;
        }
      `,
    },
  ],
  *check({ upstreams }) {
    for (const { method, replaced } of upstreams) {
      for (const { directive } of replaced) {
        yield {
          at: headSpan(directive),
          message: `${method!.name} below takes its place`,
          related: [{ at: headSpan(method!.directive), note: 'the method that counts' }],
          help: 'leave the one that is meant',
        };
      }
    }
  },
});
