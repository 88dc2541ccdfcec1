import { rule } from '../../src/lint/rule.ts';
import { climbsOut, inserted } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'proxy-path-traversal',
  severity: 'error',
  risk: 7.5,
  summary: 'A location without its final slash lets requests out of the folder that proxy_pass names',
  why: `
nginx puts the URI of \`proxy_pass\` in the place of the text of the location. With \`location /api\` and \`proxy_pass http://app/v1/;\` the
path \`/api../admin\` begins with \`/api\`, and the backend gets \`/v1/../admin\`: the path above the one that was meant to be open.

End the location in a slash.
`,
  sources: ['nginx: ngx_http_proxy_create_request()', 'CWE-22'],
  bad: [
    {
      title: 'The slash is missing',
      files: `
        server {
            listen 80;
            location /api {
                     ^^^^ GET /api../x reaches /v1/../x behind it
                proxy_pass http://10.0.0.11/v1/;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location /api/ {
                proxy_pass http://10.0.0.11/v1/;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Both with a slash, both without, one path alone, not for clients',
      files: `
        server {
            listen 80;
            location /a/ {
                proxy_pass http://10.0.0.11/v1/;
            }
            location /b {
                proxy_pass http://10.0.0.11/v1;
            }
            location = /c {
                proxy_pass http://10.0.0.11/v1/;
            }
            location /e {
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  *check({ passes }) {
    for (const pass of passes) {
      const location = climbsOut(pass);
      if (!location?.path.value || !pass.uri) continue;
      const { path, statement } = location;
      const { directive } = statement;
      const word = directive.args.at(-1)!;
      yield {
        at: path.at,
        message: `GET ${path.value}../x reaches ${pass.uri.value}../x behind it`,
        related: [
          {
            at: pass.uri.at,
            note: `takes the place of ${path.value}, so that /x behind it becomes ${pass.uri.value}/x`,
          },
        ],
        fix: {
          title: 'end the location in a slash',
          safe: false,
          edits: [inserted(directive, word, word.text.length, '/')],
        },
      };
    }
  },
});
