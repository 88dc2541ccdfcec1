import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { moduleOf, type NginxModel, type Statement } from '../../src/model/nginx/index.ts';

/** Whether some level that inherits the realm gives a file of users; then that level is the one that is meant. */
const givenFurtherIn = (level: Statement, name: string): boolean =>
  level.body.some((each) => each.name === name || givenFurtherIn(each, name));

const isActive = ({ directive }: Statement): boolean => !/^off$|\$/.test(directive.args[0]?.text ?? '');

function* unguarded({ named, inForce }: NginxModel): Generator<Statement> {
  for (const statement of named('auth_basic')) {
    const { parent, context } = statement;
    if (!isActive(statement) || moduleOf(context) !== 'http') continue;
    if (inForce(parent, 'auth_basic_user_file').length > 0) continue;
    if (parent && givenFurtherIn(parent, 'auth_basic_user_file')) continue;
    yield statement;
  }
}

export default rule({
  scope: 'nginx',
  id: 'auth-basic-without-users',
  severity: 'error',
  risk: 5.3,
  summary: 'Passwords are asked for with no file of users, so everybody comes in',
  absence: true,
  why: `
\`auth_basic\` does its work only where \`auth_basic_user_file\` is in force, too. Without one the module steps aside: no password is asked
for, and the page that was to be protected is open, with nothing in the log. (A file that is named and cannot be read does close the
page.)

Name the file of users on this level or further out.
`,
  sources: ['nginx: ngx_http_auth_basic_handler() returns NGX_DECLINED without a user file'],
  bad: [
    {
      title: 'The realm alone',
      files: `
        events {
        }
        http {
            server {
                listen 80;
                location /admin/ {
                    auth_basic "Staff only";
                    ^^^^^^^^^^^^^^^^^^^^^^^ no auth_basic_user_file is in force here: nobody is asked for a password
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The file is inherited, or nothing is asked',
      files: `
        events {
        }
        http {
            auth_basic_user_file /etc/nginx/users;
            server {
                listen 80;
                location /admin/ {
                    auth_basic "Staff only";
                    location /admin/ping {
                        auth_basic off;
                    }
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    if (!model.isMain) return;
    for (const statement of unguarded(model)) {
      yield {
        at: headSpan(statement.directive),
        message: 'no auth_basic_user_file is in force here: nobody is asked for a password',
        help: 'name the file of users on this level or further out',
        grounds: [
          [
            headSpan(statement.directive),
            ...(statement.parent
              ? [{ ...headSpan(statement.parent.directive), lacks: 'auth_basic_user_file' }]
              : []),
          ],
        ],
      };
    }
  },
});
