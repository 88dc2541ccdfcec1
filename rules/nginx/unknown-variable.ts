import { builtinVariable, variableNames } from '../../grammar/tables/variables.ts';
import { type Finding, rule } from '../../src/lint/rule.ts';
import { dashedName, type NginxModel, type Read, type VariableUse } from '../../src/model/nginx/index.ts';
import { distance, suggest } from '../../src/model/suggest.ts';

/** Whether two neighbours changed places: `hots` is no name that anybody would give. */
const isSwapped = (name: string, word: string): boolean =>
  name.length > 3 && name.length === word.length && [...name].sort().join('') === [...word].sort().join('');

/** Whether `name` is a slip of the fingers for `word`, and no name of its own such as `$host2` or `$hosts`. */
function isSlip(name: string, word: string): boolean {
  const withoutDigits = (text: string): string => text.replace(/\d+/g, '');
  if (name.length < 6 && !isSwapped(name, word)) return false;
  if (name === `${word}s` || withoutDigits(name) === withoutDigits(word)) return false;
  const bound = name.length < 12 ? 1 : 2;
  return distance(name, word, bound) <= bound;
}

/** Everything that can give a variable a name is known: all files were read, all modules are nginx's own, no template. */
const isSure = ({ complete, hasForeignModules, syntax }: NginxModel): boolean =>
  complete &&
  !hasForeignModules &&
  !syntax.some(({ oddities }) => oddities.some(({ kind }) => kind === 'template-placeholder'));

/** What was probably meant; only what nginx itself defines, where names may come from elsewhere too. */
function meant({ name, module }: VariableUse, model: NginxModel, sure: boolean): string | undefined {
  const wanted = name.toLowerCase();
  const own = sure ? model.definitions(module).keys() : [];
  const near = suggest(wanted, new Set([...variableNames(module), ...own]));
  return near?.certain && isSlip(wanted, near.word) ? near.word : undefined;
}

/** Nobody misspells more names in one configuration; to compare each with all that are defined takes their square. */
const mostCompared = 200;

/** A number where nginx looks for a name. Nothing but an odd `set` or `map` could give it a meaning. */
function notAGroup({ name, at, braced }: VariableUse): Finding {
  const isGroup = braced && /^[1-9]$/.test(name);
  return {
    at,
    message: `${braced ? `\${${name}}` : `$${name}`} is no group here, and no variable has that name`,
    help: 'nginx does not start, and its message names no line',
    ...(isGroup && {
      label: `did you mean $${name}?`,
      fix: { title: 'take the braces away', safe: true, edits: [{ ...at, text: `$${name}` }] },
    }),
  };
}

