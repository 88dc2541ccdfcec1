import { rule } from '../../src/lint/rule.ts';
import { groupFaults } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'capture-overwritten',
  severity: 'error',
  summary: 'Another regular expression clears the group of the location that is read after it',
  why: `
There is one set of \`$1\` to \`$9\` for a request. Every \`if\` with a regular expression and every \`rewrite\` sets it anew, and clears
it when it does *not* match. In \`location ~ ^/user/(.*)$\` an innocent \`if ($http_user_agent ~ curl)\` is enough that \`$1\` is empty for
everybody afterwards.

A \`map\` that is asked in between does the same to whoever one of its patterns matches, and so do maps that a limit counts by: the
text \`/$kind/$1\` with the map's \`$kind\` has the map's groups, or none.

Name the group: \`location ~ ^/user/(?<name>.*)$\` gives \`$name\`, which nothing else touches. Or keep it by \`set $name $1;\` as
the first line.
`,
  sources: [
    'nginx: ngx_http_script_regex_start_code(), which sets ncaptures to 0 where nothing matches',
    'nginx: ngx_http_regex_exec(), ngx_http_map_find()',
    'nginx/nginx#357',
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
    {
      title: 'Maps that are asked in between, in the same text, before it, and by a limit',
      files: `
        events {}
        http {
            map $http_accept $kind {
                default html;
                ~^(\\w+)/json json;
            }
            map $http_user_agent $robot {
                default "";
                ~*bot $binary_remote_addr;
            }
            limit_req_zone $robot zone=robots:1m rate=1r/s;
            server {
                listen 80;
                location ~ ^/a/(.*)$ {
                    return 302 /$kind/$1;
                                      ^^ $1 of the location is gone where a pattern of $kind matches
                }
                location ~ ^/b/(.*)$ {
                    set $type $kind;
                    return 302 /$1;
                                ^^ $1 of the location is gone where a pattern of $kind matches
                }
                location ~ ^/c/(.*)$ {
                    limit_req zone=robots;
                    proxy_pass http://10.0.0.11/c/$1;
                                                  ^^ $1 of the location is gone where a pattern of $robot matches
                }
                location /d/ {
                    rewrite ^/d/(.*)$ /e/$1/$kind last;
                                         ^^ $1 of the rewrite is gone where a pattern of $kind matches
                }
                location /e/ {
                    if ($arg_page ~ ^(\\d+)$) {
                        return 302 /$kind/$1;
                                          ^^ $1 of the if is gone where a pattern of $kind matches
                    }
                    root /srv;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Maps that are asked before it, or said nothing of those who come here',
      files: `
        events {}
        http {
            map $http_accept $kind {
                default html;
                ~^(\\w+)/json json;
            }
            map $http_user_agent $isRobot {
                default 0;
                ~*bot 1;
            }
            map $arg_lang $lang {
                default en;
                de de;
            }
            limit_req_zone $isRobot zone=robots:1m rate=1r/s;
            server {
                listen 80;
                location ~ ^/a/(.*)$ {
                    if ($isRobot) {
                        return 403;
                    }
                    limit_req zone=robots;
                    proxy_pass http://10.0.0.11/$1;
                }
                location ~ ^/b/(.*)$ {
                    return 302 /$lang/$1;
                }
                location ~ ^/c/(?<rest>.*)$ {
                    return 302 /$kind/$rest;
                }
                location ~ ^/d/(.*)$ {
                    set $rest $1;
                    return 302 /$kind/$rest;
                }
                location ~ ^/e/(.*)$ {
                    set $refused $isRobot;
                    if ($refused) {
                        return 403;
                    }
                    proxy_pass http://10.0.0.11/$1;
                }
                location ~ ^/f/(.*)$ {
                    proxy_set_header X-Kind $kind;
                    proxy_pass http://10.0.0.11/$1;
                }
                location ~ ^/g/(.*)$ {
                    if ($kind = html) {
                        return 302 /html/$1;
                    }
                    return 404;
                }
            }
            server {
                listen 81;
                set $type $kind;
                location ~ ^/a/(.*)$ {
                    return 302 /$kind/$1;
                }
            }
        }
      `,
    },
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
    for (const { at, number, last, meant, of, map } of groupFaults(model)) {
      if (!meant || !last) continue;
      yield {
        at,
        message: map
          ? `$${number} of the ${of} is gone where a pattern of ${map.variable} matches`
          : `$${number} of the ${of} is gone here`,
        ...(map ? { severity: 'warning' as const } : {}),
        related: [
          { at: meant, note: `$${number} is set here` },
          { at: last, note: map ? 'sets all groups anew' : 'clears it, whether it matches or not' },
        ],
        help: 'give the group a name, such as (?<name>…), and read $name',
      };
    }
  },
});
