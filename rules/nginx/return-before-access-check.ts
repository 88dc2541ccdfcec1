import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { earlyAnswers } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'return-before-access-check',
  severity: 'error',
  risk: 7.5,
  summary: 'An answer is given before anybody is checked',
  why: `
\`return\` belongs to the rewrite module, which runs before limits, addresses and passwords are looked at. \`deny all; return 200 "secret";\`
answers everybody with 200; the \`deny\` beside it never runs.

Serve the text from a file, or from a named location by \`try_files "" @answer;\`, which runs after the checks.
`,
  sources: ['nginx: the order of ngx_http_phases', 'nginx: ngx_http_script_return_code()'],
  bad: [
    {
      title: 'The password is never asked for, nor the address of whom an error_page leads there',
      files: `
        server {
            listen 80;
            location /secret {
                auth_basic "Staff only";
                auth_basic_user_file /etc/nginx/users;
                return 200 "the secret";
                ^^^^^^^^^^^^^^^^^^^^^^^ return answers before auth_basic is asked, so it keeps nobody out
            }
            location @report {
                allow 10.0.0.0/8;
                deny all;
                return 200 "the report";
                ^^^^^^^^^^^^^^^^^^^^^^^ return answers before deny is asked, so it keeps nobody out
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Refusals, redirects, answers to all by intent',
      files: `
        server {
            listen 80;
            deny 192.0.2.1;
            location = /healthz {
                return 200;
            }
            location /a {
                deny 192.0.2.2;
                if ($http_user_agent ~ bot) {
                    return 403;
                }
            }
            location /b {
                auth_basic "Staff only";
                auth_basic_user_file /etc/nginx/users;
                if ($request_method = OPTIONS) {
                    return 204;
                }
            }
            location /c {
                limit_except GET {
                    deny all;
                }
                return 200 x;
            }
            location @d {
                return 200 x;
            }
            location /e {
                deny 192.0.2.4;
                return 301 /a;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { statement, check } of earlyAnswers(model)) {
      yield {
        at: headSpan(statement.directive),
        message: `return answers before ${check.name} is asked, so it keeps nobody out`,
        related: [{ at: headSpan(check.directive), note: 'runs too late' }],
        help: 'serve it from a file, or by try_files "" @name from a named location',
      };
    }
  },
});
