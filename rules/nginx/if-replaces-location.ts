import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  endsHere,
  excludeEachOther,
  leaves,
  type Statement,
  settingsOf,
} from '../../src/model/nginx/index.ts';

/** What tells one setting from another: a header by its name, all else by the directive. */
const keyOf = ({ name, directive }: Statement): string =>
  name === 'add_header' ? `${name} ${directive.args[0]?.text.toLowerCase()}` : name;

/** Whether a block ends in success, as for a browser that asks whether it may send something. */
const answers = ({ body }: Statement): boolean =>
  body.some(({ name, directive }) => name === 'return' && /^2\d\d$/.test(directive.args[0]?.text ?? ''));

/** The headers without which a browser takes such an answer for a no. */
const isForBrowsers = ({ name, directive }: Statement): boolean =>
  name === 'add_header' && /^access-control-/i.test(directive.args[0]?.text ?? '');

const hasHandler = ({ body }: Statement): boolean => body.some(({ name }) => /_pass$|^empty_gif$/.test(name));

/** An `if` is compared with so many below it. */
const mostBelow = 200;

export default rule({
  scope: 'nginx',
  id: 'if-replaces-location',
  severity: 'warning',
  summary: 'An if whose condition is true takes settings of its location away',
  why: `
A block of \`if\` in a location is a location of its own, which takes the other's place for requests that fulfil the condition. Of several
that are true the last one counts, and what the earlier ones set is gone, headers as well as backends. \`try_files\` is not inherited
into such a block, even an empty one or one with nothing but \`set\`: the request then looks for the file as it is called.

Only \`return\`, \`rewrite\` and \`set\` are harmless in there. Compute the value with a \`map\` and set it once in the location.
`,
  sources: [
    'nginx: ngx_http_script_if_code(), ngx_http_update_location_config()',
    'nginx: ngx_http_try_files_handler()',
  ],
  bad: [
    {
      title: 'Two conditions may be true',
      files: `
        server {
            listen 80;
            location / {
                if ($arg_dl) {
                ^^^^^^^^^^^^ add_header is gone where the if below is true as well
                    add_header Content-Disposition attachment;
                }
                if ($http_user_agent ~ curl) {
                    set $plain 1;
                }
                root /srv;
            }
        }
      `,
    },
    {
      title: 'The answer to a browser that asks first',
      files: `
        server {
            listen 80;
            location /api/ {
                set $ours "";
                if ($http_origin = https://app.example.com) {
                    set $ours yes;
                }
                if ($ours) {
                ^^^^^^^^^^ add_header is gone where the if below is true as well
                    add_header Access-Control-Allow-Origin $http_origin;
                }
                if ($request_method = OPTIONS) {
                    return 204;
                }
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
    {
      title: 'Two conditions, and one that takes the place of both',
      files: `
        server {
            listen 80;
            root /srv;
            location / {
                if ($request_method = POST) {
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^ add_header is gone where the if below is true as well
                    add_header X-A 1;
                }
                if ($request_method = PUT) {
                    add_header X-B 1;
                }
                if ($arg_c) {
                    set $c 1;
                }
            }
        }
      `,
    },
    {
      title: 'try_files beside a condition',
      files: `
        server {
            listen 80;
            location / {
                try_files $uri /index.html;
                if ($http_user_agent ~ bot) {
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^ try_files is skipped where this is true
                    set $robot 1;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Answers, rewrites, one condition, conditions that exclude each other',
      files: `
        server {
            listen 80;
            root /srv;
            location /a {
                try_files $uri /index.html;
                if ($http_user_agent ~ bot) {
                    return 403;
                }
                if ($arg_x) {
                    rewrite ^ /x last;
                }
                if ($arg_y) {
                    rewrite ^ https://example.com/y;
                }
                if (-f $request_filename) {
                    break;
                }
            }
            location /b {
                set $skip 0;
                if ($arg_x) {
                    set $skip 1;
                }
                if ($cookie_y) {
                    set $skip 1;
                }
            }
            location /c {
                if ($request_method = GET) {
                    add_header X-A 1;
                }
                if ($request_method = POST) {
                    add_header X-B 1;
                }
            }
            location /d {
                if ($arg_x) {
                    proxy_pass http://10.0.0.11;
                }
            }
            location /e {
                if ($arg_x) {
                    add_header X-A 1;
                }
                if ($arg_y) {
                    return 403;
                }
            }
            location /f {
                if ($arg_x) {
                    expires 1d;
                }
                if ($arg_y) {
                    expires 2d;
                }
            }
            location /g {
                if ($arg_x) {
                    expires 1d;
                }
                if (!-f $request_filename) {
                    rewrite ^ /index.php last;
                }
            }
        }
      `,
    },
  ],
  *check({ named }) {
    const said = new Set<Statement>();
    for (const { parent: location } of named('if')) {
      if (location?.name !== 'location' || said.has(location)) continue;
      said.add(location);
      const blocks = location.body.filter(({ name }) => name === 'if');
      const tries = location.body.find(({ name }) => name === 'try_files');
      const takers = new Set<Statement>();
      const kept = blocks.map((block) => new Set(settingsOf(block).map(keyOf)));
      for (const [index, block] of blocks.entries()) {
        if (endsHere(block)) continue;
        const settings = settingsOf(block);
        const goneIn = (other: Statement, at: number): readonly Statement[] => {
          const lost = settings.filter((each) => !kept[at]!.has(keyOf(each)));
          return answers(other) ? lost.filter(isForBrowsers) : lost;
        };
        let later: { other: Statement; gone: readonly Statement[] } | undefined;
        const end = Math.min(blocks.length, index + 1 + mostBelow);
        for (let at = index + 1; at < end && settings.length > 0 && !later; at++) {
          const other = blocks[at]!;
          if (!answers(other) && leaves(other)) continue;
          const gone = goneIn(other, at);
          if (gone.length > 0 && !excludeEachOther(block, other)) later = { other, gone };
        }
        if (later) {
          if (takers.has(later.other)) continue;
          takers.add(later.other);
          yield {
            at: headSpan(block.directive),
            message: `${later.gone[0]!.name} is gone where the if below is true as well`,
            related: [
              { at: headSpan(later.gone[0]!.directive), note: 'does not count then' },
              { at: headSpan(later.other.directive), note: 'takes its place' },
            ],
            help: 'compute the value with a map, and set it once in the location',
          };
        } else if (tries && !hasHandler(block)) {
          yield {
            at: headSpan(block.directive),
            message: 'try_files is skipped where this is true',
            related: [{ at: headSpan(tries.directive), note: 'is not inherited into the if' }],
            help: 'compute the value with a map, or set it in the server',
          };
        }
      }
    }
  },
});
