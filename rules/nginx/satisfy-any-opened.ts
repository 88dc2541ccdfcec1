import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  accessList,
  around,
  authOf,
  clientFamily,
  isWidest,
  lastWord,
  networkIn,
} from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'satisfy-any-opened',
  severity: 'error',
  risk: 7.5,
  summary: 'With satisfy any one check is enough, and the list of addresses lets everybody in',
  why: `
\`satisfy any\` lets in whoever passes one of the checks. Where the list of addresses lets everybody in, the password is never asked for:
\`satisfy any; allow all; auth_basic …\` is open to everybody.

End the list in \`deny all;\`: then those whom it names come in without a password and all others with one.
`,
  sources: ['nginx: ngx_http_core_access_phase()', 'nginx documentation: ngx_http_core_module (satisfy)'],
  bad: [
    {
      title: 'Everybody is allowed, so nobody is asked',
      files: `
        server {
            listen 80;
            location /admin/ {
                satisfy any;
                allow all;
                ^^^^^^^^^ everybody is allowed, and satisfy any asks for nothing more
                auth_basic "Staff only";
                auth_basic_user_file /etc/nginx/users;
            }
        }
        server {
            listen [::]:8080;
            location /admin/ {
                satisfy any;
                allow ::/0;
                ^^^^^^^^^^ everybody is allowed, and satisfy any asks for nothing more
                auth_basic "Staff only";
                auth_basic_user_file /etc/nginx/users;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'An end to the list; every check has to be passed',
      files: `
        server {
            listen 80;
            location /a/ {
                satisfy any;
                allow 10.0.0.0/8;
                deny all;
                auth_basic "Staff only";
                auth_basic_user_file /etc/nginx/users;
            }
            location /b/ {
                satisfy all;
                allow all;
                auth_basic "Staff only";
                auth_basic_user_file /etc/nginx/users;
            }
        }
        server {
            listen [::]:8080;
            location / {
                satisfy any;
                allow 0.0.0.0/0;
                auth_basic "Staff only";
                auth_basic_user_file /etc/nginx/users;
            }
        }
      `,
    },
  ],
  *check(model) {
    const { named, inForce } = model;
    const levels = new Set(
      [...named('satisfy'), ...named('allow')].flatMap(({ parent }) => (parent ? [parent] : [])),
    );
    for (const level of levels) {
      const [satisfy] = inForce(level, 'satisfy');
      if (satisfy?.directive.args[0]?.text !== 'any') continue;
      // Where no password is asked for, the level was opened on purpose.
      if (authOf(level, model).length === 0) continue;
      const list = accessList(level);
      const first = list.find(({ name }) => name === 'allow');
      const clients = clientFamily(level, list);
      if (!first || lastWord(list, clients) !== 'allow') continue;
      const opener =
        list.find(
          ({ name, directive }) => name === 'allow' && isWidest(networkIn(directive.args[0]?.text), clients),
        ) ?? first;
      // One list, one finding, whichever levels inherit it.
      if (opener.parent !== level && satisfy.parent !== level) continue;
      if (around(opener, 'limit_except')) continue;
      yield {
        at: headSpan(opener.directive),
        message: 'everybody is allowed, and satisfy any asks for nothing more',
        related: [{ at: headSpan(satisfy.directive), note: 'one check is enough' }],
        help: 'end the list in deny all',
      };
    }
  },
});
