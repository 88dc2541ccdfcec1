import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { reaches, type Statement } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'sub-filter-on-compressed',
  severity: 'info',
  summary: 'sub_filter replaces nothing in answers that the backend compresses',
  why: `
nginx hands the client's \`Accept-Encoding\` on, the backend answers with gzip, and \`sub_filter\` looks for its text in compressed data. It
works in a test with curl, which asks for no compression, and never in a browser.

Write \`proxy_set_header Accept-Encoding "";\` beside it, with the other headers repeated.
`,
  sources: ['nginx documentation: ngx_http_sub_module (sub_filter)', 'nginx: ngx_http_sub_header_filter()'],
  bad: [
    {
      title: 'The backend may compress',
      files: `
        server {
            listen 80;
            location / {
                sub_filter http://app.internal https://www.example.com;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ sub_filter finds nothing in answers that the backend compresses
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'No compression is asked for, or there is no backend',
      files: `
        server {
            listen 80;
            location /a/ {
                sub_filter http://app.internal https://www.example.com;
                proxy_set_header Accept-Encoding "";
                proxy_pass http://10.0.0.11;
            }
            location /b/ {
                sub_filter http://app.internal https://www.example.com;
                root /srv;
            }
        }
      `,
    },
  ],
  *check({ named, inForce }) {
    const said = new Set<Statement | undefined>();
    for (const { directive, parent } of named('sub_filter')) {
      if (!parent || said.has(parent)) continue;
      said.add(parent);
      const isOpen = (each: Statement): boolean =>
        each.name === 'proxy_pass' &&
        !inForce(each.parent, 'proxy_set_header').some(
          (header) => header.directive.args[0]?.text.toLowerCase() === 'accept-encoding',
        ) &&
        inForce(each.parent, 'gunzip')[0]?.directive.args[0]?.text !== 'on';
      if (!reaches(parent, 'sub_filter', isOpen)) continue;
      yield {
        at: headSpan(directive),
        message: 'sub_filter finds nothing in answers that the backend compresses',
        help: 'write proxy_set_header Accept-Encoding "" where proxy_pass is',
      };
    }
  },
});
