import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { aliasFault, argument, inserted, isReachable, servesFiles } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'alias-traversal',
  severity: 'error',
  risk: 7.5,
  summary: 'A client can read files beside the folder of an alias',
  why: `
nginx puts the alias in the place of the text that the location matched, letter by letter. \`location /files { alias /srv/static/; }\`
turns \`/files../secret\` into \`/srv/static/../secret\`: one step up, and everything below is readable, source code and passwords of
the application included. nginx takes \`/../\` out of a path, but \`/files../\` holds none.

End the location in a slash as the alias does. In a regular expression the slash belongs before the group.
`,
  sources: [
    'nginx: ngx_http_map_uri_to_path()',
    'nginx documentation: ngx_http_core_module (alias)',
    'CWE-22',
  ],
  bad: [
    {
      title: 'A location without its slash, a group that may begin with dots',
      files: `
        server {
            listen 80;
            location /files {
                     ^^^^^^ GET /files../x opens /srv/static/../x
                alias /srv/static/;
            }
            location ~ ^/img(.*) {
                       ^^^^^^^^^ GET /img../x opens /srv/images/../x
                alias /srv/images/$1;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The same end, one file, groups without room for dots, nothing for clients',
      files: `
        server {
            listen 80;
            location /a/ {
                alias /srv/a/;
            }
            location = /b {
                alias /srv/b/x.html;
            }
            location ~ ^/c/(.*)$ {
                alias /srv/c/$1;
            }
            location ~ ^/d(/.*) {
                alias /srv/d$1;
            }
            location ~ ^/e([^.]*) {
                alias /srv/e/$1;
            }
            location ~ ^/f([^/]*)$ {
                alias /srv/f/$1;
            }
            location /favicon.ico {
                alias /srv/f.ico;
            }
            location /g {
                internal;
                alias /srv/g/;
            }
            location /h {
                alias /srv/h/;
                return 403;
            }
        }
      `,
    },
  ],
  *check({ named, flow }) {
    for (const alias of named('alias')) {
      const { parent } = alias;
      if (!parent || !servesFiles(parent) || !isReachable(parent)) continue;
      const fault = aliasFault(alias, flow);
      if (fault?.kind !== 'above') continue;
      const path = parent.directive.args.at(-1)!;
      const isPattern = /^\S*~/.test(parent.directive.args[0]!.text);
      yield {
        at: wordSpan(parent.directive, path),
        message: `${fault.request} opens ${fault.opens}`,
        related: [
          { at: argument(alias.directive, 0)!.at, note: 'takes the place of what the location matched' },
        ],
        ...(isPattern
          ? { help: 'put a slash before the group' }
          : {
              fix: {
                title: 'end the location in a slash',
                safe: false,
                edits: [inserted(parent.directive, path, path.text.length, '/')],
              },
            }),
      };
    }
  },
});
