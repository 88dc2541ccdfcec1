import { rule } from '../../src/lint/rule.ts';
import { locationOf } from '../../src/model/nginx/index.ts';

/** Signs that nobody has in a path, but every pattern. */
const looksLikePattern = /\.[*+]|\\[.dwsb/-]|\([^()]*\|[^()]*\)|\[(?:a-z|A-Z|0-9|\^)|.\$$/;

export default rule({
  scope: 'nginx',
  id: 'regex-in-prefix-location',
  severity: 'warning',
  summary: 'A location without ~ is written like a regular expression',
  why: `
Without \`~\` or \`~*\` nginx takes the text of a location as it stands, letter by letter. \`location /img/.*\` matches requests for
\`/img/.*\` and nothing else, so the location is never used, and neither are the refusals in it.

Write the modifier, and \`^\` where the text is to begin the path.
`,
  sources: ['nginx: ngx_http_core_location()', 'nginx documentation: ngx_http_core_module (location)'],
  bad: [
    {
      title: 'Patterns without their modifier',
      files: `
        server {
            listen 80;
            location /img/.* {
                     ^^^^^^^ /img/.* is a pattern, and without ~ it matches only itself
                return 403;
            }
            location = /(a|b)/x {
                       ^^^^^^^^ /(a|b)/x is a pattern, and without ~ it matches only itself
                return 403;
            }
            location /x\\.php$ {
                     ^^^^^^^^ /x\\.php$ is a pattern, and without ~ it matches only itself
                return 403;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location ~ ^/img/.* {
                return 403;
            }
            location ~ ^/(a|b)/x {
                return 403;
            }
            location ~ ^/x\\.php$ {
                return 403;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Signs that a path may have',
      files: `
        server {
            listen 80;
            location /a.b {
                return 204;
            }
            location /c++/ {
                return 204;
            }
            location /wiki/(x) {
                return 204;
            }
            location ^~/d {
                return 204;
            }
            location ~ ^/img/.*\\.png$ {
                return 204;
            }
            location /what? {
                return 204;
            }
        }
      `,
    },
  ],
  *check({ named }) {
    for (const statement of named('location')) {
      const { modifier, path } = locationOf(statement);
      const { value, at } = path;
      if (value === undefined || !/^(?:=|\^~)?$/.test(modifier)) continue;
      if (!value.startsWith('/') || !looksLikePattern.test(value)) continue;
      const words = statement.directive.args;
      const isQuoted = words.some(({ quote }) => quote);
      const first = words[0]!;
      const ruled = value.length > 40 ? `${value.slice(0, 39)}…` : value;
      yield {
        at,
        message: `${ruled} is a pattern, and without ~ it matches only itself`,
        ...(isQuoted
          ? { help: 'write ~ before it' }
          : {
              fix: {
                title: 'make it a pattern',
                safe: false,
                edits: [{ source: at.source, start: first.start, end: at.end, text: `~ ^${value}` }],
              },
            }),
      };
    }
  },
});
