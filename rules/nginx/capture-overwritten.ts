import { rule } from '../../src/lint/rule.ts';
import { groupFaults } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'capture-overwritten',
  severity: 'error',
  summary: 'An if or a rewrite clears the group of the location that is read after it',
  why: `
There is one set of \`$1\` to \`$9\` for a request. Every \`if\` with a regular expression and every \`rewrite\` sets it anew, and clears
it when it does *not* match. In \`location ~ ^/user/(.*)$\` an innocent \`if ($http_user_agent ~ curl)\` is enough that \`$1\` is empty for
everybody afterwards.

Name the group: \`location ~ ^/user/(?<name>.*)$\` gives \`$name\`, which nothing else touches. Or keep it by \`set $name $1;\` as
the first line.
`,
  sources: [
    'nginx: ngx_http_script_regex_start_code(), which sets ncaptures to 0 where nothing matches',
    'nginx: ngx_http_regex_exec()',
  ],
  bad: [
    {
      title: 'A condition and a rewrite in between, and the pattern of a rewrite itself',
      files: `
        events {}
        http {
            server {
                listen 80;
                location ~ ^/user/(.*)$ {
                    if ($request_method !~ ^P) {
                        set $reads 1;
                    }
                    proxy_pass http://10.0.0.11/u/$1;
                                                  ^^ $1 of the location is gone here
                }
                location ~ ^/old/(.*)$ {
                    rewrite ^ /new/$1 last;
                                   ^^ $1 of the location is gone here
                }
            }
            server {
                listen 81;
                server_name ~^(\\w+)\\.example\\.com$;
                if ($http_user_agent ~ bot) {
                    return 403;
                }
                location / {
                    root /srv/$1;
                              ^^ $1 of the server_name is gone here
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Read before, by name, after a condition without a pattern, or the later group is meant',
      files: `
        server {
            listen 80;
            location ~ ^/a/(.*)$ {
                set $rest $1;
                if ($http_user_agent ~ curl) {
                    return 403;
                }
                proxy_pass http://10.0.0.11/$rest;
            }
            location ~ ^/b/(?<name>\\w*)$ {
                if ($http_user_agent ~ curl) {
                    return 403;
                }
                proxy_pass http://10.0.0.11/$name;
            }
            location ~ ^/c/(\\w*)$ {
                if ($request_method = POST) {
                    return 403;
                }
                proxy_pass http://10.0.0.11/$1;
            }
            location ~ ^/d/(\\w*)$ {
                if ($http_cookie ~ "lang=(\\w+)") {
                    set $lang $1;
                }
                rewrite ^/d/(\\w+)$ /e/$1 break;
                proxy_pass http://10.0.0.11;
            }
            location ~ ^/g/(\\w+)$ {
                if ($arg_page !~ ^(\\d+)$) {
                    return 404;
                }
                return 302 /page/$1;
            }
            location ~ ^/h/(\\w+)$ {
                if ($http_user_agent ~ (curl|wget)) {
                    return 302 /files/$1;
                }
            }
            location ~ ^/e/(\\w*)$ {
                if ($arg_old) {
                    rewrite ^/e/x /y last;
                }
                return 302 /f/$1;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, number, last, meant, isOfServer } of groupFaults(model)) {
      if (!meant || !last) continue;
      yield {
        at,
        message: `$${number} of the ${isOfServer ? 'server_name' : 'location'} is gone here`,
        related: [
          { at: meant, note: `$${number} is set here` },
          { at: last, note: 'clears it, whether it matches or not' },
        ],
        help: 'give the group a name, such as (?<name>…), and read $name',
      };
    }
  },
});
