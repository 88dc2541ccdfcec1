import { rule } from '../../src/lint/rule.ts';
import { bypassesOf } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'protection-bypassed-by-regex',
  severity: 'error',
  summary: 'A regular expression takes requests away from a location that is protected',
  why: `
nginx remembers the longest prefix that fits a request, and then asks the regular expressions of the same level: the first that matches
wins. \`location /admin/ { deny all; }\` beside \`location ~ \\.php$\` protects everything below \`/admin/\` but the scripts, which are what
was meant: \`GET /admin/x.html\` is refused, \`GET /admin/x.php\` is answered.

\`location ^~ /admin/\` keeps the regular expressions away; those that it needs go inside.
`,
  sources: ['nginx: ngx_http_core_find_location()', 'nginx documentation: ngx_http_core_module (location)'],
  bad: [
    {
      title: 'Pages are protected, scripts are not',
      files: `
        server {
            listen 80;
            root /srv/www;
            location /admin/ {
                     ^^^^^^^ GET /admin/x.php is answered by the location ~ \\.php$, unprotected
                auth_basic "Staff only";
                auth_basic_user_file /etc/nginx/users;
            }
            location ~ \\.php$ {
                fastcgi_pass 127.0.0.1:9000;
                include fastcgi_params;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Kept away, nested, protected too, elsewhere',
      files: `
        server {
            listen 80;
            root /srv/www;
            location ^~ /admin/ {
                deny all;
            }
            location /staff/ {
                deny all;
                location ~ \\.php$ {
                    fastcgi_pass 127.0.0.1:9000;
                }
            }
            location ~ /\\. {
                deny all;
            }
            location /. {
                deny all;
            }
            location ~ ^/api/.*\\.php$ {
                fastcgi_pass 127.0.0.1:9000;
            }
        }
        server {
            listen 81;
            auth_basic "Staff only";
            auth_basic_user_file /etc/nginx/users;
            location /admin/ {
                allow 10.0.0.0/8;
                deny all;
            }
            location ~ \\.php$ {
                allow 10.0.0.0/8;
                deny all;
                fastcgi_pass 127.0.0.1:9000;
            }
        }
        server {
            listen 82;
            location /admin/ {
                allow 10.0.0.0/8;
                deny all;
                proxy_pass http://10.0.0.11;
            }
            location ~ \\.css$ {
                root /srv/www;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { guarded, guard, pattern, path, isProgram } of bypassesOf(model)) {
      yield {
        at: guarded.path.at,
        message: `GET ${path} is answered by the location ${pattern.modifier} ${pattern.path.value}, unprotected`,
        related: [
          { at: guard, note: 'protects this location only' },
          { at: pattern.path.at, note: 'regular expressions are asked after prefixes, and win' },
        ],
        help: `location ^~ ${guarded.path.value} keeps regular expressions away; those that it needs go inside`,
        ...(isProgram ? {} : { severity: 'warning' as const }),
      };
    }
  },
});
