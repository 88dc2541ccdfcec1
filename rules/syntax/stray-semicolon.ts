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
    for (const { at, edits = [] } of ofKind(syntax, 'stray-semicolon')) {
      yield { at, message: 'this ; ends no statement', fix: { title: 'remove it', safe: true, edits } };
    }
  },
});
