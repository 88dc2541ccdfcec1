import { rule } from '../../src/lint/rule.ts';
import { argument, chosenTarget, isForOthers, passTargets } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'port-from-client',
  severity: 'warning',
  risk: 5.8,
  summary: 'A client chooses the port that its request is handed on to',
  why: `
A host that is fixed and a port out of the request let a client talk to everything that listens on that host: status pages, debuggers,
caches and other services that nobody meant to publish, most of all where the host is this machine.

With \`proxy_pass http://127.0.0.1:$arg_port;\` that is \`GET /?port=6379/\` for a Redis that listens on this machine only.

Name the ports: \`location ~ ^/svc/(8080|8081)/\`, or a \`map\` from names to ports.
`,
  sources: ['nginx: ngx_http_proxy_eval()', 'CWE-918'],
  bad: [
    {
      title: 'Digits of the path, an argument',
      files: `
        server {
            listen 80;
            location ~ ^/svc/(\\d+)/ {
                proxy_pass http://127.0.0.1:$1;
                           ^^^^^^^^^^^^^^^^^^^ a client chooses the port that this request goes to, by $uri
            }
            location /debug {
                proxy_pass http://127.0.0.1:$arg_port;
                           ^^^^^^^^^^^^^^^^^^^^^^^^^^ a client chooses the port that this request goes to, by $arg_port
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Ports that the file names',
      files: `
        map $arg_service $port {
            default 8080;
            metrics 9100;
        }
        server {
            listen 80;
            location ~ ^/svc/(8080|8081)/ {
                proxy_pass http://127.0.0.1:$1;
            }
            location /service {
                proxy_pass http://127.0.0.1:$port;
            }
            location ~ ^/internal/(\\d+)/ {
                internal;
                proxy_pass http://127.0.0.1:$1;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const statement of passTargets(model)) {
      const choice = chosenTarget(statement, model);
      if (choice?.what !== 'port' || !isForOthers(statement)) continue;
      yield {
        at: argument(statement.directive, 0)!.at,
        message: `a client chooses the port that this request goes to, by $${choice.part.variable}`,
        related: choice.part.trail.slice(0, 4),
        help: `${choice.request} chooses it; name the ports that clients may reach`,
      };
    }
  },
});
