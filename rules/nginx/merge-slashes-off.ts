import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { isPassedByDoubledSlash, ownGuard, type Statement } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'merge-slashes-off',
  severity: 'warning',
  summary: 'Doubled slashes lead around protected locations',
  why: `
With \`merge_slashes off\` a request for \`//admin/users\` does not begin with \`/admin/\`, so the location that protects \`/admin/\` is not
asked; the file system and most applications take two slashes for one.

Leave \`merge_slashes\` on. Where doubled slashes mean something, such as addresses in paths, protect by the application.
`,
  sources: [
    'nginx documentation: ngx_http_core_module (merge_slashes)',
    'nginx: ngx_http_parse_complex_uri()',
  ],
  bad: [
    {
      title: 'A pattern that knows one slash',
      files: `
        server {
            listen 80;
            merge_slashes off;
            ^^^^^^^^^^^^^^^^^ a doubled slash leads around the protection of ^/(?:admin|status)
            location ~ ^/(?:admin|status) {
                deny all;
            }
            location / {
                proxy_set_header Host $host;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
    {
      title: 'A protected location beside it',
      files: `
        server {
            listen 80;
            merge_slashes off;
            ^^^^^^^^^^^^^^^^^ a doubled slash leads around the protection of /admin/
            root /srv;
            location /admin/ {
                deny all;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Nothing to get around',
      files: `
        server {
            listen 80;
            merge_slashes off;
            location / {
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
    {
      title: 'A pattern that two slashes match as well, and what answers all that is left',
      files: `
        events {}
        http {
            merge_slashes off;
            server {
                listen 80;
                server_name a.example.com;
                root /srv/a;
                location ~ /\\.ht {
                    deny all;
                }
            }
            server {
                listen 80;
                server_name b.example.com;
                location / {
                    auth_basic b;
                    auth_basic_user_file /etc/nginx/users;
                    root /srv/b;
                }
                location /admin/ {
                    allow 10.0.0.0/8;
                    deny all;
                    root /srv/b;
                }
            }
            server {
                listen 80;
                server_name c.example.com;
                root /srv/c;
                rewrite ^(.*)//+(.*)$ $1/$2 permanent;
                location /admin/ {
                    deny all;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    const { named } = model;
    const off = named('merge_slashes').filter(({ directive }) => directive.args[0]?.text === 'off');
    if (off.length === 0) return;
    // The first location in each block whose protection a doubled slash gets past.
    const guarded = new Map<Statement, Statement>();
    for (const each of named('location')) {
      if (!ownGuard(each) || !isPassedByDoubledSlash(each, model)) continue;
      for (let at: Statement | undefined = each; at && !guarded.has(at); at = at.parent)
        guarded.set(at, each);
    }
    for (const { directive, parent, context } of off) {
      if (!parent || context.startsWith('rtmp')) continue;
      const location = guarded.get(parent);
      if (!location) continue;
      const path = location.directive.args.at(-1)?.text ?? '';
      yield {
        at: headSpan(directive),
        message: `a doubled slash leads around the protection of ${path}`,
        related: [{ at: headSpan(location.directive), note: 'protected here' }],
        help: 'leave merge_slashes on, which is the default',
      };
    }
  },
});
