import { once } from '../../grammar/remembered.ts';
import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  addsHeaderTo,
  answerOf,
  answersByProgram,
  argument,
  familyIn,
  isReplaced,
  type NginxModel,
  type Statement,
} from '../../src/model/nginx/index.ts';

const hasOwnType = once(({ body }: Statement) => body.some(({ name }) => name === 'default_type'));

/** Whether the answers of a level have a type that nginx or the backend gave them. */
function hasType(level: Statement, isAlways: boolean, { inForce }: NginxModel): boolean {
  const code = answerOf(level);
  // ngx_http_header_filter() takes the type away from an answer without a body.
  if (code === 204 || code === 304 || code === 444) return false;
  if (code !== undefined && !addsHeaderTo(code) && !isAlways) return false;
  if (answersByProgram(level)) return false;
  const location = level.name === 'if' ? level.parent : level;
  const family = familyIn(level) ?? (location && familyIn(location));
  if (family !== undefined && code === undefined) {
    return !inForce(level, `${family}_hide_header`).some(
      ({ directive }) => directive.args[0]?.text.toLowerCase() === 'content-type',
    );
  }
  return inForce(level, 'default_type')[0]?.directive.args[0]?.text !== '';
}

export default rule({
  scope: 'nginx',
  id: 'content-type-twice',
  severity: 'warning',
  summary: 'An add_header adds a second Content-Type to the answer',
  why: `
\`add_header\` adds a line, it replaces none. Files, answers of \`return\` and of backends have a \`Content-Type\` already, and then go out with
two: browsers take the one or the other, proxies and HTTP libraries refuse the answer or join both.

Set the type by \`default_type\` (with an empty \`types { }\` where file names give another one), or hide the backend's with
\`proxy_hide_header Content-Type;\`.
`,
  sources: ['nginx: ngx_http_add_header(), ngx_http_header_filter()', 'RFC 9110, section 5.3'],
  bad: [
    {
      title: 'A text of its own',
      files: `
        server {
            listen 80;
            location = /health {
                add_header Content-Type text/plain;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the answer has a Content-Type already, and gets a second one
                return 200 "ok";
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location = /health {
                default_type text/plain;
                return 200 "ok";
            }
        }
      `,
    },
    {
      title: 'A backend',
      files: `
        server {
            listen 80;
            location /api/ {
                add_header content-type application/json always;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the answer has a Content-Type already, and gets a second one
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'No other type, the backend’s is hidden, a module that replaces it',
      files: `
        server {
            listen 80;
            location = /a {
                default_type "";
                add_header Content-Type text/plain;
                return 200 "ok";
            }
            location /b/ {
                proxy_hide_header Content-Type;
                add_header Content-Type application/json;
                proxy_pass http://10.0.0.11;
            }
            location /c/ {
                more_set_headers "Content-Type: text/plain";
                root /srv;
            }
            location /d/ {
                if ($request_method = OPTIONS) {
                    add_header Content-Type text/plain;
                    add_header Content-Length 0;
                    return 204;
                }
                proxy_pass http://10.0.0.11;
            }
            location /e/ {
                default_type text/plain;
                return 200 "ok";
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const statement of model.named('add_header')) {
      const { directive, parent } = statement;
      const [name, value, flag] = directive.args;
      if (name?.text.toLowerCase() !== 'content-type' || !value?.text || !parent) continue;
      if (isReplaced(parent) || !hasType(parent, flag?.text === 'always', model)) continue;
      const isOwn = parent.name === 'location' && answerOf(parent) !== undefined && !value.text.includes('$');
      const text = argument(directive, 1)!.at;
      const canMove = isOwn && !hasOwnType(parent);
      yield {
        at: headSpan(directive),
        message: 'the answer has a Content-Type already, and gets a second one',
        ...(canMove
          ? {
              fix: {
                title: 'set it by default_type',
                safe: false,
                edits: [
                  {
                    ...headSpan(directive),
                    text: `default_type ${text.source.text.slice(text.start, text.end)}`,
                  },
                ],
              },
            }
          : { help: 'set it by default_type, or hide the one of the backend by proxy_hide_header' }),
      };
    }
  },
});
