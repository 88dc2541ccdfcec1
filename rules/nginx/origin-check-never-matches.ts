import { rule } from '../../src/lint/rule.ts';
import { originChecks } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'origin-check-never-matches',
  severity: 'error',
  summary: 'A pattern for Origin or Referer matches nothing that a browser sends',
  why: `
\`Origin\` is a scheme, a host and perhaps a port: \`https://www.example.com\`, with no slash at its end. \`Referer\` is an address with a
path. A pattern without the scheme, or with a path for \`Origin\`, never matches, and what was to be allowed is refused.

Write the whole value, for \`Origin\` without a path: \`^https://(www\\.)?example\\.com$\`. For \`Referer\` end the host with the slash of the
path: \`^https://www\\.example\\.com/\`.
`,
  sources: ['RFC 6454, section 7', 'RFC 9110, section 10.1.3'],
  bad: [
    {
      title: 'A slash at the end, no scheme',
      files: `
        map $http_origin $cors {
            default "";
            ~^https://example\\.com/$ $http_origin;
            ^^^^^^^^^^^^^^^^^^^^^^^^ no browser sends an Origin that this pattern matches
            ~^www\\.example\\.com$ $http_origin;
            ^^^^^^^^^^^^^^^^^^^^ no browser sends an Origin that this pattern matches
        }
        server {
            listen 80;
            add_header Access-Control-Allow-Origin $cors;
        }
      `,
    },
  ],
  good: [
    {
      title: 'An origin as browsers send it',
      files: `
        map $http_origin $cors {
            default "";
            ~^https://example\\.com$ $http_origin;
            ~^http://localhost:3000$ $http_origin;
            ~^http://10\\.0\\.0\\.1$ $http_origin;
            ~^null$ "";
        }
        server {
            listen 80;
            add_header Access-Control-Allow-Origin $cors;
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, header, foreign } of originChecks(model)) {
      if (foreign !== 'never') continue;
      yield {
        at,
        message: `no browser sends ${header === 'origin' ? 'an Origin' : 'a Referer'} that this pattern matches`,
        help:
          header === 'origin'
            ? 'an Origin is a scheme and a host without a path: https://www.example.com'
            : 'a Referer is a whole address: https://www.example.com/page',
      };
    }
  },
});
