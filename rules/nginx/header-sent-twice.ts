import { headSpan } from '../../grammar/tree.ts';
import { type Finding, rule } from '../../src/lint/rule.ts';
import type { NginxModel, Statement } from '../../src/model/nginx/index.ts';

/** Headers of a request that have one value, by those who read them. */
const ofRequests =
  /^(?:host|connection|upgrade|origin|referer|user-agent|authorization|content-(?:length|type)|true-client-ip|x-(?:(?:forwarded|original|remote|client)-[\w-]+|real-ip|request-id|(?:url-)?scheme))$/;

/** Headers of an answer that browsers reject where there are two of them. */
const ofAnswers = /^access-control-allow-(?:origin|credentials)$/;

const lists: readonly (readonly [string, RegExp])[] = [
  ['proxy_set_header', ofRequests],
  ['grpc_set_header', ofRequests],
  ['add_header', ofAnswers],
];

/** Variables of every request. */
const present =
  /^\$(?:host|http_host|remote_addr|remote_port|realip_remote_addr|scheme|server_addr|server_port|hostname|request_id|request_uri|uri|request_method|proxy_host|proxy_port|proxy_add_x_forwarded_for|binary_remote_addr)$/;

/** Whether a text with variables is surely more than nothing. */
function isFilled(text: string, { valuesOf }: NginxModel): boolean {
  const [, name] = /^\$\{?(\w+)\}?$/.exec(text) ?? [];
  if (name === undefined) return text.replace(/\$(?:\w+|\{\w+\})/g, '') !== '';
  return present.test(`$${name}`) || (valuesOf(name, 'http')?.every((value) => value !== '') ?? false);
}

const textOf = ({ directive }: Statement): string => directive.args[1]?.text ?? '';

/** Of two statements the one in the file of their block, where somebody can say which of them is meant. */
const isNearer = (a: Statement, b: Statement): boolean =>
  a.directive.source === a.parent?.directive.source && b.directive.source !== a.directive.source;

/** The statements of one header in a block. */
interface Seen {
  readonly byValue: Map<string, Statement>;
  /** The first that is surely sent. */
  filled: Statement | undefined;
}

function* twice(name: string, isOne: RegExp, model: NginxModel): Generator<readonly [Statement, Statement]> {
  const levels = new Map<Statement | undefined, Map<string, Seen>>();
  for (const statement of model.named(name)) {
    const header = statement.directive.args[0]?.text.toLowerCase() ?? '';
    const value = textOf(statement);
    if (!isOne.test(header) || value === '') continue;
    const level = levels.get(statement.parent) ?? new Map<string, Seen>();
    levels.set(statement.parent, level);
    const seen = level.get(header) ?? { byValue: new Map(), filled: undefined };
    level.set(header, seen);
    const filled = isFilled(value, model);
    const other = seen.byValue.get(value) ?? (filled ? seen.filled : undefined);
    if (other) yield isNearer(other, statement) ? [statement, other] : [other, statement];
    if (filled) seen.filled ??= statement;
    if (!other) seen.byValue.set(value, statement);
  }
}

export default rule({
  scope: 'nginx',
  id: 'header-sent-twice',
  severity: 'warning',
  summary: 'A header with one value is sent twice',
  why: `
The second line does not take the place of the first: within one block nginx sends both. A backend has to answer a request with two
\`Host\` headers by 400, and nginx as a backend does; of two \`X-Real-IP\` each program takes the one it likes; a browser takes two
\`Access-Control-Allow-Origin\` for none. Most often one of them came by an \`include\`, such as the \`proxy_params\` of Debian.

Keep one of the two lines.
`,
  sources: [
    'nginx: ngx_http_proxy_init_headers(), ngx_http_headers_filter()',
    'RFC 9112, section 3.2: a server must answer a request with more than one Host by 400',
    'Fetch standard: CORS check',
  ],
  bad: [
    {
      title: 'Written twice; twice the same',
      files: `
        server {
            listen 80;
            location / {
                proxy_set_header Host $host;
                proxy_set_header X-Real-IP $remote_addr;
                proxy_set_header host $http_host;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ host is sent twice: both lines count
                proxy_set_header X-Real-IP $remote_addr;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ X-Real-IP is sent twice: both lines count
                proxy_pass http://10.0.0.11:8080;
            }
            location /fonts/ {
                add_header Access-Control-Allow-Origin *;
                add_header Access-Control-Allow-Origin https://app.example.com always;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Access-Control-Allow-Origin is sent twice: both lines count
                root /srv;
            }
        }
      `,
    },
    {
      title: 'By a file that is included',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  location / {
                      proxy_set_header Host $host;
                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ Host is sent twice: both lines count
                      include proxy.inc;
                      proxy_pass http://10.0.0.11:8080;
                  }
              }
          }
        `,
        'proxy.inc': `
          proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-Proto $scheme;
        `,
      },
    },
  ],
  good: [
    {
      title: 'Nothing in place of one, blocks of their own, one of two that may be empty, headers with lists',
      files: `
        map $http_upgrade $upgrade {
            default upgrade;
            '' '';
        }
        server {
            listen 80;
            proxy_set_header Host $host;
            location / {
                proxy_set_header Host $http_host;
                proxy_set_header Connection "";
                proxy_set_header Connection upgrade;
                proxy_set_header Via a;
                proxy_set_header Via b;
                proxy_pass http://10.0.0.11:8080;
            }
            location /ws/ {
                proxy_set_header Host $host;
                proxy_set_header Connection $upgrade;
                proxy_set_header Connection keep-alive;
                proxy_set_header Upgrade $http_upgrade;
                proxy_http_version 1.1;
                proxy_pass http://10.0.0.11:8080;
            }
            location /cookies/ {
                add_header Set-Cookie a=1;
                add_header Set-Cookie b=1;
                root /srv;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const [name, isOne] of lists) {
      for (const [other, statement] of twice(name, isOne, model)) {
        const header = statement.directive.args[0]!.text;
        const isHost = header.toLowerCase() === 'host';
        const isSame = textOf(other) === textOf(statement);
        yield {
          at: headSpan(statement.directive),
          message: `${header} is sent twice: both lines count`,
          related: [{ at: headSpan(other.directive), note: isSame ? 'the same' : 'the other one' }],
          help: isHost ? 'servers answer such a request by 400; keep one of them' : 'keep one of them',
          ...(isHost ? { severity: 'error' } : {}),
        } satisfies Finding;
      }
    }
  },
});
