import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { nearHeader } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'misspelt-header',
  severity: 'warning',
  summary: 'A header has almost the name of a well-known one',
  why: `
nginx sends any header under any name, so nothing fails: the other side just does not look for it. A misspelt
\`X-Forwarded-For\` or \`X-Forwarded-Proto\` means that every client has the balancer's address and scheme in the
application's log, its rate limits and its redirects; a misspelt \`Strict-Transport-Security\` protects nobody.

Letter case does not matter. \`_\` for \`-\` does: nginx and others drop such headers unless told otherwise
(\`underscores_in_headers\`).
`,
  sources: [
    'RFC 9110, section 5.1: field names are case-insensitive',
    'IANA HTTP Field Name Registry',
    'nginx: ngx_http_parse_header_line(), underscores_in_headers',
  ],
  bad: [
    {
      title: 'The article that started this tool: the web servers never learn who the client is',
      files: `
        server {
            listen 80;
            server_name www.example.com example.com;
            location / {
                proxy_pass http://10.0.169.158;
                proxy_set_header Host $host;
                proxy_set_header X-forward-For $remote_addr;
                                 ^^^^^^^^^^^^^ X-forward-For is not quite X-Forwarded-For
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            server_name www.example.com example.com;
            location / {
                proxy_pass http://10.0.169.158;
                proxy_set_header Host $host;
                proxy_set_header X-Forwarded-For $remote_addr;
            }
        }
      `,
    },
    {
      title: 'Letters swapped, a plural or a word lost, an underscore',
      files: `
        server {
            listen 80;
            server_name shop.example.com;
            add_header X-Frame-Option DENY always;
                       ^^^^^^^^^^^^^^ X-Frame-Option is not quite X-Frame-Options
            add_header X-Content-Options nosniff always;
                       ^^^^^^^^^^^^^^^^^ X-Content-Options is not quite X-Content-Type-Options
            location / {
                proxy_pass http://10.0.10.11:8080;
                proxy_set_header "X-Real_IP" $remote_addr;
                                 ^^^^^^^^^^^ X-Real_IP is not quite X-Real-IP
                proxy_set_header X-Forwarded-Hsot $host;
                                 ^^^^^^^^^^^^^^^^ X-Forwarded-Hsot is not quite X-Forwarded-Host
                proxy_hide_header X-Powerd-By;
                                  ^^^^^^^^^^^ X-Powerd-By is not quite X-Powered-By
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Letter case is free, and a private header is nobody else’s business',
      files: `
        server {
            listen 80;
            server_name shop.example.com;
            location / {
                proxy_pass http://10.0.10.11:8080;
                proxy_set_header host $host;
                proxy_set_header x-real-ip $remote_addr;
                proxy_set_header X-Forwarded-Prefix /shop;
                proxy_set_header X-Forwarded-Client-Cert $ssl_client_escaped_cert;
                proxy_set_header X-Request-Start "t=\${msec}";
                proxy_set_header X-Request-UID $request_id;
                proxy_set_header X-Original-URL $request_uri;
                proxy_set_header X-Shop-Tenant acme;
            }
        }
      `,
    },
  ],
  *check({ headers }) {
    for (const { statement, name } of headers((name) => nearHeader(name) !== undefined)) {
      const near = nearHeader(name.value)!;
      const quote = statement.directive.args[0]!.quote;
      yield {
        at: name.at,
        message: `${name.value} is not quite ${near}`,
        label: `did you mean ${near}?`,
        grounds: [
          [
            name.at,
            ...(statement.parent
              ? [
                  {
                    ...headSpan(statement.parent.directive),
                    lacks: `${statement.name} ${near.toLowerCase()}`,
                  },
                ]
              : []),
          ],
        ],
        help: 'whoever receives it looks for the well-known name and finds nothing',
        // Somebody may have taught the application to read the odd name.
        fix: {
          title: `replace it by ${near}`,
          safe: false,
          edits: [{ ...name.at, text: `${quote}${near}${quote}` }],
        },
      };
    }
  },
});
