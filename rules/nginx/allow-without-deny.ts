import { headSpan, isClosed } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  accessList,
  authOf,
  hasUnreadInclude,
  indentOf,
  isWidest,
  networkIn,
  ownAccessList,
  type Statement,
  satisfy,
} from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'allow-without-deny',
  severity: 'error',
  risk: 5.3,
  summary: 'A list allows some addresses and denies none, so it keeps nobody out',
  why: `
nginx asks the rules of a level in their order, and whom none of them names may come in. A list of nothing but \`allow\` keeps nobody out.
A list also replaces that of the level around it: a lone \`allow 10.0.0.1;\` in a location lifts the \`deny all;\` of its server.

End the list in \`deny all;\`.
`,
  sources: ['nginx: ngx_http_access_handler(), ngx_http_access_merge_loc_conf()'],
  bad: [
    {
      title: 'The end of the list is missing',
      files: `
        server {
            listen 80;
            location /admin/ {
                allow 10.0.0.0/8;
                ^^^^^^^^^^^^^^^^ this list denies nobody: whom it does not name may come in as well
                allow 192.168.1.7;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location /admin/ {
                allow 10.0.0.0/8;
                allow 192.168.1.7;
                deny all;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'An end, a list of the unwanted, everybody, a password besides',
      files: `
        server {
            listen 80;
            location /a/ {
                allow 10.0.0.0/8;
                deny all;
            }
            location /b/ {
                deny 192.0.2.1;
                allow 10.0.0.0/8;
            }
            location /c/ {
                allow all;
            }
            location /d/ {
                satisfy any;
                allow 10.0.0.0/8;
                auth_basic "Staff only";
                auth_basic_user_file /etc/nginx/users;
            }
        }
      `,
    },
  ],
  *check(model) {
    const said = new Set<Statement>();
    for (const { parent, context } of model.named('allow')) {
      if (!parent || said.has(parent) || context.startsWith('rtmp')) continue;
      said.add(parent);
      const list = ownAccessList(parent);
      // Without its address an allow has its own finding.
      if (list.every(({ directive }) => directive.args.length === 0)) continue;
      if (list.some(({ name, directive }) => name === 'deny' || isWidest(networkIn(directive.args[0]?.text))))
        continue;
      if (hasUnreadInclude(parent, model)) continue;
      if (satisfy(parent, model) === 'any' && (authOf(parent, model).length > 0 || !model.isMain)) continue;
      const outer = accessList(parent.parent).find(({ name }) => name === 'deny');
      const last = list.at(-1)!;
      const { source, close } = last.directive;
      const indent = indentOf(last.directive);
      const at = { source, start: close + 1, end: close + 1 };
      yield {
        at: headSpan(list[0]!.directive),
        message: 'this list denies nobody: whom it does not name may come in as well',
        grounds: [[headSpan(list[0]!.directive), { ...headSpan(parent.directive), lacks: 'deny' }]],
        related: outer ? [{ at: headSpan(outer.directive), note: 'does not count here' }] : [],
        ...(close > 0 && isClosed(parent.directive)
          ? {
              fix: {
                title: 'end the list in deny all',
                safe: false,
                edits: [{ ...at, text: `\n${indent}deny all;` }],
              },
            }
          : { help: 'end the list in deny all' }),
      };
    }
  },
});
