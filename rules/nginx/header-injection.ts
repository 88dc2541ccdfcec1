import { rule } from '../../src/lint/rule.ts';
import { injectionOf, type Sink, sinksIn, within } from '../../src/model/nginx/index.ts';

const decodedUri = /\$(?:\{(?:document_)?uri\}|(?:document_)?uri\b)(?:\$is_args\$args|\?\$args)?/;

/** In a redirect `$request_uri` says the same, with the query, as the client sent it. */
function mend({ statement, text, kind }: Sink) {
  const { directive } = statement;
  const match = decodedUri.exec(text.value);
  const word = directive.args.find(({ start }) => start === text.at.start);
  if (!match || !word || kind !== 'redirect') return undefined;
  const at = within(directive, word, match.index, match.index + match[0].length);
  return {
    title: 'replace it by $request_uri, which stays encoded and has the query',
    safe: false,
    edits: [{ ...at, text: '$request_uri' }],
  };
}

export default rule({
  scope: 'nginx',
  id: 'header-injection',
  severity: 'error',
  risk: 6.1,
  summary: 'A client can put a line break, and so a header of his own, into a request or an answer',
  why: `
nginx decodes the path of a request before it fills \`$uri\` and the groups of regular expressions: \`%0a\` becomes a line feed. Copied
into a redirect or a header it ends the line, and what follows is a header that the client made up: a cookie for the victim of a
link, a second answer for a cache, \`X-Role: admin\` for the backend.

\`\`\`text
location /old { return 301 https://$host$uri; }

GET /old%0d%0aSet-Cookie:%20session=mine   →   Location: https://shop.example.com/old
                                               Set-Cookie: session=mine
\`\`\`

Groups pass a line feed where their class does: \`[^/]+\`, \`\\W\`, \`\\s\`; not \`.\`, \`\\w\` or \`[a-z]\`. \`$remote_user\` where nobody checks
passwords, \`$request_body\` and \`$ssl_server_name\` hold whatever a client likes. Safe are \`$request_uri\`, \`$args\` and \`$arg_…\`, which
stay encoded, and headers, which cannot hold a line break.

Write \`$request_uri\` for \`$uri\`, or name the characters that a group may hold: \`([\\w/.-]*)\`.
`,
  sources: [
    'nginx: ngx_http_script_copy_var_code(), ngx_http_script_copy_capture_code()',
    'nginx: ngx_http_parse_complex_uri(), which decodes',
    'RFC 9112, section 5: a line ends a field',
    'CWE-113',
  ],
  bad: [
    {
      title: 'A redirect with the decoded path',
      files: `
        server {
            listen 80;
            server_name shop.example.com;
            location / {
                return 301 https://$host$uri;
                           ^^^^^^^^^^^^^^^^^ a client can put a line break into this redirect, by $uri
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            server_name shop.example.com;
            location / {
                return 301 https://$host$request_uri;
            }
        }
      `,
    },
    {
      title: 'Groups that hold any character but a slash, by number and by name',
      files: `
        server {
            listen 80;
            location ~ ^/a/([^/]+)/ {
                return 301 https://h.example.com/$1;
                           ^^^^^^^^^^^^^^^^^^^^^^^^ a client can put a line break into this redirect, by $uri
            }
            location /r {
                rewrite ^/r/(?<path>\\W*)$ http://h.example.com/$path permanent;
                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^ a client can put a line break into this redirect, by $uri
            }
            location ~ ^/x/(a|b)/(\\W*)$ {
                set $path $2;
                proxy_pass http://10.0.0.11/$path;
                           ^^^^^^^^^^^^^^^^^^^^^^ a client can put a line break into this request to the backend, by $uri
            }
        }
      `,
    },
    {
      title: 'Through a map',
      files: `
        map $host $seen {
            a.example.com $uri;
            default 1;
        }
        server {
            listen 80;
            add_header X-Seen $seen;
                              ^^^^^ a client can put a line break into this response header, by $uri
            error_page 404 =301 https://h.example.com$document_uri;
                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a client can put a line break into this redirect, by $document_uri
        }
      `,
    },
    {
      title: 'Users that nobody checks, bodies',
      files: `
        events {
        }
        http {
            server {
                listen 80;
                location / {
                    proxy_set_header X-User $remote_user;
                                            ^^^^^^^^^^^^ a client can put a line break into this request header, by $remote_user
                    proxy_set_header X-Body $request_body;
                                            ^^^^^^^^^^^^^ a client can put a line break into this request header, by $request_body
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Encoded, escaped, or without room for a line feed',
      files: `
        server {
            listen 80;
            server_name a.example.com;
            location = /exact {
                return 301 https://h.example.com$uri;
            }
            location /b {
                return 301 https://$host$request_uri;
            }
            location ~ ^/c/(.*)$ {
                return 301 https://h.example.com/$1;
            }
            location ~ ^/d/([\\w.-]+)/([^\\r\\n]*)$ {
                return 301 https://h.example.com/$1/$2;
            }
            location ~ ^/e/([a-z]+)$ {
                add_header X-Path $uri;
                return 204;
            }
            location /f {
                rewrite ^/f/(\\W*)$ http://h.example.com/$1 permanent;
                rewrite ^ /index.php$uri last;
            }
            location /g {
                add_header X-Argument $arg_a;
                add_header X-From $http_referer;
                proxy_pass http://10.0.0.11$request_uri;
            }
            location /h {
                default_type text/plain;
                return 200 "$uri";
            }
            location /i {
                fastcgi_param PATH_INFO $uri;
                fastcgi_pass 127.0.0.1:9000;
            }
        }
      `,
    },
    {
      title: 'A location that only the backend leads to, by X-Accel-Redirect',
      files: `
        server {
            listen 80;
            location / {
                proxy_set_header Host $host;
                proxy_pass http://10.0.0.11:8080;
            }
            location ~ ^/remote/([^/]+)/(.*)$ {
                internal;
                proxy_set_header Host $1;
                proxy_pass http://10.0.0.12/$2$is_args$args;
            }
        }
      `,
    },
    {
      title: 'A key that cannot hold the slash which its pattern needs, a class without line ends',
      files: `
        map $host $first {
            ~*/(.*) $1;
            default 1;
        }
        map $uri $second {
            "~^/m/([^\\r\\n]*)$" $1;
        }
        server {
            listen 80;
            add_header X-First $first;
            add_header X-Second $second;
        }
      `,
    },
    {
      title: 'A user whose password was checked',
      files: `
        events {
        }
        http {
            server {
                listen 80;
                auth_basic "Members";
                auth_basic_user_file /etc/nginx/users;
                location / {
                    proxy_set_header X-User $remote_user;
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const sink of sinksIn(model)) {
      const injection = injectionOf(sink, model);
      if (!injection) continue;
      const { part, request } = injection;
      const fix = mend(sink);
      yield {
        at: sink.text.at,
        message: `a client can put a line break into this ${sink.kind}, by $${part.variable}`,
        related: part.trail.slice(0, 4),
        help:
          part.carrier === 'uri'
            ? `${request} does it; name the characters that it may hold, or take $request_uri`
            : `${request} does it; nothing that a client sends unchecked belongs here`,
        ...(fix ? { fix } : {}),
      };
    }
  },
});
