import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { inWords, lostParameters } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'params-lost-by-inheritance',
  severity: 'error',
  summary: 'A fastcgi_param drops the parameters of the level around it that say what is asked for',
  why: `
\`fastcgi_param\`, \`uwsgi_param\` and \`scgi_param\` are inherited only by levels that have none of their own. With one parameter in the
location and \`include fastcgi_params;\` in the server, PHP gets neither the script nor the method: it answers with an empty page of
status 200, or with \`File not found\`.

Include the file with the parameters in the location as well.
`,
  sources: [
    'nginx documentation: ngx_http_fastcgi_module (fastcgi_param)',
    'nginx: ngx_http_fastcgi_init_params()',
  ],
  bad: [
    {
      title: 'One parameter in the location',
      files: `
        server {
            listen 80;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param QUERY_STRING $query_string;
            location ~ \\.php$ {
                fastcgi_param HTTPS on;
                ^^^^^^^^^^^^^^^^^^^^^^ SCRIPT_FILENAME, REQUEST_METHOD and QUERY_STRING of the outer level are lost here
                fastcgi_pass unix:/run/php/fpm.sock;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Set again, or nothing is handed on',
      files: `
        server {
            listen 80;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_param REQUEST_METHOD $request_method;
            location ~ \\.php$ {
                fastcgi_param SCRIPT_FILENAME /srv/app.php;
                fastcgi_param REQUEST_METHOD $request_method;
                fastcgi_pass unix:/run/php/fpm.sock;
            }
            location /static/ {
                fastcgi_param HTTPS on;
                root /srv;
            }
        }
      `,
    },
    {
      title: 'The file of the package is included',
      files: {
        'nginx.conf': `
          events {}
          http {
              fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
              server {
                  listen 80;
                  location / {
                      include params;
                      fastcgi_param HTTPS on;
                      fastcgi_pass unix:/run/php/fpm.sock;
                  }
              }
          }
        `,
        params: `
          fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
        `,
      },
    },
  ],
  *check(model) {
    for (const { first, gone, names } of lostParameters(model)) {
      yield {
        at: headSpan(first.directive),
        message: `${inWords(names)} of the outer level ${names.length < 2 ? 'is' : 'are'} lost here`,
        related: gone
          .slice(0, 3)
          .map((each) => ({ at: headSpan(each.directive), note: 'does not count here' })),
        help: `include the file with the parameters here as well: a level with a ${first.name} of its own inherits none`,
      };
    }
  },
});
