import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { accessList, lastWord, ownAccessList, type Statement } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'deny-lost-in-nested-location',
  severity: 'warning',
  risk: 7.5,
  summary: 'A location has rules of its own and so loses the deny all around it',
  why: `
\`allow\` and \`deny\` are inherited together, and only by a level that has neither. A location with one \`deny 192.0.2.1;\` of its own no
longer knows the \`deny all;\` of its server: everybody but that one address may come in.

\`deny all;\` in the server and \`location /api/ { deny 192.0.2.1; }\`: \`GET /\` is refused, \`GET /api/\` is answered.

Repeat the rules, or put them into a file that both levels include.
`,
  sources: ['nginx: ngx_http_access_merge_loc_conf()'],
  bad: [
    {
      title: 'One more address denied, all others let in',
      files: `
        server {
            listen 80;
            location /admin/ {
                allow 10.0.0.0/8;
                deny all;
                location /admin/keys/ {
                    deny 10.0.0.13;
                    ^^^^^^^^^^^^^^ the deny all of the outer level does not count here, and this list has none
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Opened on purpose, or ended again',
      files: `
        server {
            listen 80;
            location /admin/ {
                allow 10.0.0.0/8;
                deny all;
                location /admin/ping {
                    allow all;
                }
                location /admin/keys/ {
                    deny 10.0.0.13;
                    allow 10.0.0.0/8;
                    deny all;
                }
            }
        }
      `,
    },
  ],
  *check({ named }) {
    const said = new Set<Statement>();
    for (const { parent, context } of named('deny')) {
      if (!parent || said.has(parent) || context.startsWith('rtmp')) continue;
      said.add(parent);
      const own = ownAccessList(parent);
      if (lastWord(own) !== undefined) continue;
      const outer = accessList(parent.parent);
      if (lastWord(outer) !== 'deny') continue;
      yield {
        at: headSpan(own[0]!.directive),
        message: 'the deny all of the outer level does not count here, and this list has none',
        related: [{ at: headSpan(outer.at(-1)!.directive), note: 'lost further in' }],
        help: 'repeat the rules here: a level with rules of its own inherits none',
      };
    }
  },
});
