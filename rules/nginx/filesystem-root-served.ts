import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  accessList,
  isReachable,
  lastWord,
  locationOf,
  type NginxModel,
  normalPath,
  type Statement,
  servesFiles,
} from '../../src/model/nginx/index.ts';

/** The path below which files are served by this root; undefined where nothing is. */
function served(level: Statement, root: Statement, model: NginxModel): string | undefined {
  if (!servesFiles(level) || !isReachable(level)) return undefined;
  const ownRoot = model.inForce(level, 'root')[0];
  const locations = level.body.filter(({ name }) => name === 'location');
  if (level.name === 'location') {
    if (ownRoot !== root || level.body.some(({ name }) => name === 'alias')) return undefined;
    if (lastWord(accessList(level)) === 'deny') return undefined;
    const { modifier, path } = locationOf(level);
    // Below any other path, only the folder of that name is served.
    return (modifier === '' || modifier === '^~') && path.value === '/' ? path.value : undefined;
  }
  const hasAll = locations.some((each) => {
    const { modifier, path } = locationOf(each);
    return path.value === '/' && (modifier === '' || modifier === '^~');
  });
  if (!hasAll && ownRoot === root) return '/';
  for (const each of locations) {
    const path = served(each, root, model);
    if (path !== undefined) return path;
  }
  return undefined;
}

export default rule({
  scope: 'nginx',
  id: 'filesystem-root-served',
  severity: 'error',
  risk: 7.5,
  summary: 'The root of the file system is what clients are served from',
  why: `
With \`root /;\` nginx opens the path of a request as it is: \`GET /etc/passwd\` is answered with that file, and so is every key, backup
and log that the workers may read.

Name the folder that is meant. For files that the backend hands out by \`X-Accel-Redirect\`, add \`internal;\`.
`,
  sources: ['nginx: ngx_http_map_uri_to_path()', 'nginx documentation: ngx_http_core_module (root)'],
  bad: [
    {
      title: 'A location, and a server in which one location serves files',
      files: `
        server {
            listen 80;
            location / {
                root /;
                ^^^^^^ every file of this machine is served below /
            }
        }
        server {
            listen 81;
            root /./;
            ^^^^^^^^ every file of this machine is served below /
            location / {
                try_files $uri =404;
            }
        }
        server {
            listen 82;
            location /files/ {
                alias /;
                ^^^^^^^ every file of this machine is served below /files/
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Nothing is opened with it, or only what nginx asks for',
      files: `
        server {
            listen 80;
            root /;
            location / {
                proxy_pass http://10.0.0.11;
            }
            location = /favicon.ico {
                log_not_found off;
            }
            location /files/ {
                internal;
            }
            location @app {
                proxy_pass http://10.0.0.11;
            }
        }
        server {
            listen 82;
            root /;
            location / {
                rewrite ^ /srv/app/index.php last;
            }
            location ~ \\.php$ {
                fastcgi_pass 127.0.0.1:9000;
            }
        }
        server {
            listen 81;
            location /srv/files/ {
                root /;
            }
            location /media {
                root "/";
                autoindex on;
            }
            location = /x {
                alias /;
            }
            location /parent/ {
                alias /srv/../;
                internal;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const statement of [...model.named('root'), ...model.named('alias')]) {
      const { parent, directive, name } = statement;
      const value = directive.args[0]?.text ?? '';
      if (!parent || !value.startsWith('/') || value.includes('$') || normalPath(value) !== '/') continue;
      let path: string | undefined;
      if (name === 'alias') {
        const { modifier, path: text } = locationOf(parent);
        const isOpen = servesFiles(parent) && isReachable(parent) && lastWord(accessList(parent)) !== 'deny';
        // Without a slash of its own after one in the location, the rest of the path is glued to the name: `/.x`.
        const isFolder = value.endsWith('/') || !text.value?.endsWith('/');
        if (isOpen && isFolder && (modifier === '' || modifier === '^~')) path = text.value;
      } else if (parent.name === 'http') {
        for (const server of parent.body) {
          if (server.name === 'server') path ??= served(server, statement, model);
        }
      } else if (parent.name === 'server' || parent.name === 'location') {
        path = served(parent, statement, model);
      }
      if (path === undefined) continue;
      yield {
        at: headSpan(directive),
        message: `every file of this machine is served below ${path}`,
        help: 'name the folder that is meant, or add internal where only the backend hands out files',
      };
    }
  },
});
