import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { endsConnections, keepsConnections, targetOf } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'keepalive-without-http11',
  severity: 'warning',
  summary: 'An upstream keeps connections, but requests to it end them',
  absence: true,
  why: `
\`keepalive\` in an upstream only keeps what both sides leave open. Before nginx 1.29.7 proxy_pass speaks HTTP/1.0 and sends
\`Connection: close\` unless told otherwise, so every request opens a connection: more latency, and under load the balancer runs out of
ports towards the backends. It takes both lines:

    proxy_http_version 1.1;
    proxy_set_header Connection "";

A location that sets any other header by \`proxy_set_header\` loses the ones of the levels around it.
`,
  sources: ['nginx documentation: ngx_http_upstream_module (keepalive)', 'nginx: CHANGES 1.29.7'],
  bad: [
    {
      title: 'Only one half of it',
      files: `
        events {}
        http {
            upstream app {
                server 10.0.0.11:8080;
                server 10.0.0.12:8080;
                keepalive 32;
            }
            server {
                listen 80;
                proxy_http_version 1.1;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://app;
                    ^^^^^^^^^^^^^^^^^^^^^ app keeps no connections: it says Connection: close
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Set further out, by a map for WebSocket, or by another protocol',
      files: `
        events {}
        http {
            map $http_upgrade $connection_upgrade {
                default upgrade;
                "" "";
            }
            upstream app {
                server 10.0.0.11:8080;
                server 10.0.0.12:8080;
                keepalive 32;
            }
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Connection "";
            server {
                listen 80;
                location / {
                    proxy_pass http://app;
                }
                location /socket/ {
                    proxy_set_header Host $host;
                    proxy_set_header Connection $connection_upgrade;
                    proxy_pass http://app;
                }
                location /rpc/ {
                    grpc_pass grpc://app;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    if (keepsConnections(model.version)) return;
    const said = new Set<unknown>();
    for (const pass of model.passes) {
      if (pass.module !== 'http' || pass.statement.name !== 'proxy_pass') continue;
      const upstream = targetOf(pass, model.upstreams);
      const keepalive = upstream?.statement.body.find(({ name }) => name === 'keepalive');
      if (!upstream || !keepalive || said.has(upstream)) continue;
      const because = endsConnections(pass, model);
      if (because === undefined) continue;
      said.add(upstream);
      yield {
        at: headSpan(pass.statement.directive),
        message: `${upstream.name.value} keeps no connections: ${because}`,
        related: [{ at: headSpan(keepalive.directive), note: 'connections that should be kept' }],
        help: 'set proxy_http_version 1.1 and proxy_set_header Connection ""',
      };
    }
  },
});
