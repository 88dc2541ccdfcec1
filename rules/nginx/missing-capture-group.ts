import { rule } from '../../src/lint/rule.ts';
import { emptyCaptures } from '../../src/model/nginx/index.ts';

const groups = (count: number): string =>
  count === 0 ? 'no group' : count === 1 ? 'one group' : `${count} groups`;

export default rule({
  scope: 'nginx',
  id: 'missing-capture-group',
  severity: 'error',
  summary: 'A group is read that the regular expression does not have',
  why: `
\`$2\` of a pattern with one group is empty, and so is \`$1\` where no regular expression ran. \`nginx -t\` is content; the redirect, the path or
the header lacks its middle.

Count the opening brackets. \`(?:…)\` and lookarounds are no groups, \`(?<name>…)\` is one; \`$10\` is \`$1\` and a zero.
`,
  sources: [
    'nginx: ngx_http_script_copy_capture_code()',
    'nginx documentation: ngx_http_rewrite_module (rewrite)',
  ],
  bad: [
    {
      title: 'One group, and none at all',
      files: `
        events {}
        http {
            map $uri $page {
                ~^/p/\\d+$ /page/$1;
                                ^^ $1 is empty: the line that fills it has no group
                default /;
            }
            server {
                listen 80;
                rewrite ^/old/(\\w+)$ /new/$2/$1 last;
                                          ^^ $2 is empty: the rewrite that fills it has one group
                if ($arg_page ~ ^\\d+$) {
                    return 302 /page/$1;
                                     ^^ $1 is empty: the condition that fills it has no group
                }
                location /new/ {
                    return 302 /newer$page;
                }
            }
            server {
                listen 81;
                location /x {
                    return 302 /y/$1;
                                  ^^ $1 is empty: no regular expression fills it
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Groups with names count, and others may have filled it',
      files: `
        events {}
        http {
            server {
                listen 80;
                rewrite ^/(?:a|b)/(?<id>\\d+)/(\\w+)$ /c/$1/$2 last;
                rewrite ^/d/(\\w)$ /e/$10 last;
                location ~ ^/f/(\\w+)$ {
                    try_files /g/$1 @h;
                }
                location @h {
                    return 302 /h/$1;
                }
                if ($host ~ ^(\\w+)\\.example\\.com$) {
                    set $name $1;
                }
                location = /i {
                    return 302 /i/$name;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, text, by, meant } of emptyCaptures(model)) {
      if (meant) continue;
      yield {
        at,
        message: by
          ? `${text} is empty: the ${by.kind} that fills it has ${groups(by.groups)}`
          : `${text} is empty: no regular expression fills it`,
        related: by ? [{ at: by.at, note: groups(by.groups) }] : [],
      };
    }
  },
});
