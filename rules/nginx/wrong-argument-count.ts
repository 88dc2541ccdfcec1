import { rule } from '../../src/lint/rule.ts';
import { brokenIn, type WrongCount } from '../../src/model/nginx/index.ts';

const many = (count: number): string => `${count} ${count === 1 ? 'argument' : 'arguments'}`;

function expected({ min, max, counts }: WrongCount): string {
  if (counts) return `${counts.slice(0, -1).join(', ')} or ${many(counts.at(-1)!)}`;
  if (max === Number.POSITIVE_INFINITY) return `at least ${many(min)}`;
  if (max === 0) return 'no argument';
  return min === max ? many(min) : `${min} to ${many(max)}`;
}

export default rule({
  scope: 'nginx',
  id: 'wrong-argument-count',
  severity: 'error',
  summary: 'A directive has too few or too many words',
  why: `
nginx refuses the file: \`invalid number of arguments in "proxy_set_header" directive\`, with the line on which the statement
ends. A value with blanks in it is one word only in quotes: \`add_header X-Robots-Tag "noindex, nofollow";\`. Blanks around \`=\` cut a
parameter into three.

A directive without a block that is followed by \`{\` is reported here too: nginx says that it \`is not terminated by ";"\`.
`,
  sources: ['nginx: ngx_conf_handler()', 'nginx documentation: Syntax of each directive'],
  bad: [
    {
      title: 'A value without quotes, a value that is missing, a block that is none',
      files: `
        server {
            listen 80;
            root;
            ^^^^ root takes 1 argument, here it has none
            add_header X-Robots-Tag noindex, nofollow, always;
                                                       ^^^^^^ add_header takes 2 to 3 arguments, here it has 4
            gzip on {
            ^^^^^^^ gzip opens no block
            }
        }
      `,
    },
    {
      title: 'A value that was forgotten with its semicolon: the next line is no name of the server',
      files: `
        server {
            listen 80;
            server_name
            ^^^^^^^^^^^ server_name takes at least 1 argument, here it has none

            root /srv/www;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Any number of words, and values in quotes on several lines',
      files: `
        server {
            listen 80;
            server_name a.example.com b.example.com c.example.com d.example.com;
            index index.html index.htm index.php;
            location = / {
                return 200 "it's
                    two lines";
            }
        }
      `,
    },
  ],
  *check({ usage }) {
    for (const found of usage.counts) {
      const { statement, at, kind } = found;
      const { args } = statement.directive;
      if (kind === 'block') {
        yield {
          at,
          message: `${statement.name} opens no block`,
          help: 'it ends with ;',
          grounds: [[at, { ...at, lacks: '}', isStray: true }]],
        };
        continue;
      }
      const isSplit = args.some(({ text }) => text === '=');
      yield {
        at,
        grounds: [[at, ...brokenIn(statement)]],
        message: `${statement.name} takes ${expected(found)}, here it has ${args.length || 'none'}`,
        ...(isSplit ? { help: 'a parameter has no blanks around its =' } : {}),
        ...(!isSplit && args.length > found.max ? { help: 'a value with blanks in it needs quotes' } : {}),
      };
    }
  },
});
