import { groupBy } from '../../grammar/group-by.ts';
import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { handlerNames } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'handler-replaced',
  severity: 'warning',
  summary: 'Two directives of a block would answer its requests, and the last one does',
  why: `
A location has one module that answers. Each of \`proxy_pass\`, \`fastcgi_pass\`, \`empty_gif\` and their like puts itself there, and the last
one in the file stays. \`nginx -t\` refuses two of the same name and says nothing of two different ones.

Take the one away that is not meant, or give it a location of its own.
`,
  sources: ['nginx: ngx_http_proxy_pass(), ngx_http_fastcgi_pass(): clcf->handler'],
  bad: [
    {
      title: 'A copied line',
      files: `
        server {
            listen 80;
            root /srv/www;
            location ~ \\.php$ {
                try_files $uri /index.php;
                proxy_pass http://10.0.0.11;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^ proxy_pass is never asked: fastcgi_pass below takes its place
                fastcgi_pass unix:/run/php-fpm.sock;
                fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Blocks of their own',
      files: `
        server {
            listen 80;
            location / {
                proxy_set_header Host $host;
                proxy_pass http://10.0.0.11;
                if ($http_content_type = application/grpc) {
                    grpc_pass grpc://10.0.0.11:9000;
                }
                location = /empty.gif {
                    empty_gif;
                }
            }
        }
      `,
    },
  ],
  *check({ named, isRefused }) {
    const found = handlerNames
      .flatMap(named)
      .filter(({ parent, directive }) => parent && !isRefused(headSpan(directive)));
    for (const [level, own] of groupBy(found, ({ parent }) => parent!)) {
      if (own.length < 2) continue;
      const inOrder = level.body.filter((each) => own.includes(each));
      const last = inOrder.at(-1)!;
      for (const { name, directive } of inOrder) {
        if (name === last.name) continue;
        yield {
          at: headSpan(directive),
          message: `${name} is never asked: ${last.name} below takes its place`,
          related: [{ at: headSpan(last.directive), note: 'answers' }],
        };
      }
    }
  },
});
