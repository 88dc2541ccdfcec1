import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { bracedWords } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'unquoted-brace',
  severity: 'error',
  summary: 'A regular expression with a brace stands without quotes',
  why: `
A \`{\` ends a word wherever it stands, so nginx takes the brace of \`\\d{2}\` for that of a block and then knows no \`directive "2}$"\`, or
says that \`rewrite\` \`is not terminated by ";"\`. In quotes a brace is an ordinary letter.
`,
  sources: ['nginx: ngx_conf_read_token()', 'nginx documentation: ngx_http_rewrite_module (rewrite)'],
  bad: [
    {
      title: 'Counted repetition',
      files: `
        server {
            listen 80;
            location ~ ^/\\d{4}/(\\d{1,2})$ {
                       ^^^^^^^^^^^^^^^^^^ the braces in this pattern need quotes around it
                return 204;
            }
            rewrite ^/a{2}$ /b;
                    ^^^^^^^ the braces in this pattern need quotes around it
        }
      `,
      fixed: `
        server {
            listen 80;
            location ~ "^/\\d{4}/(\\d{1,2})$" {
                return 204;
            }
            rewrite "^/a{2}$" /b;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Quoted, or the name of a variable',
      files: `
        server {
            listen 80;
            location ~ "^/\\d{4}$" {
                return 200 \${uri}x;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { directive, word } of bracedWords(model)) {
      const at = wordSpan(directive, word);
      const written = at.source.text.slice(at.start, at.end);
      // The bracket that ends a condition stays outside.
      const bracket = directive.name.text === 'if' && written.endsWith(')') ? ')' : '';
      const pattern = bracket ? written.slice(0, -1) : written;
      yield {
        at,
        message: 'the braces in this pattern need quotes around it',
        help: 'nginx takes the brace for the beginning of a block',
        ...(pattern.includes('"') || pattern.startsWith('(')
          ? {}
          : {
              fix: {
                title: 'put it in quotes',
                safe: true,
                edits: [{ ...at, text: `"${pattern}"${bracket}` }],
              },
            }),
      };
    }
  },
});
