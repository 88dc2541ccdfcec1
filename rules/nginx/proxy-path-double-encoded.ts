import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'proxy-path-double-encoded',
  severity: 'warning',
  summary: 'A rewrite to $request_uri encodes the path a second time on its way to the backend',
  why: `
\`$request_uri\` is encoded as the client sent it. \`rewrite ^ $request_uri break;\` makes it the path of the request, which nginx encodes when it
hands it on: \`/a%2Fb\` arrives as \`/a%252Fb\`.

\`proxy_pass\` without a path hands the client's own on unchanged. Where a part is to be cut off, rewrite once more and write
\`proxy_pass http://backend$uri;\`.
`,
  sources: ['nginx: ngx_http_proxy_create_request(), ngx_http_script_regex_end_code()'],
  bad: [
    {
      title: 'Meant to keep the path as it is',
      files: `
        server {
            listen 80;
            location / {
                rewrite ^ $request_uri break;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the backend gets %252F for %2F: the path is encoded twice
                proxy_pass http://10.0.0.11;
            }
            location /api/ {
                rewrite ^ $request_uri;
                ^^^^^^^^^^^^^^^^^^^^^^ the backend gets %252F for %2F: the path is encoded twice
                rewrite ^/api/(.*)$ /$1 break;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Handed on as it is',
      files: `
        server {
            listen 80;
            location /a/ {
                rewrite ^ $request_uri;
                rewrite ^/a/(.*)$ /$1 break;
                proxy_pass http://10.0.0.11$uri;
            }
            location /b/ {
                proxy_pass http://10.0.0.11;
            }
            location /c/ {
                rewrite ^ $request_uri break;
                proxy_pass http://10.0.0.11$request_uri;
            }
        }
      `,
    },
  ],
  *check({ named }) {
    for (const statement of named('rewrite')) {
      const { directive, parent } = statement;
      const [pattern, target] = directive.args;
      if (!/^\$\{?request_uri\}?$/.test(target?.text ?? '') || parent?.name !== 'location') continue;
      if (!/^(?:\^|\^?\(?\.\*\)?\$?)$/.test(pattern?.text ?? '')) continue;
      const pass = parent.body.find(({ name }) => name === 'proxy_pass');
      const rewrites = parent.body.filter(({ name }) => name === 'rewrite');
      const flags = rewrites.slice(rewrites.indexOf(statement)).map((each) => each.directive.args[2]?.text);
      // Without a break the path goes through the locations again.
      if (!pass || flags.some((flag) => flag !== undefined && flag !== 'break') || !flags.includes('break'))
        continue;
      if (/\$(?:\{?(?:uri|document_uri|request_uri)\b|\d)/.test(pass.directive.args[0]?.text ?? '')) continue;
      yield {
        at: headSpan(directive),
        message: 'the backend gets %252F for %2F: the path is encoded twice',
        related: [{ at: headSpan(pass.directive), note: 'encodes it the second time' }],
        help: `write $uri behind the name in ${pass.name}, or leave the rewrite away`,
      };
    }
  },
});