export default rule({
  scope: 'nginx',
  id: 'unknown-variable',
  severity: 'error',
  summary: 'A variable is read that nothing defines',
  why: `
nginx does not start: \`unknown "request_url" variable\`, without a file or a line, because it looks names up after everything
is read. On a node that runs already, the reload fails and the old configuration stays, until the next start.

http and stream have separate variables: \`$host\` and \`$http_…\` do not exist in stream. Names may be defined anywhere (\`set\`,
\`map\`, \`geo\`, a named group of a regular expression), so in a fragment, or where modules of others are loaded, only slips
of nginx's own names are reported.

Groups of regular expressions are read as \`$1\` to \`$9\`: one digit, so \`$1s\` is a group and an s. In braces, as \`$0\`, in a
\`log_format\` and as what \`if\` tests, nginx takes the number for the name of a variable. Give the group a name there, \`(?<shelf>…)\`.
`,
  sources: [
    'nginx: ngx_http_variables_init_vars(), ngx_stream_variables_init_vars()',
    'nginx documentation: alphabetical index of variables',
  ],
  bad: [
    {
      title: 'A name that the first article on hashing got wrong, and many after it',
      files: `
        events {}
        http {
            upstream cache {
                hash $request_url consistent;
                     ^^^^^^^^^^^^ nginx knows no variable $request_url
                server 10.0.0.11:8080;
                server 10.0.0.12:8080;
            }
            server {
                listen 80;
                location / {
                    proxy_set_header Host $host;
                    proxy_set_header X-Forwarded-For "\${proxy_add_x_forward_for}";
                                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^ nginx knows no variable $proxy_add_x_forward_for
                    proxy_pass http://cache;
                }
            }
        }
      `,
      fixed: `
        events {}
        http {
            upstream cache {
                hash $request_uri consistent;
                server 10.0.0.11:8080;
                server 10.0.0.12:8080;
            }
            server {
                listen 80;
                location / {
                    proxy_set_header Host $host;
                    proxy_set_header X-Forwarded-For "\${proxy_add_x_forwarded_for}";
                    proxy_pass http://cache;
                }
            }
        }
      `,
    },
    {
      title: 'A name ends before a dash and a dot, in what if tests it has none, and text may follow it',
      files: `
        server {
            listen 80;
            if ($request.method = TRACE) {
                ^^^^^^^^^^^^^^^ nginx knows no variable $request.method
                return 405;
            }
            location / {
                proxy_set_header Host $host;
                proxy_set_header X-Real-IP $remote-addr;
                                           ^^^^^^^^^^^^ nginx knows no variable $remote-addr
                add_header X-Request-ID $request-id;
                                        ^^^^^^^^^^^ $request-id is $request with -id behind it
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
    },
    {
      title: 'Beside a set that lost its value, which is said there',
      files: `
        events {}
        http {
            server {
                listen 80;
                set $backend;
                location / {
                    proxy_set_header Host $host;
                    proxy_set_header X-Pool $backend_pool;
                                            ^^^^^^^^^^^^^ nginx knows no variable $backend_pool
                    proxy_pass http://$backend;
                }
            }
        }
      `,
    },
    {
      title: 'A group of a regular expression has no braces',
      files: `
        server {
            listen 80;
            location ~ ^/shop/(\\w+)$ {
                return 302 /new/\${1}s;
                                ^^^^ \${1} is no group here, and no variable has that name
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location ~ ^/shop/(\\w+)$ {
                return 302 /new/$1s;
            }
        }
      `,
    },
    {
      title: 'Groups begin with $1, and do not stand where nginx looks for a name',
      files: `
        events {}
        http {
            log_format shelf '$remote_addr $1';
                                           ^^ $1 is no group here, and no variable has that name
            server {
                listen 80;
                location ~ ^/shop/(\\w+)$ {
                    if ($1 = toys) {
                        ^^ $1 is no group here, and no variable has that name
                        return 404;
                    }
                    return 302 /new/$1?of=$0;
                                          ^^ $0 is no group here, and no variable has that name
                }
            }
        }
      `,
    },
    {
      title: 'The log of stream knows nothing of HTTP, and a variable of one’s own can be misspelt too',
      files: `
        events {}
        stream {
            log_format balancer '$remote_addr $http_user_agent $status';
                                              ^^^^^^^^^^^^^^^^ stream has no variable $http_user_agent, only http has it
            map $ssl_preread_server_name $backend_pool {
                default 10.0.0.11:443;
            }
            server {
                listen 443;
                ssl_preread on;
                proxy_pass $backend_poll;
                           ^^^^^^^^^^^^^ nginx knows no variable $backend_poll
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Families, named groups, anchors of regular expressions, and names from everywhere',
      files: `
        events {}
        http {
            log_format main '$remote_addr "$request" $upstream_http_x_served_by $cookie_route \${msec}';
            map $http_upgrade $connection_upgrade {
                default upgrade;
                ~^(?<token>[a-z]+)$ $token;
            }
            geo $internal {
                default 0;
                10.0.0.0/8 1;
            }
            server {
                listen 80;
                server_name ~^(?<tenant>[a-z]+)\\.example\\.com$;
                valid_referers none *.example.com;
                if ($request_method !~ ^(GET|POST)$) {
                    return 405;
                }
                location ~ ^/(?P<section>\\w+)/(\\d+)$ {
                    set $REALM shop;
                    auth_request /auth;
                    auth_request_set $auth_user $upstream_http_x_user;
                    rewrite ^/old/(.*)$ /new/$1 break;
                    proxy_set_header Host $tenant.internal;
                    proxy_set_header X-Trace "$request_id-$remote_addr $scheme.$host $host.local";
                    if ($arg_page-size = 100) {
                        return 400;
                    }
                    proxy_set_header X-User "$auth_user;$realm;$internal;$section;$invalid_referer";
                    proxy_set_header Connection $connection_upgrade;
                    proxy_pass http://10.0.0.11:8080;
                }
                location = /auth {
                    internal;
                    proxy_pass http://10.0.0.12:8080$arg_path;
                }
            }
        }
      `,
    },
    {
      title: 'A fragment reads what another file defines',
      files: `
        server {
            listen 80;
            server_name shop.example.com;
            location / {
                proxy_set_header Host $hosts;
                proxy_set_header X-Tenant $tenant_name;
                proxy_set_header X-Device $device_type;
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
    },
  ],
  *check(model) {
    const sure = isSure(model);
    const compared = new Map<string, string | undefined>();
    const moot = new Set<string>();
    const isUnknown = ({ name, module }: Read): boolean => {
      const key = name.toLowerCase();
      return !builtinVariable(module, key) && !model.definitions(module).has(key);
    };
    for (const use of model.variableUses((read) => isUnknown(read) || dashedName(read) !== undefined)) {
      const { name, module, at, braced, text, start } = use;
      const dashed = dashedName(use);
      if (dashed !== undefined) {
        const written = text.slice(start, start + 1 + dashed.length);
        const isRead = !isUnknown(use);
        yield {
          at: { ...at, end: at.end + dashed.length - name.length },
          message: isRead
            ? `${written} is $${name} with ${written.slice(name.length + 1)} behind it`
            : `nginx knows no variable ${written}`,
          ...(isRead
            ? { severity: 'warning' as const }
            : { help: 'nginx does not start, and its message names no line' }),
          label: `did you mean $${dashed}?`,
          fix: {
            title: `replace it by $${dashed}`,
            safe: !isRead,
            edits: [{ ...at, end: at.end + dashed.length - name.length, text: `$${dashed}` }],
          },
        };
        continue;
      }
      const other = module === 'http' ? 'stream' : 'http';
      if (builtinVariable(other, name.toLowerCase())) {
        if (sure) yield { at, message: `${module} has no variable $${name}, only ${other} has it` };
        continue;
      }
      if (/^\d/.test(name)) {
        yield notAGroup(use);
        continue;
      }
      const key = `${module} ${name}`;
      if (!compared.has(key) && compared.size < mostCompared) {
        // A `set` that lacks a word has its own finding.
        if (model.mayDefine('set', `$${name}`)) moot.add(key);
        compared.set(key, meant(use, model, sure));
      }
      const near = compared.get(key);
      if (moot.has(key) || (!sure && near === undefined)) continue;
      yield {
        at,
        message: `nginx knows no variable $${name}`,
        help: 'nginx does not start, and its message names no line',
        ...(near === undefined
          ? {}
          : {
              label: `did you mean $${near}?`,
              fix: {
                title: `replace it by $${near}`,
                safe: true,
                edits: [
                  // `r$emote_addr`: the letter before the sign is the first of the name.
                  near === at.source.text[at.start - 1] + name
                    ? { ...at, start: at.start - 1, text: `$${near}` }
                    : { ...at, text: braced ? `\${${near}}` : `$${near}` },
                ],
              },
            }),
      };
    }
  },
});
