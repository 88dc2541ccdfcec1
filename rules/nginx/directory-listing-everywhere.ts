import { headSpan, wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { locationOf, type Statement, servesFiles } from '../../src/model/nginx/index.ts';

const hasOwn = ({ body }: Statement): boolean => body.some(({ name }) => name === 'autoindex');

/** Whether the setting of a server or of http counts for some folder that is served. */
function counts(level: Statement): boolean {
  if (level.name === 'http') {
    return level.body.some((each) => each.name === 'server' && !hasOwn(each) && counts(each));
  }
  if (!servesFiles(level)) return false;
  const locations = level.body.filter(({ name }) => name === 'location');
  const hasRest = !locations.some((each) => {
    const { modifier, path } = locationOf(each);
    return path.value === '/' && (modifier === '' || modifier === '^~');
  });
  return (level.name === 'server' && hasRest) || locations.some((each) => !hasOwn(each) && servesFiles(each));
}

/** Whether the lists are what the server is for, as on a mirror: somebody chose how they look, or there is nothing but files. */
const isForLists = ({ name, body }: Statement): boolean =>
  body.some((each) => /^(?:autoindex_\w+|add_(?:before|after)_body)$/.test(each.name)) ||
  (name === 'server' &&
    !body.some((each) => /^(?:location|index|try_files|if|return|rewrite)$/.test(each.name)));

export default rule({
  scope: 'nginx',
  id: 'directory-listing-everywhere',
  severity: 'warning',
  risk: 5.3,
  summary: 'autoindex is on for a whole server',
  why: `
\`autoindex on;\` at the level of a server or of http lists every folder without an index file, those included that somebody adds later:
backups, uploads, dumps.

Write it into the location whose files are meant to be listed. On a mirror, where all of them are, it is worth knowing only.
`,
  sources: ['nginx documentation: ngx_http_autoindex_module (autoindex)', 'CWE-548'],
  bad: [
    {
      title: 'In the server',
      files: `
        server {
            listen 80;
            root /srv/www;
            autoindex on;
            ^^^^^^^^^^^^ every folder without an index file is listed
            location /pub/ {
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            root /srv/www;
            autoindex off;
            location /pub/ {
            }
        }
      `,
    },
    {
      title: 'A mirror: lists in the form that somebody chose, a server of files alone',
      files: `
        server {
            listen 80;
            root /srv/mirror;
            autoindex on;
            ^^^^^^^^^^^^ every folder without an index file is listed
            autoindex_exact_size off;
            location / {
                try_files $uri $uri/ =404;
            }
        }
        server {
            listen 81;
            root /srv/mirror;
            autoindex on;
            ^^^^^^^^^^^^ every folder without an index file is listed
            sendfile on;
        }
      `,
    },
  ],
  good: [
    {
      title: 'In a location; switched off in all that serve files',
      files: `
        server {
            listen 80;
            root /srv/www;
            location /pub/ {
                autoindex on;
            }
        }
        server {
            listen 81;
            autoindex on;
            location / {
                autoindex off;
            }
            location /api/ {
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  *check({ named }) {
    for (const { directive, parent } of named('autoindex')) {
      const word = directive.args[0];
      if (word?.text.toLowerCase() !== 'on' || !parent || !/^(?:server|http)$/.test(parent.name)) continue;
      if (!counts(parent)) continue;
      yield {
        at: headSpan(directive),
        message: 'every folder without an index file is listed',
        ...(isForLists(parent) ? { severity: 'info' as const } : {}),
        fix: {
          title: 'switch it off here',
          safe: false,
          edits: [{ ...wordSpan(directive, word), text: 'off' }],
        },
      };
    }
  },
});
