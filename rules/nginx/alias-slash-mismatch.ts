import { rule } from '../../src/lint/rule.ts';
import { aliasFault, argument, servesFiles } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'alias-slash-mismatch',
  severity: 'error',
  summary: 'A location ends in a slash and its alias does not, so no file is found',
  why: `
nginx puts the alias in the place of the text that the location matched, its slash included. \`location /img/ { alias /srv/images; }\`
looks for \`/img/logo.png\` in \`/srv/imageslogo.png\`: every request below it is answered with 404.

End the alias in a slash, too.
`,
  sources: ['nginx: ngx_http_map_uri_to_path()', 'nginx documentation: ngx_http_core_module (alias)'],
  bad: [
    {
      title: 'The slash is lost',
      files: `
        server {
            listen 80;
            location /img/ {
                alias /srv/images;
                      ^^^^^^^^^^^ /img/x is looked for in /srv/imagesx
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location /img/ {
                alias /srv/images/;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Variables tell, a file is tried by another name, nothing is opened',
      files: `
        server {
            listen 80;
            location /a/ {
                alias /srv/a/;
            }
            location /b/ {
                alias /srv/$arg_none;
                return 404;
            }
            location /c/ {
                alias /srv/c;
                try_files /index.html =404;
            }
            location /d/ {
                alias /srv/d;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  *check({ named, flow }) {
    for (const alias of named('alias')) {
      const { parent } = alias;
      if (!parent || !servesFiles(parent)) continue;
      const fault = aliasFault(alias, flow);
      if (fault?.kind !== 'glued') continue;
      const tries = parent.body.find(({ name }) => name === 'try_files');
      if (tries && !tries.directive.args.some(({ text }) => /\$\{?uri\b/.test(text))) continue;
      const text = argument(alias.directive, 0)!;
      const path = argument(parent.directive, -1)!;
      const quote = alias.directive.args[0]!.quote;
      yield {
        at: text.at,
        message: `${path.value}x is looked for in ${fault.opens}`,
        related: [{ at: path.at, note: 'ends in a slash, and the alias takes its place' }],
        fix: {
          title: 'end the alias in a slash',
          safe: true,
          edits: [
            { ...text.at, start: text.at.end - quote.length, end: text.at.end - quote.length, text: '/' },
          ],
        },
      };
    }
  },
});
