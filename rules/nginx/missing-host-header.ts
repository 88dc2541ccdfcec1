import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { targetOf } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'missing-host-header',
  severity: 'info',
  summary: 'Backends get the name of the upstream as Host',
  absence: true,
  why: `
Unless told otherwise nginx sends \`Host: $proxy_host\`, and for a group that is the group’s name. Web servers behind it then choose
their default server, and applications build links with a name that nobody can resolve. Write \`proxy_set_header Host $host;\`.

A pass to an address or to a real host name is not reported: there the default is often what is wanted.
`,
  sources: ['nginx documentation: ngx_http_proxy_module (proxy_set_header)'],
  bad: [
    {
      title: 'Every request says Host: www_pool',
      files: `
        events {}
        http {
            upstream www_pool {
                server 10.0.0.11;
                server 10.0.0.12;
            }
            server {
                listen 80;
                location / {
                    proxy_pass http://www_pool;
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^ the servers behind www_pool get Host: www_pool
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A host of its own, or the header further out',
      files: `
        events {}
        http {
            upstream api.example.com {
                server 10.0.0.11;
                server 10.0.0.12;
            }
            upstream www_pool {
                server 10.0.0.11;
                server 10.0.0.12;
            }
            proxy_set_header Host $http_host;
            server {
                listen 80;
                location / {
                    proxy_pass http://www_pool;
                }
            }
            server {
                listen 81;
                location / {
                    proxy_set_header X-A 1;
                    proxy_set_header Host "";
                    proxy_pass http://api.example.com;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    const said = new Set<unknown>();
    for (const pass of model.passes) {
      const { statement } = pass;
      if (statement.name !== 'proxy_pass' || pass.module !== 'http') continue;
      const upstream = targetOf(pass, model.upstreams);
      // A group that is called like a host is meant to be sent.
      if (!upstream || upstream.name.value.includes('.') || said.has(upstream)) continue;
      const headers = model.inForce(statement.parent, 'proxy_set_header');
      if (headers.some(({ directive }) => directive.args[0]?.text.toLowerCase() === 'host')) continue;
      if (model.inForce(statement.parent, 'proxy_pass_request_headers')[0]?.directive.args[0]?.text === 'off')
        continue;
      said.add(upstream);
      const name = upstream.name.value;
      yield {
        at: headSpan(statement.directive),
        message: `the servers behind ${name} get Host: ${name}`,
        help: 'write proxy_set_header Host $host',
        ...(statement.parent
          ? { grounds: [[{ ...headSpan(statement.parent.directive), lacks: 'proxy_set_header host' }]] }
          : {}),
      };
    }
  },
});
