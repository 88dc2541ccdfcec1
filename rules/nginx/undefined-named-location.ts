import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  around,
  hasUnreadInclude,
  locationOf,
  type NginxModel,
  type Statement,
} from '../../src/model/nginx/index.ts';
import { suggest } from '../../src/model/suggest.ts';

/** Whether all that stands in a server is there to be read: its files are no templates, and none of them is missing. */
const isRead = (server: Statement, model: NginxModel): boolean =>
  !hasUnreadInclude(server, model) &&
  ![server, ...server.body].some(({ directive }) => model.templates.has(directive.source));

/** The named locations of a server. */
const namedIn = (server: Statement): ReadonlySet<string> =>
  new Set(
    server.body
      .filter(({ name }) => name === 'location')
      .flatMap((each) => {
        const { modifier, path } = locationOf(each);
        return modifier === '@' && path.value !== undefined ? [path.value] : [];
      }),
  );

export default rule({
  scope: 'nginx',
  id: 'undefined-named-location',
  severity: 'error',
  summary: 'A named location is used that the server does not have',
  why: `
\`nginx -t\` does not look for it. When a request is sent there, nginx answers 500 and logs \`could not find named location "@app"\`. Names
are those of one server: a location of the same name in another one does not count.

Write the location, or the name that it has: \`location @app { … }\` beside the one that leads there.
`,
  sources: ['nginx: ngx_http_named_location()', 'nginx documentation: ngx_http_core_module (location)'],
  bad: [
    {
      title: 'A slip',
      files: `
        events {}
        http {
            server {
                listen 80;
                location / {
                    try_files $uri @backend;
                                   ^^^^^^^^ this server has no location @backend
                }
                location @bakend {
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
      fixed: `
        events {}
        http {
            server {
                listen 80;
                location / {
                    try_files $uri @bakend;
                }
                location @bakend {
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
    {
      title: 'In the file of one server: no other has locations for it',
      files: {
        'sites/shop.conf': `
          server {
              listen 80;
              error_page 503 @maintenance;
                             ^^^^^^^^^^^^ this server has no location @maintenance
              location @mainteance {
                  return 503;
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'In what the server includes, which is not here, and in a line that is still to be filled in',
      files: {
        'sites/shop.conf': `
          server {
              listen 80;
              error_page 503 @sorry;
              include parts/*.conf;
              include sorry.conf;
          }
        `,
        'sites/help.conf.j2': `
          server {
              listen 80;
              error_page 503 @sorry;
              {{ sorry }}
          }
        `,
      },
    },
    {
      title: 'Further down in the server; a variable',
      files: `
        events {}
        http {
            server {
                listen 80;
                error_page 502 = @sorry;
                error_page 404 @$host;
                location / {
                    proxy_pass http://10.0.0.11;
                }
                location @sorry {
                    return 503;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    const known = new Map<Statement, ReadonlySet<string> | undefined>();
    const namesIn = (server: Statement): ReadonlySet<string> | undefined => {
      if (!known.has(server)) known.set(server, isRead(server, model) ? namedIn(server) : undefined);
      return known.get(server);
    };
    for (const name of ['try_files', 'error_page']) {
      for (const statement of model.named(name)) {
        const { directive } = statement;
        const word = directive.args.at(-1);
        if (!word || !/^@[\w.-]+$/.test(word.text)) continue;
        const server = around(statement, 'server');
        const names = server && namesIn(server);
        if (!names || names.has(word.text) || model.mayDefine('location', word.text)) continue;
        const near = suggest(word.text, [...names])?.word;
        const at = wordSpan(directive, word);
        yield {
          at,
          message: `this server has no location ${word.text}`,
          ...(near === undefined
            ? {}
            : {
                label: `did you mean ${near}?`,
                fix: { title: `replace it by ${near}`, safe: false, edits: [{ ...at, text: near }] },
              }),
        };
      }
    }
  },
});
