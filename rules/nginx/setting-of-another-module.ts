import { headSpan, wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { inWords, misappliedSettings } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'setting-of-another-module',
  severity: 'warning',
  summary: 'A setting of one module stands beside the pass of another',
  why: `
Each module that hands requests on reads its own settings: \`fastcgi_pass\` waits for \`fastcgi_read_timeout\`, and \`proxy_read_timeout\`
beside it does nothing. nginx takes both without a word, and the time-out or the buffer that somebody meant to raise stays what it was.

Write the setting of the module that answers.
`,
  sources: ['nginx documentation: ngx_http_proxy_module, ngx_http_fastcgi_module, ngx_http_uwsgi_module'],
  bad: [
    {
      title: 'A time-out and a buffer that nobody asks for',
      files: `
        server {
            listen 80;
            root /srv/www;
            location ~ \\.php$ {
                fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
                fastcgi_pass unix:/run/php-fpm.sock;
                proxy_read_timeout 300s;
                ^^^^^^^^^^^^^^^^^^^^^^^ proxy_read_timeout and proxy_buffer_size do nothing here: fastcgi_pass answers
                proxy_buffer_size 32k;
            }
            location @app {
                uwsgi_pass unix:/run/app.sock;
                fastcgi_read_timeout 5m;
                ^^^^^^^^^^^^^^^^^^^^^^^ fastcgi_read_timeout does nothing here: uwsgi_pass answers
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'For a location further in, beside its own counterpart, without any, and for all of a server',
      files: `
        server {
            listen 80;
            root /srv/www;
            proxy_read_timeout 30s;
            fastcgi_read_timeout 30s;
            location /a/ {
                proxy_read_timeout 300s;
                fastcgi_param SCRIPT_FILENAME /srv/a.php;
                fastcgi_pass unix:/run/php-fpm.sock;
                location /a/slow/ {
                    proxy_pass http://10.0.0.11:8080;
                }
            }
            location /b/ {
                proxy_read_timeout 300s;
                fastcgi_read_timeout 300s;
                fastcgi_param SCRIPT_FILENAME /srv/b.php;
                fastcgi_pass unix:/run/php-fpm.sock;
            }
            location /c/ {
                proxy_redirect off;
                proxy_cache off;
                uwsgi_pass unix:/run/app.sock;
            }
            location /d/ {
                proxy_read_timeout 300s;
                if ($request_method = POST) {
                    proxy_pass http://10.0.0.12:8080;
                }
                fastcgi_param SCRIPT_FILENAME /srv/d.php;
                fastcgi_pass unix:/run/php-fpm.sock;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { settings, pass } of misappliedSettings(model)) {
      const [first] = settings;
      const names = inWords(settings.map(({ statement }) => statement.name));
      yield {
        at: headSpan(first.statement.directive),
        message: `${names} ${settings.length > 1 ? 'do' : 'does'} nothing here: ${pass.name} answers`,
        related: [{ at: headSpan(pass.directive), note: `reads ${first.own}` }],
        fix: {
          title: `replace it by ${first.own}`,
          safe: false,
          edits: settings.map(({ statement: { directive }, own }) => ({
            ...wordSpan(directive, directive.name),
            text: own,
          })),
        },
      };
    }
  },
});
