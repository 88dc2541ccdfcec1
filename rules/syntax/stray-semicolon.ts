import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'stray-semicolon',
  severity: 'error',
  summary: 'A ; ends no statement',
  why: `
nginx knows no empty statement: \`};\` and \`;;\` are refused with \`unexpected ";"\`, and it does not start.
`,
  sources: ['nginx: ngx_conf_read_token()'],
  bad: [
    {
      title: 'A semicolon after a block',
      files: { 'nginx.conf': 'events {};\n         ^ this ; ends no statement\n' },
      fixed: { 'nginx.conf': 'events {}\n' },
    },
    {
      title: 'A semicolon that came too early',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {;
                      ^ this ; ends no statement
                  listen; 80;
                        ^ this ; ends listen before its last word
                  location /; {
                            ^ this ; ends no statement
                      root;/srv/www;
                          ^ this ; ends root before its last word
                      add_header X-Frame-Options; DENY always;
                                                ^ this ; ends add_header before its last word
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
                  location / {
                      root /srv/www;
                      add_header X-Frame-Options DENY always;
                  }
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Semicolons in quotes and in Lua',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
                  location / {
                      content_by_lua_block { local a = 1; ; ngx.say(a); }
                  }
                  location = /ok { return 200 ";;"; }
              }
          }
        `,
      },
    },
  ],
  *check(syntax) {
    for (const { at, what, edits = [] } of ofKind(syntax, 'stray-semicolon')) {
      yield {
        at,
        message: what === ';' ? 'this ; ends no statement' : `this ; ends ${what} before its last word`,
        fix: { title: edits.length > 1 ? 'move it behind that' : 'remove it', safe: true, edits },
      };
    }
  },
});
