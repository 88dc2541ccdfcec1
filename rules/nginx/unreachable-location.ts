import { grouped } from '../../grammar/group-by.ts';
import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { hiddenBy, type Location, locationOf, patternOf } from '../../src/model/nginx/index.ts';

/** A level with more patterns is made by a program, and comparing each with each takes time. */
const most = 60;

const patternIn = ({ path, modifier }: Location) =>
  path.value === undefined ? undefined : patternOf(path.value, modifier === '~*');

export default rule({
  scope: 'nginx',
  id: 'unreachable-location',
  severity: 'error',
  summary: 'A location with a regular expression comes after one that matches all of its paths',
  why: `
Of the regular expressions nginx takes the first in the order of the file that matches, not the longest. \`location ~ ^/api\` before
\`location ~ ^/api/v1\` answers all requests of both, and the second block is never used. \`nginx -t\` is content.

Write the narrower one first, or make them prefixes, of which the longest wins in any order.
`,
  sources: ['nginx: ngx_http_core_find_location()', 'nginx documentation: ngx_http_core_module (location)'],
  bad: [
    {
      title: 'The wider pattern comes first',
      files: `
        server {
            listen 80;
            location ~ ^/api {
                return 204;
            }
            location ~ ^/api/v1 {
            ^^^^^^^^^^^^^^^^^^^ never used: ^/api above matches all of its paths
                return 404;
            }
            location ~* \\.(png|jpg)$ {
                return 204;
            }
            location ~ \\.png$ {
            ^^^^^^^^^^^^^^^^^ never used: \\.(png|jpg)$ above matches all of its paths
                return 404;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The narrower first, overlaps, another level, a prefix that bars patterns',
      files: `
        server {
            listen 80;
            location ~ ^/api/v1 {
                return 404;
            }
            location ~ ^/api {
                return 204;
            }
            location ^~ /static/ {
                root /srv;
                location ~ \\.css$ {
                    expires 1d;
                }
            }
            location ~ \\.(css|js)$ {
                expires 2d;
            }
            location ~ \\.JS$ {
                return 404;
            }
            location ~ ^/x\\.(css|txt)$ {
                return 404;
            }
        }
      `,
    },
  ],
  *check({ named }) {
    const patterns = named('location').filter(({ directive }) => directive.args[0]?.text.startsWith('~'));
    for (const level of grouped(patterns, ({ parent }) => parent)) {
      if (level.length < 2 || level.length > most) continue;
      const list = level.map(locationOf);
      for (const [index, later] of list.entries()) {
        const pattern = patternIn(later);
        if (!pattern) continue;
        for (const earlier of list.slice(0, index)) {
          const other = patternIn(earlier);
          if (!other || (other.text === pattern.text && earlier.modifier === later.modifier)) continue;
          if (hiddenBy(other, pattern, [earlier.modifier === '~*', later.modifier === '~*']) === undefined)
            continue;
          const shown = other.text.length > 40 ? `${other.text.slice(0, 39)}…` : other.text;
          yield {
            at: headSpan(later.statement.directive),
            message: `never used: ${shown} above matches all of its paths`,
            related: [{ at: headSpan(earlier.statement.directive), note: 'is asked first' }],
            help: 'move it before the other one',
          };
          break;
        }
      }
    }
  },
});
