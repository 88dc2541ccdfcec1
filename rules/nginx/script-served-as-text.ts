import { rule } from '../../src/lint/rule.ts';
import { servedScripts } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'script-served-as-text',
  severity: 'error',
  summary: 'A PHP script is sent to clients instead of being run',
  why: `
Only the last word of \`try_files\` is looked up among the locations. A script that stands before it is a file like any other: where it is
there, nginx sends its source, passwords included. \`rewrite … break\` does the same, for it keeps the request in its location, where no
\`fastcgi_pass\` is.

Put the script last in \`try_files\`, and write \`last\` instead of \`break\`: then the location for scripts gets the request.
`,
  sources: [
    'nginx: ngx_http_try_files_handler(), ngx_http_script_regex_end_code()',
    'nginx documentation: ngx_http_core_module (try_files), ngx_http_rewrite_module (rewrite)',
  ],
  bad: [
    {
      title: 'Not the last word, and a rewrite that stays',
      files: `
        server {
            listen 80;
            root /srv/www;
            location / {
                try_files $uri /index.php =404;
                               ^^^^^^^^^^ /index.php is sent as a file here: nobody runs it
            }
            location /wiki/ {
                rewrite ^/wiki/(.*)$ /wiki/index.php?page=$1 break;
                                     ^^^^^^^^^^^^^^^^^^^^^^^ /wiki/index.php is sent as a file here: nobody runs it
            }
            location ~ \\.php$ {
                fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
                fastcgi_pass unix:/run/php-fpm.sock;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The last word, last, a location that runs it, no scripts, a name with a query that no file has',
      files: `
        server {
            listen 80;
            root /srv/www;
            rewrite ^/start$ /index.php break;
            location / {
                try_files $uri $uri/ /index.php?$args;
            }
            location /wiki/ {
                rewrite ^/wiki/(.*)$ /wiki/index.php?page=$1 last;
            }
            location /a/ {
                try_files $uri index.php?$args /index.php?$args;
            }
            location /b/ {
                try_files $uri /b/index.html =404;
            }
            location /c/ {
                rewrite ^ /c/index.php break;
                fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
                fastcgi_pass unix:/run/php-fpm.sock;
            }
            location ~ \\.php$ {
                try_files $uri /index.php =404;
                fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
                fastcgi_pass unix:/run/php-fpm.sock;
            }
        }
        server {
            listen 81;
            root /srv/examples;
            location / {
                try_files $uri /example.php =404;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, script, runner, help } of servedScripts(model)) {
      yield {
        at,
        message: `${script} is sent as a file here: nobody runs it`,
        related: [{ at: runner, note: 'would run it' }],
        help,
      };
    }
  },
});
