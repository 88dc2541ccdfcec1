import { rule } from '../../src/lint/rule.ts';
import { locationFor, locationOf, ownGuard } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'exact-location-guard',
  severity: 'info',
  summary: 'Only one spelling of a path is protected, and the backend answers the others',
  why: `
\`location = /admin\` protects that path and nothing else. \`/admin/\` and \`/admin/users\` go where all the rest goes, and most applications
answer \`/admin/\` as they answer \`/admin\`.

\`location ^~ /admin\` protects what begins with it, too.
`,
  sources: ['nginx: ngx_http_core_find_static_location()'],
  bad: [
    {
      title: 'The page is closed, its double is open',
      files: `
        server {
            listen 80;
            location = /admin {
                       ^^^^^^ /admin/ is answered by location / and is not protected
                deny all;
            }
            location / {
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Both guarded, a file, nothing behind it',
      files: `
        server {
            listen 80;
            location = /admin {
                deny all;
            }
            location /admin/ {
                deny all;
            }
            location = /xmlrpc.php {
                deny all;
            }
            location / {
                proxy_pass http://10.0.0.11;
            }
        }
        server {
            listen 81;
            location = /admin {
                deny all;
            }
            location / {
                root /srv;
            }
        }
      `,
    },
  ],
  *check({ named, passes }) {
    let handsOn: ReadonlySet<unknown> | undefined;
    for (const statement of named('location')) {
      if (!statement.directive.args[0]?.text.startsWith('=')) continue;
      const { modifier, path } = locationOf(statement);
      if (modifier !== '=' || !statement.parent || !path.value || /\.|\/$/.test(path.value)) continue;
      const guard = ownGuard(statement);
      if (!guard) continue;
      const other = locationFor(statement.parent, `${path.value}/`);
      if (other === 'unknown' || !other || other.path.value !== '/') continue;
      handsOn ??= new Set(passes.map(({ statement }) => statement.parent));
      if (ownGuard(other.statement) || !handsOn.has(other.statement)) continue;
      yield {
        at: path.at,
        message: `${path.value}/ is answered by location / and is not protected`,
        related: [{ at: other.path.at, note: 'answers everything else' }],
        help: `location ^~ ${path.value} protects what begins with it, too`,
      };
    }
  },
});
