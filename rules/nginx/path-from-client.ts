import { rule } from '../../src/lint/rule.ts';
import { argument, chosenFiles } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'path-from-client',
  severity: 'error',
  risk: 7.5,
  summary: 'A client leads the path of a file out of its folder',
  why: `
nginx takes \`..\` out of the path of a request, and out of nothing else. Arguments, cookies, headers and parts of \`$request_uri\` reach a
file’s path as the client wrote them: \`try_files /static/$arg_file =404\` opens \`/static/../../etc/passwd\` for \`?file=../../etc/passwd\`, and
a root from a cookie serves any folder of the machine.

Let a map translate the values that may be, or a group that holds neither \`.\` nor \`/\`: \`([a-z0-9_-]+)\`. \`$uri\` and its groups are
clean, and so is \`$host\`.
`,
  sources: ['nginx: ngx_http_parse_complex_uri(), ngx_http_map_uri_to_path()', 'CWE-22'],
  bad: [
    {
      title: 'An argument in try_files, in a rewrite, in a root',
      files: `
        server {
            listen 80;
            location /get {
                root /srv;
                try_files /static/$arg_file =404;
                          ^^^^^^^^^^^^^^^^^ a client can lead this path out of its folder, by $arg_file
            }
            location /show {
                root /srv;
                rewrite ^ /static/$arg_file? break;
                          ^^^^^^^^^^^^^^^^^^ a client can lead this path out of its folder, by $arg_file
            }
            location /tenant {
                root /srv/$cookie_tenant;
                     ^^^^^^^^^^^^^^^^^^^ a client can lead this path out of its folder, by $cookie_tenant
            }
        }
      `,
    },
    {
      title: 'The request as it came, where two slashes count as a folder, and a part of it',
      files: `
        server {
            listen 80;
            merge_slashes off;
            root /srv;
            location /thumbs/ {
                try_files /var/thumbs$request_uri =404;
                          ^^^^^^^^^^^^^^^^^^^^^^^ a client can lead this path out of its folder, by $request_uri
            }
        }
        server {
            listen 81;
            location /get/ {
                if ($request_uri ~ "^/get/(.*)$") {
                    set $file $1;
                }
                root /srv/$file;
                     ^^^^^^^^^^ a client can lead this path out of its folder, by $request_uri
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The request as it came, of which nginx refused the steps out of its root',
      files: `
        server {
            listen 80;
            root /srv;
            location /thumbs/ {
                try_files /var/thumbs$request_uri =404;
            }
        }
      `,
    },
    {
      title: 'Clean by nature, by a map, by a pattern; a query is no path',
      files: `
        map $arg_file $file {
            default index.html;
            a a.html;
        }
        server {
            listen 80;
            server_name a.example.com;
            root /srv/$host;
            location / {
                try_files /hosts/$host$uri $uri/ /index.php?q=$uri&$args;
            }
            location /get {
                try_files /static/$file =404;
            }
            location ~ ^/user/(?<name>.+)$ {
                try_files /users/$name =404;
            }
            location /folder {
                if ($arg_folder ~ "^([a-z0-9_-]+)$") {
                    set $folder $1;
                }
                root /srv/$folder;
            }
            location /raw {
                rewrite ^ $request_uri;
                rewrite ^/raw(/.*)$ $1 break;
                proxy_pass http://10.0.0.11$uri;
            }
            location /sometimes {
                if ($arg_raw) {
                    rewrite ^ $request_uri break;
                    proxy_pass http://10.0.0.11$uri;
                }
            }
            location /moved {
                rewrite ^ $scheme://www.example.com$request_uri break;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { statement, index, part, request } of chosenFiles(model)) {
      yield {
        at: argument(statement.directive, index)!.at,
        message: `a client can lead this path out of its folder, by $${part.variable}`,
        related: part.trail.slice(0, 4),
        help: `${request} does it; let a map translate the values that may be`,
      };
    }
  },
});
