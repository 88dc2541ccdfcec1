import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { isAddress } from '../../src/model/net.ts';
import { lacksScheme, type NginxModel, type Pass, writtenHost } from '../../src/model/nginx/index.ts';

/** The hosts that a pass may ask for, as far as they are texts. */
function hosts({ target, statement, module }: Pass, { flow }: NginxModel): readonly string[] {
  const { host } = target.value;
  if (host !== undefined) return [host];
  if (module === 'mail') return [];
  return flow
    .outcomes(statement, statement.directive.args[0]!.text)
    .flatMap((outcome) => writtenHost(outcome) ?? []);
}

export default rule({
  scope: 'nginx',
  id: 'proxy-pass-needs-resolver',
  severity: 'error',
  summary: 'A name is looked up for each request, and there is no resolver',
  absence: true,
  why: `
A variable in \`proxy_pass\` puts the choice off until the request comes. nginx then looks for an upstream of that name, and asks the
\`resolver\` for any other; without one every request ends in 502 (\`no resolver defined to resolve app.example.com\`). \`nginx -t\`
says nothing. The resolver of the system, \`/etc/hosts\` included, is not asked at run time, not even for \`localhost\`.

Write \`resolver 10.0.0.2;\` with the name server of the network into \`http\`, or make the targets upstreams: their names need none.
`,
  sources: [
    'nginx: ngx_http_upstream_init_request()',
    'nginx documentation: ngx_http_proxy_module (proxy_pass)',
  ],
  bad: [
    {
      title: 'A name in a variable, and a path in one',
      files: `
        events {}
        http {
            server {
                listen 80;
                set $backend app.example.com;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://$backend:8080;
                               ^^^^^^^^^^^^^^^^^^^^ no resolver is set to find app.example.com
                }
                location /api/ {
                    proxy_set_header Host $host;
                    proxy_pass http://api.example.com$request_uri;
                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no resolver is set to find api.example.com
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Groups, addresses, a host that is resolved at the start, and a resolver',
      files: `
        events {}
        http {
            upstream app {
                server 10.0.0.11:8080;
                server 10.0.0.12:8080;
            }
            map $uri $group {
                default app;
                /old 10.0.0.13;
            }
            server {
                listen 80;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://$group;
                }
                location /request/ {
                    proxy_set_header Host $host;
                    proxy_pass http://app$request_uri;
                }
                location /zeros/ {
                    set $padded http://10.0.0.013:8080;
                    proxy_set_header Host $host;
                    proxy_pass $padded$request_uri;
                }
                location /tenant/ {
                    resolver 127.0.0.53;
                    set $tenant tenant.example.com;
                    proxy_set_header Host $host;
                    proxy_pass http://$tenant;
                }
            }
            server {
                listen 81;
                location / {
                    set $tenant app;
                    proxy_set_header Host $host;
                    proxy_pass http://$tenant;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    const { passes, upstreams, inForce } = model;
    const key = (pass: Pass, host: string): string => `${pass.module} ${host}`;
    const known = new Set(upstreams.map(({ module, name }) => `${module} ${name.value.toLowerCase()}`));
    // A host of a pass without variables is a group of its own.
    for (const pass of passes) {
      const { host } = pass.target.value;
      if (!pass.hasVariables && host !== undefined) known.add(key(pass, host));
    }
    for (const pass of passes) {
      if (!pass.hasVariables || lacksScheme(pass) || inForce(pass.statement.parent, 'resolver').length > 0)
        continue;
      const missing = hosts(pass, model).find(
        (host) => !host.startsWith('unix:') && !isAddress(host) && !known.has(key(pass, host.toLowerCase())),
      );
      if (missing === undefined) continue;
      const { directive } = pass.statement;
      yield {
        at: wordSpan(directive, directive.args[0]!),
        message: `no resolver is set to find ${missing}`,
        help: 'write resolver and the address of a name server',
      };
    }
  },
});
