import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { inWords, linesBefore, lostPages } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'error-page-lost-by-inheritance',
  severity: 'info',
  summary: 'An error_page drops the pages of the level around it for other codes',
  why: `
\`error_page\` is inherited only by levels that have none of their own. A location with a page of its own for 404 answers 502 with nginx's
plain page, though the server has a better one.

Repeat the lines.
`,
  sources: [
    'nginx documentation: ngx_http_core_module (error_page)',
    'nginx: ngx_http_core_merge_loc_conf()',
  ],
  bad: [
    {
      title: 'Another page for one code',
      files: `
        server {
            listen 80;
            error_page 502 503 504 /sorry.html;
            location /api/ {
                error_page 413 /too-large.json;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the pages for 502, 503 and 504 of the outer level are lost here
                proxy_pass http://10.0.0.11;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            error_page 502 503 504 /sorry.html;
            location /api/ {
                error_page 502 503 504 /sorry.html;
                error_page 413 /too-large.json;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The same codes, codes that nobody gives here, an answer of its own',
      files: `
        server {
            listen 80;
            error_page 404 /404.html;
            error_page 502 504 /sorry.html;
            location /a/ {
                error_page 404 502 504 /a.html;
                root /srv;
            }
            location /b/ {
                error_page 502 504 /b.html;
                proxy_pass http://10.0.0.11;
            }
            location /c/ {
                error_page 418 /d.html;
                return 418;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { first, gone, names, isWhole } of lostPages(model)) {
      yield {
        at: headSpan(first.directive),
        message: `the page${names.length < 2 ? '' : 's'} for ${inWords(names)} of the outer level ${names.length < 2 ? 'is' : 'are'} lost here`,
        related: gone
          .slice(0, 3)
          .map((each) => ({ at: headSpan(each.directive), note: 'does not count here' })),
        // A page for a code that is repeated as well would count twice.
        ...(isWhole
          ? { fix: { title: 'repeat these lines here', safe: false, edits: [linesBefore(first, gone)] } }
          : { help: 'repeat these lines here: a level with pages of its own inherits none' }),
      };
    }
  },
});
