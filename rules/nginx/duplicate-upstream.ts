import { rule } from '../../src/lint/rule.ts';
import type { Upstream } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'duplicate-upstream',
  severity: 'error',
  summary: 'Two upstreams have one name',
  why: `
nginx does not start: \`duplicate upstream "app"\`. Names are compared without regard to case. Often a copy of a file lies beside the
original in a folder from which everything is included. Upstreams of http and of stream may share a name.
`,
  sources: ['nginx: ngx_http_upstream_add()'],
  bad: [
    {
      title: 'Capitals do not make another name',
      files: `
        upstream app {
            server 10.0.0.11:8080;
            server 10.0.0.12:8080;
        }
        upstream App {
                 ^^^ the upstream App is defined twice
            server 10.0.0.13:8080;
            server 10.0.0.14:8080;
        }
      `,
    },
  ],
  good: [
    {
      title: 'One for http, one for stream',
      files: `
        events {}
        stream {
            upstream db {
                server 10.0.0.11:5432;
                server 10.0.0.12:5432;
            }
            server {
                listen 5432;
                proxy_pass db;
            }
        }
        http {
            upstream db {
                server 10.0.0.11:8080;
                server 10.0.0.12:8080;
            }
            server {
                listen 80;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://db;
                }
            }
        }
      `,
    },
  ],
  *check({ upstreams, templates }) {
    const seen = new Map<string, Upstream>();
    for (const upstream of upstreams) {
      const { module, name } = upstream;
      if (templates.has(name.at.source)) continue;
      const key = `${module} ${name.value.toLowerCase()}`;
      const first = seen.get(key);
      if (!first) {
        seen.set(key, upstream);
        continue;
      }
      yield {
        at: name.at,
        message: `the upstream ${name.value} is defined twice`,
        related: [{ at: first.name.at, note: 'the first' }],
        help: 'nginx does not start with both',
      };
    }
  },
});
