import { rule } from '../../src/lint/rule.ts';
import { locationOf, within } from '../../src/model/nginx/index.ts';

/** What servers run by the ending of the name. */
const programs =
  /\\\.(?:php\d?|phtml|phar|pl|cgi|fcgi|py|rb|jspx?|do|aspx?|ashx|cfm|lua|\((?:\?:)?(?:php\d?|phtml|phar|pl|cgi|fcgi|py|rb|jspx?|do|aspx?|ashx|cfm|lua|[|])+\))$/;

const runs = /^(?:fastcgi_pass|uwsgi_pass|scgi_pass|proxy_pass|perl)$/;

export default rule({
  scope: 'nginx',
  id: 'location-regex-unanchored',
  severity: 'warning',
  risk: 5.3,
  summary: 'A location for programs matches their ending anywhere in a path',
  why: `
\`~ \\.php\` matches \`/uploads/x.php.jpg\` and \`/a.phpinfo/b\` as well: what a client uploads as a picture is handed to the interpreter.

End the pattern with \`$\`, or with \`(/|$)\` where a path may follow.
`,
  sources: ['nginx documentation: ngx_http_core_module (location)', 'CWE-777'],
  bad: [
    {
      title: 'The end is missing',
      files: `
        server {
            listen 80;
            location ~ \\.phtml {
                       ^^^^^^^ \\.phtml matches anywhere in a path, as in /x.phtml.jpg
                fastcgi_pass unix:/run/php/fpm.sock;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location ~ \\.phtml$ {
                fastcgi_pass unix:/run/php/fpm.sock;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'An end, a path that may follow, refusals',
      files: `
        server {
            listen 80;
            location ~ \\.phtml$ {
                fastcgi_pass unix:/run/php/fpm.sock;
            }
            location ~ \\.pl(/|$) {
                fastcgi_pass unix:/run/php/fpm.sock;
            }
            location ~ ^/cgi/.+\\.cgi(/.*)?$ {
                fastcgi_pass unix:/run/cgi.sock;
            }
            location ~ \\.php {
                deny all;
            }
            location ~ \\.(py|rb) {
                return 404;
            }
        }
      `,
    },
  ],
  *check({ named }) {
    for (const statement of named('location')) {
      const { modifier, path } = locationOf(statement);
      const { value, at } = path;
      if (!modifier.startsWith('~') || value === undefined) continue;
      const [, ending] = /(\\\.[\w()|?:]+)(?:\\b)?$/.exec(value) ?? [];
      if (ending === undefined || !programs.test(ending)) continue;
      if (!statement.body.some(({ name }) => runs.test(name))) continue;
      const isBounded = value.endsWith('\\b');
      const sample = /\w+/.exec(ending.replace('?:', ''))![0];
      const { directive } = statement;
      const word = directive.args.at(-1)!;
      const end = word.text.length;
      yield {
        at,
        message: `${value.length > 40 ? ending : value} matches anywhere in a path, as in /x.${sample}.jpg`,
        fix: {
          title: 'end it with $',
          safe: false,
          edits: [{ ...within(directive, word, isBounded ? end - 2 : end, end), text: '$' }],
        },
      };
    }
  },
});
