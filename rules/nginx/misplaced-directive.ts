import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  atPlace,
  isOutside,
  misplacedNear,
  moduleOf,
  placeName,
  strangers,
} from '../../src/model/nginx/index.ts';

/** The contexts in words, no more than a line holds. */
function somewhere(contexts: readonly string[]): string {
  const names = contexts.map(placeName);
  if (names.length > 4 || names.join(', ').length > 40) names.splice(names.length > 4 ? 3 : 2, 9, 'others');
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

export default rule({
  scope: 'nginx',
  id: 'misplaced-directive',
  severity: 'error',
  summary: 'A directive stands in a block that does not take it',
  why: `
nginx refuses the file: \`"proxy_pass" directive is not allowed here\`. Often a \`}\` above it is missing or one too many, so that
the statement stands in another block than it seems. Inside \`if\` only a few directives may stand, and an \`if\` on the level of a
server takes even fewer than one in a location.

A location inside a location has to begin with the path of the one around it, and nothing can be nested in \`location =\` or in
a named location; named locations stand directly in a server.

A fragment is judged in the context that most of its lines must have; where that leaves a doubt, nothing is said.
`,
  sources: [
    'nginx: ngx_conf_handler(), ngx_http_core_location()',
    'nginx documentation: Context of each directive',
  ],
  bad: [
    {
      title: 'A line of an upstream that slipped out of it',
      files: `
        worker_processes auto;
        events {}
        http {
            server 10.0.0.11:8080;
            ^^^^^^ server cannot stand in http, only in upstream
            upstream app {
                server 10.0.0.12:8080;
            }
            server {
                listen 80;
                location / {
                    proxy_pass http://app;
                    proxy_set_header Host $host;
                }
            }
        }
      `,
    },
    {
      title: 'One level too high, one too low',
      files: `
        events {}
        http {
            location /status {
            ^^^^^^^^ location cannot stand in http, only in server and location
                stub_status;
            }
            server {
                listen 80;
                proxy_pass http://10.0.0.11:8080;
                ^^^^^^^^^^ proxy_pass cannot stand in server, only in location, if in location and limit_except
                upstream app {
                ^^^^^^^^ upstream cannot stand in server, only in http
                    server 10.0.0.11:8080;
                    server 10.0.0.12:8080;
                }
                if ($http_user_agent ~ curl) {
                    add_header X-Tool yes;
                    ^^^^^^^^^^ add_header cannot stand in if in server, only in http, server, location and if in location
                }
            }
        }
      `,
    },
    {
      title: 'What the line would mean elsewhere is not said of it',
      files: `
        events {}
        http {
            server {
                listen 80;
                location /staff/ {
                    if ($arg_key) {
                        auth_basic "Staff only";
                        ^^^^^^^^^^ auth_basic cannot stand in if in location, only in http, server, location and limit_except
                    }
                    root /srv;
                }
                server {
                ^^^^^^ server cannot stand in server, only in http and upstream
                    listen 80;
                    return 204;
                }
            }
        }
      `,
    },
    {
      title: 'Side by side what cannot stand together, wherever the file is included',
      files: {
        'conf.d/limits.conf': `
          limit_req_zone $binary_remote_addr zone=login:1m rate=1r/s;
          ^^^^^^^^^^^^^^ limit_req_zone cannot stand in server, only in http
          location /login {
              limit_req zone=login;
              proxy_pass http://10.0.0.11:8080;
          }
        `,
      },
    },
    {
      title: 'A server of mail among those of http',
      files: `
        events {}
        http {
            server {
            ^^^^^^ this server is one of mail and cannot stand in http
                listen 110;
                protocol pop3;
                auth_http 127.0.0.1:9000/auth;
            }
        }
      `,
    },
    {
      title: 'A location that is no part of the one around it',
      files: `
        server {
            listen 80;
            server_name shop.example.com;
            location /shop/ {
                root /srv;
                location /static/ {
                         ^^^^^^^^ location /static/ cannot stand in location /shop/
                    expires 30d;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The same name in several modules, an if in a location, fragments of every level',
      files: {
        'nginx.conf': `
          error_log /var/log/nginx/error.log;
          events {}
          stream {
              server {
                  listen 9000;
                  error_log /var/log/nginx/stream.log;
                  proxy_pass 10.0.0.11:9000;
              }
          }
          http {
              include conf.d/*.conf;
          }
        `,
        'conf.d/shop.conf': `
          server {
              listen 80;
              include conf.d/shop.location;
          }
        `,
        'conf.d/shop.location': `
          location /shop/ {
              if ($http_user_agent ~ curl) {
                  add_header X-Tool yes;
              }
              location /shop/static/ {
                  expires 30d;
              }
              location ~ \\.css$ {
                  expires 1d;
              }
          }
        `,
      },
    },
  ],
  *check({ usage, isMain }) {
    const others = strangers(usage.misplaced);
    for (const [{ directive, context }, { module, shown }] of others) {
      yield {
        at: wordSpan(directive, directive.name),
        message: `this server is one of ${module} and cannot stand in ${moduleOf(context)}`,
        related: [{ at: shown.at, note: `only in ${somewhere(shown.contexts)}` }],
      };
    }
    for (const misplaced of usage.misplaced) {
      const { statement, at, contexts } = misplaced;
      const { name, context, parent } = statement;
      if (contexts.length === 0) {
        const path = (words: readonly { text: string }[]): string => words.at(-1)?.text ?? '';
        yield {
          at,
          message: `location ${path(statement.directive.args)} cannot stand in location ${path(parent?.directive.args ?? [])}`,
        };
        continue;
      }
      // That is one mistake for all of them: missing-http-nesting.
      if (isMain && isOutside(misplaced)) continue;
      if (parent && others.has(parent)) continue;
      yield {
        at,
        message: `${name} cannot stand ${atPlace(context)}, only in ${somewhere(contexts)}`,
        grounds: [[at, ...misplacedNear(statement)]],
      };
    }
  },
});
