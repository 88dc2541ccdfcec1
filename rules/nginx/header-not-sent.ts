import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  addsHeaderTo,
  answerOf,
  answersByProgram,
  inWords,
  locationOf,
  type Statement,
} from '../../src/model/nginx/index.ts';

const isAlways = ({ directive }: Statement): boolean => directive.args[2]?.text === 'always';
const nameOf = ({ directive }: Statement): string => directive.args[0]?.text ?? '';
const isSet = ({ directive }: Statement): boolean => (directive.args[1]?.text ?? '') !== '';

/** Whether an error_page such as `404 =200 /x` may give the answers of a level another code. */
function isRecoded(level: Statement, pages: readonly Statement[]): boolean {
  const location = level.name === 'if' ? level.parent : level;
  if (location?.name !== 'location') return true;
  const { modifier, path } = locationOf(location);
  return pages.some(({ directive: { args } }) => {
    const target = args.at(-1)!.text;
    if (!args.some(({ text }) => /^=\d/.test(text))) return false;
    return modifier.startsWith('~') || target.includes('$') || target.startsWith(path.value ?? '');
  });
}

export default rule({
  scope: 'nginx',
  id: 'header-not-sent',
  severity: 'warning',
  summary: 'An add_header stands beside an answer that it adds nothing to',
  why: `
Without \`always\`, \`add_header\` adds to answers with 200, 201, 204, 206, 301, 302, 303, 304, 307 and 308, and to no others. The
\`Retry-After\` of a maintenance page, the \`WWW-Authenticate\` beside \`return 401\` and the CORS headers beside \`return 403\` never reach the client.

Write \`always\` behind the value; a \`Content-Type\` is set by \`default_type\` instead.
`,
  sources: ['nginx: ngx_http_headers_filter()', 'nginx documentation: ngx_http_headers_module (add_header)'],
  bad: [
    {
      title: 'A maintenance page, and a question for a password',
      files: `
        server {
            listen 80;
            location @maintenance {
                add_header Retry-After 3600;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^ Retry-After is not sent with 503, as always is missing
                return 503 "back soon";
            }
            location /private/ {
                add_header WWW-Authenticate 'Basic realm="staff"';
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ WWW-Authenticate and X-Reason are not sent with 401, as always is missing
                add_header X-Reason password;
                return 401;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location @maintenance {
                add_header Retry-After 3600 always;
                return 503 "back soon";
            }
            location /private/ {
                add_header WWW-Authenticate 'Basic realm="staff"' always;
                add_header X-Reason password always;
                return 401;
            }
        }
      `,
    },
    {
      title: 'The type of an answer',
      files: `
        server {
            listen 80;
            location @sorry {
                add_header Content-Type application/json;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Content-Type is not sent with 502, as always is missing
                return 502 '{"error":"down"}';
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Answers that it adds to, always, a condition that answers otherwise, locations within',
      files: `
        server {
            listen 80;
            location = /a {
                add_header X-A 1;
                return 204;
            }
            location = /b {
                add_header X-A 1 always;
                return 404;
            }
            location = /c {
                add_header X-A 1;
                if ($arg_ok) {
                    return 200 "ok";
                }
                return 403;
            }
            location /d/ {
                add_header X-A 1;
                location /d/e/ {
                    root /srv;
                }
                return 403;
            }
            location = /f {
                add_header X-A "";
                return 444;
            }
            error_page 404 =200 @g;
            location @g {
                add_header X-A 1;
                return 404 "none";
            }
        }
      `,
    },
  ],
  *check({ named }) {
    const said = new Set<Statement>();
    for (const { parent: level } of named('add_header')) {
      if (!level || said.has(level)) continue;
      said.add(level);
      // What stands further in answers with the headers of this level, and of a server so do the pages of error_page.
      if (!/^(?:location|if)$/.test(level.name) || level.body.some(({ directive }) => directive.body))
        continue;
      const code = answerOf(level);
      if (code === undefined || code === 444 || addsHeaderTo(code) || answersByProgram(level)) continue;
      if (isRecoded(level, named('error_page'))) continue;
      const lost = level.body.filter((each) => each.name === 'add_header' && isSet(each) && !isAlways(each));
      const [first] = lost;
      if (!first) continue;
      const names = [...new Set(lost.map(nameOf))];
      const isType = names.some((name) => name.toLowerCase() === 'content-type');
      yield {
        at: headSpan(first.directive),
        message: `${inWords(names)} ${names.length > 1 ? 'are' : 'is'} not sent with ${code}, as always is missing`,
        ...(isType
          ? { help: 'set a Content-Type by default_type, and write always behind the others' }
          : {
              fix: {
                title: 'write always behind the value',
                safe: false,
                edits: lost.map(({ directive }) => {
                  const { source, end } = headSpan(directive);
                  return { source, start: end, end, text: ' always' };
                }),
              },
            }),
      };
    }
  },
});
