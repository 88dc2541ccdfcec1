import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'missing-semicolon',
  severity: 'error',
  summary: 'A statement of nginx has no ; at its end',
  why: `
nginx reads on: the next line's words become arguments of this statement. What it then says names the *second* line
(\`invalid number of arguments\`, \`invalid parameter\`), or nothing at all: \`server_name\`, \`index\` and other directives that
take any number of words swallow the next directive, which is then simply not there.
`,
  sources: ['nginx: ngx_conf_read_token(), ngx_conf_handler()'],
  bad: [
    {
      title: 'The root is silently lost: nginx takes both words for server names',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  server_name www.example.com
                                             ^ a ; is missing here
                  root /var/www;
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
                  server_name www.example.com;
                  root /var/www;
              }
          }
        `,
      },
    },
    {
      title: 'A neighbour of the semicolon, which nginx takes for a part of the word',
      files: {
        'nginx.conf': `
          events {}
          http {
              sendfile on:
                         ^ a : stands here in place of the ;
              add_header X-Frame-Options "DENY",
                                               ^ a , stands here in place of the ;
              tcp_nopush on;
              client_max_body_size 10m)
                                      ^ a ) stands here in place of the ;
              send_timeout 30s \\;
                               ^^ a \\; stands here in place of the ;
              keepalive_timeout 65"
                                  ^ a " stands here in place of the ;
              server_tokens off;
          }
        `,
      },
      fixed: {
        'nginx.conf': `
          events {}
          http {
              sendfile on;
              add_header X-Frame-Options "DENY";
              tcp_nopush on;
              client_max_body_size 10m;
              send_timeout 30s ;
              keepalive_timeout 65;
              server_tokens off;
          }
        `,
      },
    },
    {
      title: 'Behind a tag of a template',
      files: {
        'nginx.conf': `
          server {
              listen {{ port }}
                               ^ a ; is missing here
              server_name {{ name }};
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'A tag that brings whole lines, or more words of one',
      files: {
        'nginx.conf': `
          server {
              listen {{ port }};
              server_name
                  www.example.com
                  {{ more_names }}
                  ;
              {{ redirects }}
              location / { return 204; }
          }
        `,
      },
    },
    {
      title: 'One statement on several lines',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  server_name www.example.com
                              example.com
                              index.example.com;
                  index
                      index.html
                      index.htm;
              }
          }
        `,
      },
    },
  ],
  *check(syntax) {
    for (const { at, other, edits } of ofKind(syntax, 'missing-semicolon')) {
      const mark = at.source.text.slice(at.start, at.end);
      yield {
        at,
        message: mark ? `a ${mark} stands here in place of the ;` : 'a ; is missing here',
        ...(edits ? { fix: { title: mark ? 'replace it by ;' : 'write ; here', safe: true, edits } } : {}),
        ...(other ? { grounds: [[{ ...other, lacks: ';' }]] } : {}),
      };
    }
  },
});
