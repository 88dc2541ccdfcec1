import { headSpan, isClosed } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { type Location, locationsIn, type Statement } from '../../src/model/nginx/index.ts';

/** What must differ between two locations of a level; `^~` only changes what comes after the choice. */
function key({ modifier, path }: Location): string | undefined {
  if (path.value === undefined) return undefined;
  return `${modifier === '^~' ? '' : modifier} ${path.value}`;
}

function* repeated(level: Statement): Generator<{ first: Location; second: Location }> {
  const seen = new Map<string, Location>();
  for (const location of locationsIn(level)) {
    const id = key(location);
    if (id === undefined) continue;
    const first = seen.get(id);
    // Where the first lacks its }, that is what there is to say.
    if (first && isClosed(first.statement.directive)) yield { first, second: location };
    else seen.set(id, location);
  }
}

export default rule({
  scope: 'nginx',
  id: 'duplicate-location',
  severity: 'error',
  summary: 'Two locations of one level are the same',
  why: `
nginx refuses the file: \`duplicate location "/api/"\`. \`location /api/\` and \`location ^~ /api/\` are the same place, \`location =
/api/\` is another. Of two equal patterns, and of two equal named locations, nginx says nothing: the second is never used (a
warning here).
`,
  sources: ['nginx: ngx_http_join_exact_locations(), ngx_http_init_locations()'],
  bad: [
    {
      title: 'The same prefix, and a pattern that never gets its turn',
      files: `
        server {
            listen 80;
            location /api/ {
                return 200;
            }
            location ^~ /api/ {
            ^^^^^^^^^^^^^^^^^ location /api/ stands twice on this level
                return 204;
            }
            location ~ \\.php$ {
                return 403;
            }
            location ~ \\.php$ {
            ^^^^^^^^^^^^^^^^^ location \\.php$ stands twice on this level
                return 404;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'An exact one, another kind of pattern, another level',
      files: `
        server {
            listen 80;
            location / {
                location /api/ {
                    return 200;
                }
            }
            location /api/ {
                return 200;
            }
            location = /api/ {
                return 204;
            }
            location ~ \\.php$ {
                return 403;
            }
            location ~* \\.php$ {
                return 404;
            }
        }
      `,
    },
  ],
  *check({ servers, named, templates }) {
    const levels = [...servers.map(({ statement }) => statement), ...named('location')];
    for (const level of levels) {
      if (level.body.length === 0 || templates.has(level.directive.source)) continue;
      for (const { first, second } of repeated(level)) {
        const { modifier, path, statement } = second;
        const isSilent = modifier.startsWith('~') || modifier === '@';
        yield {
          at: headSpan(statement.directive),
          message: `location ${path.value} stands twice on this level`,
          related: [{ at: headSpan(first.statement.directive), note: 'the first' }],
          ...(isSilent ? { severity: 'warning', help: 'nginx uses the first and never the second' } : {}),
        };
      }
    }
  },
});
