import { rule } from '../../src/lint/rule.ts';
import { emptyCaptures } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'capture-overwritten',
  severity: 'error',
  summary: 'A group of the location is read after another regular expression cleared it',
  why: `
There is one set of \`$1\` to \`$9\` per request, of the regular expression that ran last. An \`if ($x ~ …)\` or a \`rewrite\` between the
location and the place that reads \`$1\` clears it, also where it does *not* match: \`$1\` is empty then, for every request.

Give the group a name: \`(?<file>.*)\` and \`$file\` stay what they are.
`,
  sources: ['nginx: ngx_http_regex_exec(), ngx_http_script_regex_start_code()'],
  bad: [
    {
      title: 'A condition in between',
      files: `
        server {
            listen 80;
            location ~ ^/get/(\\w+)$ {
                if ($http_user_agent ~ curl) {
                    return 403;
                }
                return 302 /files/$1;
                                  ^^ $1 is empty: the condition before it cleared the group of the location
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Read before, a name, a condition without a pattern, groups that are meant',
      files: `
        server {
            listen 80;
            location ~ ^/a/(\\w+)$ {
                set $file $1;
                if ($http_user_agent ~ curl) {
                    return 403;
                }
                return 302 /files/$file;
            }
            location ~ ^/b/(?<name>\\w+)$ {
                if ($http_user_agent ~ curl) {
                    return 403;
                }
                return 302 /files/$name;
            }
            location ~ ^/c/(\\w+)$ {
                if ($arg_x) {
                    return 403;
                }
                return 302 /files/$1;
            }
            location ~ ^/d/(\\w+)$ {
                if ($http_user_agent ~ (curl|wget)) {
                    return 302 /files/$1;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, text, by, meant } of emptyCaptures(model)) {
      if (!meant || !by) continue;
      yield {
        at,
        message: `${text} is empty: the ${by.kind} before it cleared the group of the location`,
        related: [
          { at: by.at, note: 'clears the groups, even where it does not match' },
          { at: meant, note: 'the group that is meant' },
        ],
        help: 'give the group a name, such as (?<name>…), and read $name',
      };
    }
  },
});
