import { rule } from '../../src/lint/rule.ts';
import { climbsOut, enclosingLocation, type Location } from '../../src/model/nginx/index.ts';

/** A path that names one file: nothing comes after it. */
const isFile = ({ path }: Location): boolean => /\.\w+$/.test(path.value ?? '');

export default rule({
  scope: 'nginx',
  id: 'proxy-pass-uri-mismatch',
  severity: 'warning',
  summary: 'Only one of location and proxy_pass ends in a slash',
  why: `
When \`proxy_pass\` has a path, be it only \`/\`, nginx puts it in the place of the text that the location matched, letter by letter.
\`location /api { proxy_pass http://app/; }\` turns \`/api/users\` into \`//users\`; \`location /api/ { proxy_pass http://app/v1; }\`
turns it into \`/v1users\`. Both should end in a slash, or neither.
`,
  sources: [
    'nginx: ngx_http_proxy_create_request()',
    'nginx documentation: ngx_http_proxy_module (proxy_pass)',
  ],
  bad: [
    {
      title: 'A slash too many, a slash too few',
      files: `
        server {
            listen 80;
            location /api {
                proxy_pass http://10.0.0.11:8080/;
                                                ^ /api/x becomes //x
            }
            location /shop/ {
                proxy_pass http://10.0.0.11:8080/store;
                                                ^^^^^^ /shop/x becomes /storex
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A template, whose scheme and path are still to be filled in',
      files: {
        'app.conf.j2': `
          server {
              listen 80;
              location / {
                  proxy_pass {{ scheme }}://{{ target }};
              }
              location /api {
                  proxy_pass http://10.0.0.11:8080/{{ path }};
              }
          }
        `,
      },
    },
    {
      title: 'Both, neither, no path, one file, a rewrite that decides',
      files: `
        server {
            listen 80;
            location /a/ {
                proxy_pass http://10.0.0.11:8080/;
            }
            location /b {
                proxy_pass http://10.0.0.11:8080/c;
            }
            location /d {
                proxy_pass http://10.0.0.11:8080;
            }
            location = /e {
                proxy_pass http://10.0.0.11:8080/;
            }
            location /robots.txt {
                proxy_pass http://10.0.0.11:8080/;
            }
            location /f {
                rewrite ^/f(.*)$ $1 break;
                proxy_pass http://10.0.0.11:8080/;
            }
        }
      `,
    },
  ],
  *check({ passes }) {
    for (const pass of passes) {
      const { statement, uri, hasVariables, module } = pass;
      // In a condition nginx takes no path at all.
      if (climbsOut(pass) || statement.parent?.name === 'if') continue;
      if (!uri || hasVariables || module !== 'http' || statement.name !== 'proxy_pass') continue;
      const location = enclosingLocation(statement);
      const path = location?.path.value;
      if (!location || path === undefined || !/^(?:\^~)?$/.test(location.modifier) || isFile(location))
        continue;
      if (!path.startsWith('/') || !uri.value.startsWith('/') || uri.value.includes('?')) continue;
      if (path.endsWith('/') === uri.value.endsWith('/')) continue;
      if (
        location.statement.body.some(
          ({ name, directive }) => name === 'rewrite' && directive.args[2]?.text === 'break',
        )
      )
        continue;
      const rest = path.endsWith('/') ? 'x' : '/x';
      yield {
        at: uri.at,
        message: `${path}${rest} becomes ${uri.value}${rest}`,
        related: [{ at: location.path.at, note: 'this text is what the path replaces' }],
        help: 'end both in a slash, or neither',
      };
    }
  },
});
