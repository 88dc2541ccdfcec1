import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { lostPasses, targetOf, variableTargets } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'unused-upstream',
  severity: 'info',
  summary: 'Nothing is passed to an upstream',
  absence: true,
  why: `
The group is understood and never used. Either it is a leftover, or a \`proxy_pass\` names another one, or the name is misspelt there and
taken for a host. Names that variables may hold count as used, and so does everything when Lua or njs may choose.
`,
  sources: ['nginx documentation: ngx_http_upstream_module'],
  bad: [
    {
      title: 'The new group was added, the old one still serves',
      files: `
        events {}
        http {
            upstream app_old {
                server 10.0.0.11:8080;
                server 10.0.0.12:8080;
            }
            upstream app_new {
            ^^^^^^^^^^^^^^^^ nothing is passed to app_new
                server 10.0.0.13:8080;
                server 10.0.0.14:8080;
            }
            server {
                listen 80;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://app_old;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Put together of what a pattern took',
      files: `
        events {}
        http {
            map $host $group {
                default shop_app;
                "~^([a-z]+)\\.example\\.com$" $1_app;
            }
            upstream shop_app {
                server 10.0.0.11:8080;
                server 10.0.0.12:8080;
            }
            upstream wiki_app {
                server 10.0.0.13:8080;
                server 10.0.0.14:8080;
            }
            server {
                listen 80;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://$group;
                }
            }
        }
      `,
    },
    {
      title: 'Chosen by a map',
      files: `
        events {}
        http {
            map $cookie_version $group {
                default app_old;
                new app_new;
            }
            upstream app_old {
                server 10.0.0.11:8080;
                server 10.0.0.12:8080;
            }
            upstream app_new {
                server 10.0.0.13:8080;
                server 10.0.0.14:8080;
            }
            server {
                listen 80;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://$group;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    const { upstreams, passes, hasForeignModules } = model;
    if (upstreams.length === 0 || hasForeignModules) return;
    const used = new Set<unknown>(passes.map((pass) => targetOf(pass, upstreams)));
    const unused = upstreams.filter((upstream) => !used.has(upstream));
    if (unused.length === 0) return;
    const mentioned = model.mentions(unused.map(({ name }) => name.value));
    // The name of no upstream that is nearly its own has a finding.
    const meant = new Set(lostPasses(model).map((each) => each.meant));
    const idle = unused.filter((each) => !mentioned.has(each.name.value) && !meant.has(each));
    if (idle.length === 0) return;
    const mayBeTarget = variableTargets(model);
    for (const { statement, name } of idle) {
      if (mayBeTarget(name.value)) continue;
      const at = headSpan(statement.directive);
      yield { at, message: `nothing is passed to ${name.value}`, grounds: [[{ ...at, lacks: 'pass' }]] };
    }
  },
});
