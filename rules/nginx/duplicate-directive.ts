import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'duplicate-directive',
  severity: 'error',
  summary: 'A directive stands twice where nginx takes it once',
  why: `
nginx refuses the file: \`"root" directive is duplicate\`. Most directives with one value may stand once in a block; a block further
in may set them again. Often one of the two came with an \`include\`, or a block's \`}\` is missing between them. \`alias\` and
\`root\` exclude each other in one block.

Names must be unique too: a log format, the zone of \`limit_req_zone\`, \`limit_conn_zone\` or \`proxy_cache_path\`.
`,
  sources: ['nginx: ngx_conf_set_str_slot() and its like, ngx_http_core_root(), ngx_shared_memory_add()'],
  bad: [
    {
      title: 'Copied twice, and a zone defined a second time',
      files: `
        limit_req_zone $binary_remote_addr zone=one:10m rate=5r/s;
        limit_req_zone $binary_remote_addr zone=one:20m rate=5r/s;
                                                ^^^ the zone one is defined twice
        server {
            listen 80;
            client_max_body_size 10m;
            root /var/www/shop;
            root /var/www/html;
            ^^^^^^^^^^^^^^^^^^ root stands twice in this block
            client_max_body_size 20m;
            ^^^^^^^^^^^^^^^^^^^^^^^^ client_max_body_size stands twice in this block
            location /static/ {
                limit_req zone=one;
                root /srv;
                alias /srv/static/;
                ^^^^^^^^^^^^^^^^^^ alias and root exclude each other in one block
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Lists, and the same directive further in',
      files: `
        server {
            listen 80;
            listen [::]:80;
            root /var/www/shop;
            index index.html;
            index index.php;
            error_page 404 /404.html;
            error_page 500 502 503 504 /50x.html;
            add_header X-A 1;
            add_header X-B 2;
            access_log /var/log/nginx/a.log;
            access_log /var/log/nginx/b.log;
            location /a/ {
                root /srv;
                rewrite ^/a/(.*)$ /b/$1;
                rewrite ^/b/(.*)$ /c/$1 break;
            }
        }
      `,
    },
  ],
  *check({ usage }) {
    for (const { statement, first, what } of usage.repeated) {
      const at = what?.at ?? headSpan(statement.directive);
      const other = what?.first ?? headSpan(first.directive);
      const isSame = first.directive === statement.directive;
      yield {
        at,
        message: isSame
          ? `${statement.name} is read twice in one block, as its file is included twice`
          : (what?.says ?? `${statement.name} stands twice in this block`),
        ...(isSame ? {} : { related: [{ at: other, note: 'the first' }] }),
        help: 'nginx does not start with both',
      };
    }
  },
});
