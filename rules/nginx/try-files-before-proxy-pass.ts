import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

const handlers = /^(?:proxy|grpc)_pass$/;

/** Text that names a file which depends on the request. */
const file = /\$\{?(?:uri|document_uri|request_uri|request_filename|document_root|[1-9])\b/;

export default rule({
  scope: 'nginx',
  id: 'try-files-before-proxy-pass',
  severity: 'warning',
  summary: 'try_files and proxy_pass in one location: the files that it finds are not served',
  why: `
\`try_files\` only chooses the path of the request. What the location does with it stays \`proxy_pass\`: an existing file is asked for at the
backend instead of being read from the disk, and without one the request leaves for the last argument.

Leave \`proxy_pass\` to a location of its own, and name that one last: \`try_files $uri @backend;\`.
`,
  sources: ['nginx: ngx_http_try_files_handler()', 'nginx documentation: ngx_http_core_module (try_files)'],
  bad: [
    {
      title: 'Files first, the backend for the rest, was the idea',
      files: `
        server {
            listen 80;
            root /srv;
            location / {
                try_files $uri /index.html;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^ a file that is found goes to proxy_pass, and is not served
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A location of its own; a guard; the way to a named location',
      files: `
        server {
            listen 80;
            root /srv;
            location / {
                try_files $uri @backend;
            }
            location @backend {
                proxy_pass http://10.0.0.11;
            }
            location ~ \\.php$ {
                try_files $uri =404;
                fastcgi_pass unix:/run/php/fpm.sock;
            }
            location /b {
                try_files "" @backend;
                proxy_pass http://10.0.0.11;
            }
            location /c {
                try_files /maintenance.html @backend;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  *check({ named }) {
    for (const statement of named('try_files')) {
      const { directive, parent } = statement;
      // Of several the last one answers.
      const pass =
        parent?.name === 'location' ? parent.body.findLast(({ name }) => name.endsWith('_pass')) : undefined;
      const last = directive.args.at(-1)?.text ?? '';
      const files = directive.args.slice(0, -1).filter(({ text }) => text !== '');
      if (!pass || !handlers.test(pass.name) || last.startsWith('=')) continue;
      // Without a file of the request's own, a named location is where all of them go.
      if (files.length === 0 || (last.startsWith('@') && !files.some(({ text }) => file.test(text))))
        continue;
      yield {
        at: headSpan(directive),
        message: `a file that is found goes to ${pass.name}, and is not served`,
        related: [{ at: headSpan(pass.directive), note: 'answers all that stays in this location' }],
        help: `move ${pass.name} to a named location, and name that one last in try_files`,
      };
    }
  },
});
