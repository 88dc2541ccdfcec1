import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import type { Header } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'forwarded-for-spoofable',
  severity: 'info',
  risk: 4.3,
  summary: 'X-Forwarded-For is overwritten in one place and appended to in another',
  absence: true,
  why: `
\`$proxy_add_x_forwarded_for\` appends the client’s address to whatever list the client sent. On a node that faces clients itself, the
first entry is then the client’s own invention, and applications that trust it can be told any address. \`$remote_addr\` overwrites
the list: right at the edge, wrong behind another proxy, where it throws the real client away. \`curl -H 'X-Forwarded-For: 10.0.0.1'\`
shows which of the two a backend gets.

Write \`$remote_addr\` everywhere on a node that clients reach, \`$proxy_add_x_forwarded_for\` everywhere behind one.

One node stands in one place, so a configuration that does both is wrong in one of them. Where connections come from other proxies
(\`set_real_ip_from\`), nothing is said.
`,
  sources: [
    'nginx documentation: ngx_http_proxy_module ($proxy_add_x_forwarded_for)',
    'RFC 7239, section 8.1',
  ],
  bad: [
    {
      title: 'The second site believes its clients',
      files: `
        events {}
        http {
            server {
                listen 80;
                server_name shop.example.com;
                location / {
                    proxy_set_header Host $host;
                    proxy_set_header X-Forwarded-For $remote_addr;
                    proxy_pass http://10.0.0.11:8080;
                }
            }
            server {
                listen 80;
                server_name portal.example.com;
                location / {
                    proxy_set_header Host $host;
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^ a client can begin this list; elsewhere X-Forwarded-For is overwritten
                    proxy_pass http://10.0.0.12:8080;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The same everywhere',
      files: `
        events {}
        http {
            server {
                listen 80;
                location / {
                    proxy_set_header Host $host;
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    proxy_pass http://10.0.0.11:8080;
                }
            }
        }
      `,
    },
  ],
  *check({ headers, named }) {
    if (named('set_real_ip_from').length > 0) return;
    const first = (wanted: string): Header | undefined =>
      headers((name, value) => value === wanted && name.toLowerCase() === 'x-forwarded-for').find(
        ({ statement }) => statement.name === 'proxy_set_header',
      );
    const [appended, overwritten] = [first('$proxy_add_x_forwarded_for'), first('$remote_addr')];
    if (!appended || !overwritten) return;
    yield {
      at: wordSpan(appended.statement.directive, appended.statement.directive.args[1]!),
      message: 'a client can begin this list; elsewhere X-Forwarded-For is overwritten',
      related: [{ at: overwritten.value!.at, note: 'overwritten here' }],
    };
  },
});
