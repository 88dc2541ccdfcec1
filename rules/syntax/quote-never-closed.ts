import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'quote-never-closed',
  severity: 'error',
  summary: 'A quote is opened and not closed',
  why: `
To nginx everything up to the next quote is one word, line ends, semicolons and braces included, so its message names some
line far below, or the end of the file. keepalived loses the rest of the line; in a script line the quote can crash
keepalived 2.2.7.
`,
  sources: ['nginx: ngx_conf_read_token()', 'keepalived: lib/parser.c, alloc_strvec_r()'],
  bad: [
    {
      title: 'The closing quote is missing before the semicolon',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  add_header X-Frame-Options "SAMEORIGIN;
                                             ^ this " is never closed
                  add_header X-Robots-Tag "noindex";
              }
          }
        `,
      },
      fixed: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  add_header X-Frame-Options "SAMEORIGIN";
                  add_header X-Robots-Tag "noindex";
              }
          }
        `,
      },
    },
    {
      title: 'Around semicolons, and around nothing',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  add_header Strict-Transport-Security "max-age=63072000; includeSubDomains;
                                                       ^ this " is never closed
                  location / {
                      proxy_set_header Host $host;
                      proxy_set_header Accept-Encoding ';
                                                       ^ this ' is never closed
                      proxy_pass http://10.0.0.11:8080;
                  }
              }
          }
        `,
      },
      fixed: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  add_header Strict-Transport-Security "max-age=63072000; includeSubDomains";
                  location / {
                      proxy_set_header Host $host;
                      proxy_set_header Accept-Encoding '';
                      proxy_pass http://10.0.0.11:8080;
                  }
              }
          }
        `,
      },
    },
    {
      title: 'keepalived: a quote must close on its line',
      files: `
        vrrp_script chk {
            script "/usr/local/bin/check_nginx
                   ^ this " is never closed
            interval 2
        }
      `,
    },
  ],
  good: [
    {
      title: 'A quoted value over several lines, and a lone apostrophe inside a word',
      files: {
        'nginx.conf': `
          events {}
          http {
              log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                              '$status $body_bytes_sent';
              server {
                  listen 80;
                  return 200 "it's
                      two lines";
                  location = /o'clock { return 204; }
              }
          }
        `,
      },
    },
    {
      title: 'Quotes, comments and braces of a template engine',
      files: {
        'nginx.conf': `
          {{/* the nodes' own lines come from the inventory */}}
          events {}
          http {
              {{- /* {{ nothing }} of this is read */ -}}
              resolver <%= resolvers.join(" ") %>;
              resolver_timeout 5s;
          }
        `,
      },
    },
  ],
  *check(syntax) {
    for (const { at, what, edits } of ofKind(syntax, 'quote-never-closed')) {
      yield {
        at,
        message: `this ${what} is never closed`,
        ...(edits ? { fix: { title: `write ${what} before the semicolon`, safe: true, edits } } : {}),
      };
    }
  },
});
