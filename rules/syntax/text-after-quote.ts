import { lineStart } from '../../grammar/text.ts';
import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'text-after-quote',
  severity: 'error',
  summary: 'Something follows a closing quote without a blank',
  why: `
After a closing quote nginx takes a blank, \`;\`, \`{\` or \`)\` and nothing else: it refuses the file with \`unexpected\` and the
character. Put the whole value into the quotes, or a blank after them.
`,
  sources: ['nginx: ngx_conf_read_token()'],
  bad: [
    {
      title: 'A comment glued to the quote',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  return 200 "ok"x;
                                 ^ x follows a closing quote without a blank
              }
          }
        `,
      },
    },
    {
      title: 'Words with commas between them, as other languages want it',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  add_header Vary "Accept", "Cookie", "Origin";
                                          ^ , follows a closing quote without a blank
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'A parenthesis may follow: the end of an if',
      files: {
        'nginx.conf':
          'events {}\nhttp { server { if ($host = "old.example.com") { return 301 "https://www.example.com"; } } }\n',
      },
    },
  ],
  *check(syntax) {
    let line: number | undefined;
    for (const { at, what } of ofKind(syntax, 'text-after-quote')) {
      // A list of quoted words with commas is one slip.
      const start = lineStart(at.source.text, at.start);
      if (start === line) continue;
      line = start;
      yield { at, message: `${what} follows a closing quote without a blank` };
    }
  },
});
