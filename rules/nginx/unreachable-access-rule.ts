import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { covers, networkIn, ownAccessList, type Statement } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'unreachable-access-rule',
  severity: 'error',
  risk: 5.3,
  summary: 'An allow or deny comes after one that already decided the opposite for its addresses',
  why: `
The first rule that names an address decides. What comes after \`deny all;\` is never asked: \`deny all; allow 10.0.0.1;\` turns 10.0.0.1
away like everybody else, and after \`allow all;\` no \`deny\` keeps anybody out.

Put the narrower rule first.
`,
  sources: ['nginx: ngx_http_access_inet()', 'nginx documentation: ngx_http_access_module'],
  bad: [
    {
      title: 'After everybody, after a wider network',
      files: `
        server {
            listen 80;
            location /a/ {
                deny all;
                allow 10.0.0.1;
                ^^^^^^^^^^^^^^ never asked: deny all before it decides
            }
            location /b/ {
                allow 10.0.0.0/8;
                deny 10.0.0.13;
                ^^^^^^^^^^^^^^ never asked: allow 10.0.0.0/8 before it decides
                deny all;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Narrow ones first, the same twice, another family',
      files: `
        server {
            listen 80;
            location /a/ {
                deny 10.0.0.13;
                allow 10.0.0.0/8;
                allow 10.0.0.1;
                deny all;
            }
            location /b/ {
                deny 0.0.0.0/0;
                allow ::1;
                deny all;
            }
        }
      `,
    },
  ],
  *check({ named }) {
    const said = new Set<Statement>();
    for (const { parent, context } of [...named('allow'), ...named('deny')]) {
      if (!parent || said.has(parent) || context.startsWith('rtmp')) continue;
      said.add(parent);
      const seen: { readonly statement: Statement; readonly network: ReturnType<typeof networkIn> }[] = [];
      const list = ownAccessList(parent);
      // No list of rules that a person wrote is longer, and each is compared with all before it.
      if (list.length > 500) continue;
      for (const statement of list) {
        const network = networkIn(statement.directive.args[0]?.text);
        const first = seen.find((each) => covers(each.network, network));
        seen.push({ statement, network });
        if (!first || first.statement.name === statement.name || network.family === 'unknown') continue;
        yield {
          at: headSpan(statement.directive),
          message: `never asked: ${first.statement.name} ${first.statement.directive.args[0]!.text} before it decides`,
          related: [{ at: headSpan(first.statement.directive), note: 'the first rule that fits decides' }],
          help: 'put the narrower rule first',
        };
      }
    }
  },
});
