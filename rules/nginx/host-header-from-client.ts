import type { Word } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { argument } from '../../src/model/nginx/index.ts';

const names: Readonly<Record<string, RegExp>> = {
  proxy_set_header: /^(?:host|x-forwarded-host)$/i,
  grpc_set_header: /^(?:host|x-forwarded-host)$/i,
  fastcgi_param: /^(?:HTTP_HOST|SERVER_NAME)$/,
};

export default rule({
  scope: 'nginx',
  id: 'host-header-from-client',
  severity: 'warning',
  risk: 4.3,
  summary: 'The host that the backend believes in comes from an argument, a cookie or a free header',
  why: `
Applications build links, cookies and password mails from the host, and caches keep pages by it. Where it is copied from an argument, a
cookie or a header such as \`X-Forwarded-Host\`, any client writes it: the mail that resets a password then leads to his own server.
\`X-Forwarded-Host: evil.example\` is all it takes.

\`$host\` is the name that nginx went by. Behind a proxy of your own that sets \`X-Forwarded-Host\`, say so with \`set_real_ip_from\`.
`,
  sources: ['RFC 9112, section 3.2', 'nginx: ngx_http_variable_host()'],
  bad: [
    {
      title: 'An argument, a header',
      files: `
        server {
            listen 80;
            location /a {
                proxy_set_header Host $arg_host;
                                      ^^^^^^^^^ Host for the backend is what a client puts into $arg_host
                proxy_pass http://10.0.0.11;
            }
            location /b {
                set $name $http_x_original_host;
                proxy_set_header Host $name;
                                      ^^^^^ Host for the backend is what a client puts into $http_x_original_host
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The host that nginx went by, a name, a choice among names',
      files: `
        map $arg_shop $shop {
            default shop.example.com;
            b b.example.com;
        }
        server {
            listen 80;
            server_name shop.example.com;
            location / {
                proxy_set_header Host $host:$server_port;
                proxy_set_header X-Forwarded-Host $host;
                proxy_pass http://10.0.0.11;
            }
            location /b {
                proxy_set_header Host $shop;
                proxy_pass http://10.0.0.11;
            }
            location /c {
                proxy_set_header Host $proxy_host;
                proxy_set_header X-Forwarded-Host $http_x_forwarded_host;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  *check(model) {
    const isWhole = model.complete && model.isMain && model.named('set_real_ip_from').length === 0;
    for (const [name, wanted] of Object.entries(names)) {
      const isMeant = ([header, value]: readonly Word[]) =>
        value?.text.includes('$') === true &&
        // What nearly every configuration has needs no thought.
        !/^\$(?:host|http_host|server_name|proxy_host)$/.test(value.text) &&
        wanted.test(header!.text);
      for (const statement of model.where(name, isMeant)) {
        const { directive } = statement;
        const value = argument(directive, 1)!;
        const part = model.flow
          .outcomes(statement, value.value)
          .flat()
          .find(
            ({ kind, carrier, variable }) =>
              kind === 'client' &&
              (carrier === 'query' || carrier === 'cookie' || carrier === 'header') &&
              // What a proxy in front may have written is wrong only where there is none.
              (!/^http_x_(?:forwarded|original)_(?:host|server)$/.test(variable) ||
                isWhole ||
                directive.args[0]!.text.toLowerCase() === 'host'),
          );
        if (!part) continue;
        if (model.inForce(statement.parent, 'set_real_ip_from').length > 0 && part.carrier === 'header')
          continue;
        yield {
          at: value.at,
          message: `${directive.args[0]!.text} for the backend is what a client puts into $${part.variable}`,
          related: part.trail.slice(0, 4),
          help: 'take $host, the name that nginx went by',
        };
      }
    }
  },
});
