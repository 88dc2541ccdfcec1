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

Names must be unique too: a log format, the zone of \`limit_req_zone\`, \`limit_conn_zone\` or \`proxy_cache_path\`. Upstreams, and
\`ssl_session_cache\`, may share a zone among themselves when its size is the same everywhere. Of the lists, \`limit_req\` and
\`limit_conn\` take a zone once in a block, \`proxy_redirect off\` and its like stand alone, and all logs in one file have the
same buffer.
`,
  sources: [
    'nginx: ngx_conf_set_str_slot() and its like, ngx_http_core_root(), ngx_shared_memory_add(), ngx_add_path()',
    'nginx: ngx_http_limit_req(), ngx_http_proxy_redirect(), ngx_http_log_set_log()',
  ],
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
    {
      title: 'A module, from two places',
      files: `
        load_module modules/ngx_stream_module.so;
        load_module /usr/lib/nginx/modules/ngx_stream_module.so;
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the module ngx_stream_module is loaded twice
        events {}
      `,
    },
    {
      title: 'Lists that take each thing once',
      files: `
        proxy_cache_path /var/cache/nginx keys_zone=shop:10m;
        proxy_cache_path /var/cache/nginx keys_zone=api:10m;
                         ^^^^^^^^^^^^^^^^ two caches have the path /var/cache/nginx
        limit_req_zone $binary_remote_addr zone=login:10m rate=5r/s;
        ssl_session_cache shared:login:10m;
                                 ^^^^^ the zone login belongs to limit_req_zone
        upstream a {
            zone backends 64k;
            server 10.0.0.11;
        }
        upstream b {
            zone backends 128k;
                 ^^^^^^^^ the zone backends has 64k, and here 128k
            server 10.0.0.12;
        }
        map $uri $old {
            default "";
        }
        map_hash_max_size 4096;
        ^^^^^^^^^^^^^^^^^^^^^^ map_hash_max_size stands below a map, which takes the default for all maps
        server {
            listen 80;
            return 301 https://a.example.com$old;
        }
        server {
            listen 80;
            access_log /var/log/nginx/a.log combined buffer=32k;
            limit_req zone=login burst=5;
            limit_req zone=login burst=50 nodelay;
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ limit_req has the zone login twice in this block
            location / {
                access_log /var/log/nginx/a.log combined buffer=64k;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ another access_log gives /var/log/nginx/a.log a different buffer
                proxy_set_header Host $host;
                proxy_redirect off;
                proxy_redirect http://a/ /;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^ proxy_redirect off and others exclude each other in one block
                proxy_pass http://a;
            }
            location /b/ {
                proxy_set_header Host $host;
                proxy_pass http://b;
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
