import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { isExposed } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'dav-open',
  severity: 'error',
  summary: 'Everybody can write or delete files',
  absence: true,
  why: `
\`dav_methods PUT DELETE;\` has nginx write and delete files for whoever asks. Without a check the folder is a free store for strangers, and
where scripts run in it, they run theirs: \`PUT /shell.php\`, and then \`GET /shell.php\`.

Guard the methods: \`limit_except GET { … }\`, a list of addresses, or a password.
`,
  sources: ['nginx documentation: ngx_http_dav_module (dav_methods)'],
  bad: [
    {
      title: 'No word about who may write',
      files: `
        events {
        }
        http {
            server {
                listen 80;
                location /upload/ {
                    root /srv;
                    dav_methods PUT DELETE;
                    ^^^^^^^^^^^^^^^^^^^^^^ everybody can PUT files here
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Guarded methods, addresses, passwords',
      files: `
        events {
        }
        http {
            server {
                listen 80;
                root /srv;
                location /a/ {
                    dav_methods PUT;
                    limit_except GET {
                        allow 10.0.0.0/8;
                        deny all;
                    }
                }
                location /b/ {
                    dav_methods PUT;
                    auth_request /auth;
                }
                location /c/ {
                    dav_methods PUT;
                    auth_basic "Staff only";
                    auth_basic_user_file /etc/nginx/users;
                }
                location = /auth {
                    internal;
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const statement of model.named('dav_methods')) {
      const { directive, parent } = statement;
      const method = directive.args.find(({ text }) => /^(?:PUT|DELETE|MOVE|COPY)$/.test(text));
      if (!method || !parent || parent.body.some(({ name }) => name === 'limit_except')) continue;
      if (parent.name !== 'location' || !isExposed(statement, model)) continue;
      yield {
        at: headSpan(directive),
        message: `everybody can ${method.text} files here`,
        help: 'guard it with limit_except, a list of addresses or a password',
      };
    }
  },
});
