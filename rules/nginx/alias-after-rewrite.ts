import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { isRedirect, servesFiles } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'alias-after-rewrite',
  severity: 'error',
  summary: 'A location rewrites the path and then cannot use its alias',
  why: `
\`alias\` replaces the text that the location matched. Once a \`rewrite … break\` has changed the path there is nothing to replace: nginx
answers 500 and logs that “alias” cannot be used in a location where the URI was rewritten.

Use \`root\`, which takes the whole path, or do without the rewrite.
`,
  sources: ['nginx: ngx_http_map_uri_to_path(), the flag alias of ngx_http_request_t'],
  bad: [
    {
      title: 'A rewrite that stays in the location',
      files: `
        server {
            listen 80;
            location /img/ {
                alias /srv/images/;
                ^^^^^^^^^^^^^^^^^^ nginx cannot use this alias once the path is rewritten, and answers 500
                rewrite ^/img/(.*)$ /small/$1 break;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'It leaves the location, it redirects, it depends, or there is a root',
      files: `
        server {
            listen 80;
            location /a/ {
                alias /srv/a/;
                rewrite ^/a/old/(.*)$ /b/$1 last;
            }
            location /b/ {
                root /srv;
                rewrite ^/b/(.*)$ /c/$1 break;
            }
            location /c/ {
                alias /srv/c/;
                if ($arg_old) {
                    rewrite ^/c/(.*)$ /d/$1 break;
                }
            }
            location /e/ {
                alias /srv/e/;
                rewrite ^/e/(.*)$ https://h.example.com/$1 break;
            }
        }
      `,
    },
  ],
  *check({ named }) {
    for (const alias of named('alias')) {
      const { parent } = alias;
      if (parent?.name !== 'location' || !servesFiles(parent)) continue;
      const rewrite = parent.body.find(
        ({ name, directive }) =>
          name === 'rewrite' && directive.args[2]?.text === 'break' && !isRedirect(directive),
      );
      if (!rewrite) continue;
      yield {
        at: headSpan(alias.directive),
        message: 'nginx cannot use this alias once the path is rewritten, and answers 500',
        related: [{ at: headSpan(rewrite.directive), note: 'rewritten here' }],
        help: 'use root, which takes the whole path, or do without the rewrite',
      };
    }
  },
});
