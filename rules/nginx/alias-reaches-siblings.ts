import { rule } from '../../src/lint/rule.ts';
import { aliasFault, argument, isReachable, servesFiles } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'alias-reaches-siblings',
  severity: 'info',
  risk: 5.3,
  summary: 'An alias also opens folders whose names begin like its own',
  why: `
Neither the location nor its alias ends in a slash, so the location matches every path that begins with its letters:
\`location /static { alias /srv/static; }\` turns \`/static-old/x\` into \`/srv/static-old/x\`. A copy that somebody left beside the folder is
then published as well.

End both in a slash.
`,
  sources: ['nginx: ngx_http_map_uri_to_path()', 'nginx documentation: ngx_http_core_module (alias)'],
  bad: [
    {
      title: 'Both without a slash, a group glued to the folder',
      files: `
        server {
            listen 80;
            location /static {
                alias /srv/static;
                      ^^^^^^^^^^^ GET /static-old/x opens /srv/static-old/x
            }
            location ~ ^/img/(.*) {
                alias /srv/images$1;
                      ^^^^^^^^^^^^^ GET /img/-old/x opens /srv/images-old/x
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Files, exact paths, folders with a slash',
      files: `
        server {
            listen 80;
            location /robots.txt {
                alias /srv/robots.txt;
            }
            location = /a {
                alias /srv/a;
            }
            location /b/ {
                alias /srv/b/;
            }
            location ~ ^/c/(.*)$ {
                alias /srv/c/$1;
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
      if (fault?.kind !== 'siblings') continue;
      yield {
        at: argument(alias.directive, 0)!.at,
        message: `${fault.request} opens ${fault.opens}`,
        related: [{ at: argument(parent.directive, -1)!.at, note: 'matches more than one folder' }],
        help: 'end the location and the alias in a slash',
      };
    }
  },
});
