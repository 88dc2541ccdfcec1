import { rule } from '../../src/lint/rule.ts';
import { argument, corsFaults } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'cors-credentials-with-star',
  severity: 'warning',
  summary: 'Cookies are allowed for any origin by a star, which browsers refuse',
  why: `
Where a request is sent with cookies, browsers do not accept \`*\` as \`Access-Control-Allow-Origin\`: the page gets an error instead of the
answer. So \`Access-Control-Allow-Credentials: true\` beside it has no effect, and what was meant fails.

Name the origin, by a map of those that are ours.
`,
  sources: ['Fetch standard: CORS protocol and credentials'],
  bad: [
    {
      title: 'Both together',
      files: `
        server {
            listen 80;
            location / {
                add_header Access-Control-Allow-Origin *;
                                                       ^ browsers refuse * where cookies are allowed
                add_header Access-Control-Allow-Credentials true;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Each in a place of its own',
      files: `
        server {
            listen 80;
            location /a {
                add_header Access-Control-Allow-Origin *;
                proxy_pass http://10.0.0.11;
            }
            location /b {
                add_header Access-Control-Allow-Origin https://example.com;
                add_header Access-Control-Allow-Credentials true;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { statement, credentials, part } of corsFaults(model)) {
      if (part) continue;
      yield {
        at: argument(statement.directive, 1)!.at,
        message: 'browsers refuse * where cookies are allowed',
        related: [{ at: credentials, note: 'cookies are allowed here' }],
        help: 'name the origin, by a map of those that are ours',
      };
    }
  },
});
