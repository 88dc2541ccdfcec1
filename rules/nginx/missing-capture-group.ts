import { rule } from '../../src/lint/rule.ts';
import { groupFaults } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'missing-capture-group',
  severity: 'error',
  summary: 'A group is read by a number that no regular expression has',
  why: `
\`$1\` to \`$9\` hold what the groups of the regular expression that ran last have matched. A group that it does not have is empty, and
\`nginx -t\` says nothing: \`rewrite ^/shop/(.*)$ /$2/$1;\` leads to \`//…\`. Inside of \`if (… !~ …)\` nothing was matched, and every group
is empty.

Add the brackets, or correct the number. Named groups, \`(?<name>…)\`, are refused at start when nobody defines them.
`,
  sources: [
    'nginx: ngx_http_script_copy_capture_code(), ngx_http_regex_exec()',
    'nginx documentation: ngx_http_rewrite_module (rewrite)',
  ],
  bad: [
    {
      title: 'A number too high, groups that take nothing, no match, no pattern at all',
      files: `
        events {}
        http {
            map $uri $section {
                default none;
                ~^/(?:blog|shop)/ $1;
                                  ^^ $1 is always empty, the pattern has no group
            }
            server {
                listen 80;
                rewrite ^/shop/(.*)$ /$2/$1 last;
                                      ^^ $2 is always empty, the pattern has one group
                location ~ ^/(?:img|css)/ {
                    add_header X-Kind $1;
                                      ^^ $1 is always empty, the pattern has no group
                }
                location /v {
                    if ($arg_v !~ ^(\\d+)$) {
                        return 302 /v/$1;
                                      ^^ $1 is always empty, the pattern did not match here
                    }
                }
            }
            server {
                listen 81;
                location /plain {
                    return 200 $1;
                               ^^ $1 is always empty, no regular expression runs before it
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Enough groups, wherever they are',
      files: `
        events {}
        http {
            map $uri $section {
                default none;
                ~^/(?<name>blog|shop)/ $1;
            }
            server {
                listen 80;
                server_name ~^(\\w+)\\.example\\.com$;
                rewrite ^/(?:a|b)/(?<id>\\d+)/(\\w+)$ /c/$1/$2 last;
                location /a {
                    if ($arg_v ~ ^(\\d+)$) {
                        return 302 /v/$1;
                    }
                    if ($arg_page-size ~ ^(\\d+)x(\\d+)$) {
                        return 302 /v/$1/$2;
                    }
                }
                location ~ ^/(\\w+)/(?=x) {
                    return 200 $10;
                }
                location /c {
                    root /srv/$1;
                }
                location @fallback {
                    return 200 $1;
                }
                location /d {
                    proxy_redirect ~^http://([^/]+)/(.*)$ https://$1/$2;
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, number, last, groups, meant, isFailed } of groupFaults(model)) {
      if (meant) continue;
      const count = groups === 0 ? 'no group' : groups === 1 ? 'one group' : `${groups} groups`;
      const cause = !last
        ? 'no regular expression runs before it'
        : isFailed
          ? 'the pattern did not match here'
          : `the pattern has ${count}`;
      yield {
        at,
        message: `$${number} is always empty, ${cause}`,
        ...(last ? { related: [{ at: last, note: 'the regular expression that runs last' }] } : {}),
        help: 'put brackets around what it should be, or correct the number',
      };
    }
  },
});
