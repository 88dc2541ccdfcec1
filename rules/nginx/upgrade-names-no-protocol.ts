import { rule } from '../../src/lint/rule.ts';
import { argument, nearHeader } from '../../src/model/nginx/index.ts';

/** What stands in Connection, where it is no protocol in Upgrade. */
const forConnection = /^(?:upgrade|close|keep-alive)?$/i;

export default rule({
  scope: 'nginx',
  id: 'upgrade-names-no-protocol',
  severity: 'warning',
  summary: 'The header Upgrade gets what was meant for Connection',
  why: `
\`Connection: upgrade\` says that there is a header \`Upgrade\`, and that one names the protocol: \`websocket\`. A backend that gets
\`Upgrade: upgrade\` knows no protocol of that name, and answers 400 or goes on in HTTP. The client's own word is in \`$http_upgrade\`:

    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
`,
  sources: ['nginx documentation: WebSocket proxying', 'RFC 9110 section 7.8; RFC 6455 section 4.1'],
  bad: [
    {
      title: 'The variable of the line below',
      files: `
        map $http_upgrade $connection_upgrade {
            default upgrade;
            ''      close;
        }
        server {
            listen 80;
            location / {
                proxy_http_version 1.1;
                proxy_set_header Host $host;
                proxy_set_header Upgrade $connection_upgrade;
                                         ^^^^^^^^^^^^^^^^^^^ $connection_upgrade is upgrade or close, and no protocol
                proxy_set_header Connection $connection_upgrade;
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
      fixed: `
        map $http_upgrade $connection_upgrade {
            default upgrade;
            ''      close;
        }
        server {
            listen 80;
            location / {
                proxy_http_version 1.1;
                proxy_set_header Host $host;
                proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection $connection_upgrade;
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The word of the client, a protocol, nothing, a variable of somebody else',
      files: `
        events {}
        http {
            map $http_upgrade $protocol {
                default   "";
                websocket websocket;
            }
            server {
                listen 80;
                proxy_http_version 1.1;
                location /a/ {
                    proxy_set_header Host $host;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection upgrade;
                    proxy_pass http://10.0.0.11:8080;
                }
                location /b/ {
                    proxy_set_header Host $host;
                    proxy_set_header Upgrade $protocol;
                    proxy_set_header Connection upgrade;
                    proxy_pass http://10.0.0.11:8080;
                }
                location /c/ {
                    proxy_set_header Host $host;
                    proxy_set_header Upgrade "";
                    proxy_pass http://10.0.0.11:8080;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { directive, context } of model.named('proxy_set_header')) {
      const header = directive.args[0]?.text ?? '';
      const value = argument(directive, 1);
      if (!value || (nearHeader(header) ?? header).toLowerCase() !== 'upgrade') continue;
      const [, name] = /^\$\{?(\w+)\}?$/.exec(value.value) ?? [];
      const values = name === undefined ? [value.value] : (model.valuesOf(name, 'http') ?? []);
      if (context.startsWith('stream') || values.length === 0 || values.every((each) => each === ''))
        continue;
      if (!values.every((each) => forConnection.test(each))) continue;
      const words = [...new Set(values.filter((each) => each !== ''))].join(' or ');
      yield {
        at: value.at,
        message: `${name === undefined ? 'Upgrade' : value.value} is ${words}, and no protocol`,
        fix: {
          title: 'replace it by $http_upgrade',
          safe: false,
          edits: [{ ...value.at, text: '$http_upgrade' }],
        },
      };
    }
  },
});
