import { headSpan, wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { rewriteLoops, shown } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'rewrite-loop',
  severity: 'error',
  summary: 'A rewrite leads back to itself',
  why: `
After a \`rewrite\` with \`last\` or without a flag nginx looks the new path up among the locations again. Where it comes to the same rewrite,
or by another one back to it, nginx goes round ten times and answers 500; the log says \`rewrite or internal redirection cycle\`.

Write \`break\` where the location itself answers, such as by \`proxy_pass\` or with a file, or give the new path a location of its own.
`,
  sources: [
    'nginx: ngx_http_core_post_rewrite_phase(), NGX_HTTP_MAX_URI_CHANGES',
    'nginx documentation: ngx_http_rewrite_module (rewrite)',
  ],
  bad: [
    {
      title: 'No location for the new path, a path that grows, and two that lead to each other',
      files: `
        server {
            listen 80;
            root /srv/www;
            location / {
                rewrite ^/(.*)$ /index.php?q=$1 last;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ GET /x is rewritten in a circle and gets 500
            }
            location /app/ {
                rewrite ^/app/(.*)$ /app/public/$1;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ GET /app/x is rewritten in a circle and gets 500
            }
            location /old/ {
                rewrite ^/old/(.*)$ /new/$1 last;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ GET /old/x is rewritten in a circle and gets 500
            }
            location /new/ {
                rewrite ^/new/?(.*)$ /old/$1 last;
            }
        }
      `,
    },
    {
      title: 'A location that hands the request on',
      files: `
        server {
            listen 80;
            location /api/ {
                rewrite ^/api/(.*)$ /api/v2/$1 last;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ GET /api/x is rewritten in a circle and gets 500
                proxy_set_header Host $host;
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location /api/ {
                rewrite ^/api/(.*)$ /api/v2/$1 break;
                proxy_set_header Host $host;
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
    },
  ],
  good: [
    {
      title:
        'A location for the new path, break, a pattern that leaves the new path alone, a file that may be there',
      files: `
        events {}
        http {
            server {
                listen 80;
                root /srv/a;
                location / {
                    rewrite ^/(.*)$ /index.php?q=$1 last;
                }
                location = /index.php {
                    include fastcgi_params;
                    fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
                    fastcgi_pass unix:/run/php-fpm.sock;
                }
                location /app/ {
                    rewrite ^/app/(.*)$ /app/public/$1 break;
                }
                location /docs {
                    rewrite ^/docs$ /docs/ last;
                    rewrite ^/docs/$ /docs/start.html last;
                }
                location /img {
                    rewrite ^/img/_v[0-9]+/(.*)$ /img/$1;
                }
                location /old/ {
                    rewrite ^/old/(.*)$ /old/new/$1;
                    return 404;
                }
            }
            server {
                listen 81;
                root /srv/b;
                rewrite ^/(.*)$ /site/$1 last;
                location / {
                    if (!-e $request_filename) {
                        rewrite ^(.*)$ /index.html last;
                    }
                }
                location /wiki/ {
                    if ($uri = /wiki/start) {
                        break;
                    }
                    rewrite ^ /wiki/start last;
                }
                location @app {
                    rewrite ^/(.*)$ /index.html last;
                }
            }
            server {
                listen 82;
                location / {
                    return 301 https://$host$request_uri;
                    rewrite ^ /index.html last;
                }
                location /b/ {
                    rewrite ^/b/(.*)/(.*)$ /b/$2/$1 last;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { statements, path, isPassedOn } of rewriteLoops(model)) {
      const [{ directive }, ...others] = statements;
      const flag = isPassedOn ? directive.args[2] : undefined;
      yield {
        at: headSpan(directive),
        message: `GET ${shown(path)} is rewritten in a circle and gets 500`,
        related: others.map((each) => ({ at: headSpan(each.directive), note: 'leads back' })),
        ...(flag
          ? {
              fix: {
                title: 'stay in this location',
                safe: false,
                edits: [{ ...wordSpan(directive, flag), text: 'break' }],
              },
            }
          : { help: 'write break where the location itself answers, or give the new path a location' }),
      };
    }
  },
});
