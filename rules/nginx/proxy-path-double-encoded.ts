import { once } from '../../grammar/remembered.ts';
import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import type { Statement } from '../../src/model/nginx/index.ts';

/** The blocks whose codes run from a rewrite on: its location, and before that the `if` around it. */
function blocksAround({ parent }: Statement): readonly Statement[] {
  const blocks = parent?.name === 'if' && parent.parent ? [parent, parent.parent] : parent ? [parent] : [];
  return blocks.at(-1)?.name === 'location' ? blocks : [];
}

const passIn = once(({ body }: Statement) => body.find(({ name }) => name === 'proxy_pass'));

/** What a block does from one of its statements on. */
interface Run {
  readonly returns: boolean;
  /** A rewrite leads elsewhere, or leaves the location. */
  readonly leads: boolean;
  readonly breaks: boolean;
}

/** What a block does from each of its statements on. */
const runFrom = once(({ body }: Statement): ReadonlyMap<Statement, Run> => {
  const runs = new Map<Statement, Run>();
  let run: Run = { returns: false, leads: false, breaks: false };
  for (const each of body.toReversed()) {
    const { name, directive } = each;
    const flag = name === 'rewrite' ? directive.args[2]?.text : undefined;
    run = {
      returns: run.returns || name === 'return',
      leads: run.leads || (flag !== undefined && flag !== 'break'),
      breaks: run.breaks || flag === 'break',
    };
    runs.set(each, run);
  }
  return runs;
});

export default rule({
  scope: 'nginx',
  id: 'proxy-path-double-encoded',
  severity: 'warning',
  summary: 'A rewrite to $request_uri encodes the path a second time on its way to the backend',
  why: `
\`$request_uri\` is encoded as the client sent it. \`rewrite ^ $request_uri break;\` makes it the path of the request, which nginx encodes when it
hands it on: \`/a%2Fb\` arrives as \`/a%252Fb\`.

\`proxy_pass\` without a path hands the client's own on unchanged. Where a part is to be cut off, rewrite once more and write
\`proxy_pass http://backend$uri;\`.
`,
  sources: ['nginx: ngx_http_proxy_create_request(), ngx_http_script_regex_end_code()'],
  bad: [
    {
      title: 'Meant to keep the path as it is',
      files: `
        server {
            listen 80;
            location / {
                rewrite ^ $request_uri break;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the backend gets %252F for %2F: the path is encoded twice
                proxy_pass http://10.0.0.11;
            }
            location /api/ {
                rewrite ^ $request_uri;
                ^^^^^^^^^^^^^^^^^^^^^^ the backend gets %252F for %2F: the path is encoded twice
                rewrite ^/api/(.*)$ /$1 break;
                proxy_pass http://10.0.0.11;
            }
            location /shop/ {
                if ($arg_raw) {
                    rewrite ^ $request_uri;
                    ^^^^^^^^^^^^^^^^^^^^^^ the backend gets %252F for %2F: the path is encoded twice
                }
                rewrite ^/shop(/.*)$ $1 break;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Handed on as it is',
      files: `
        server {
            listen 80;
            location /a/ {
                rewrite ^ $request_uri;
                rewrite ^/a/(.*)$ /$1 break;
                proxy_pass http://10.0.0.11$uri;
            }
            location /sometimes/ {
                if ($arg_raw) {
                    rewrite ^ $request_uri;
                    rewrite ^/sometimes(/.*)$ $1 break;
                    proxy_pass http://10.0.0.11$uri;
                }
            }
            location /moved/ {
                if ($arg_moved) {
                    rewrite ^ $request_uri;
                    return 404;
                }
                rewrite ^/moved(/.*)$ $1 break;
                proxy_pass http://10.0.0.11;
            }
            location /b/ {
                proxy_pass http://10.0.0.11;
            }
            location /c/ {
                rewrite ^ $request_uri break;
                proxy_pass http://10.0.0.11$request_uri;
            }
        }
      `,
    },
  ],
  *check({ named }) {
    for (const statement of named('rewrite')) {
      const { directive } = statement;
      const [pattern, target] = directive.args;
      if (!/^\$\{?request_uri\}?$/.test(target?.text ?? '')) continue;
      if (!/^(?:\^|\^?\(?\.\*\)?\$?)$/.test(pattern?.text ?? '')) continue;
      const blocks = blocksAround(statement);
      const pass = blocks.map(passIn).find(Boolean);
      const later = blocks.map((block, depth) => runFrom(block).get(blocks[depth - 1] ?? statement)!);
      // Without a break the path goes through the locations again.
      if (
        !pass ||
        later.some(({ returns, leads }) => returns || leads) ||
        !later.some(({ breaks }) => breaks)
      )
        continue;
      if (/\$(?:\{?(?:uri|document_uri|request_uri)\b|\d)/.test(pass.directive.args[0]?.text ?? '')) continue;
      yield {
        at: headSpan(directive),
        message: 'the backend gets %252F for %2F: the path is encoded twice',
        related: [{ at: headSpan(pass.directive), note: 'encodes it the second time' }],
        help: `write $uri behind the name in ${pass.name}, or leave the rewrite away`,
      };
    }
  },
});
