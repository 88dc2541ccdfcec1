import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { around, type NginxModel, type Server } from '../../src/model/nginx/index.ts';

const named = /^(?:x-forwarded-for|x-real-ip|x-client-ip)$/i;

/** Servers whose connections all come from a balancer that speaks the PROXY protocol. */
const behindBalancer = ({ listens }: Server): boolean =>
  listens.length > 0 &&
  listens.every(({ parameters }) => parameters.some(({ value }) => value === 'proxy_protocol'));

/** `$remote_addr` is then the client's address, not the balancer's. */
const isTranslated = ({ inForce }: NginxModel, { statement }: Server): boolean =>
  inForce(statement, 'set_real_ip_from').length > 0;

export default rule({
  scope: 'nginx',
  id: 'forwarded-for-overwritten',
  severity: 'info',
  summary: 'The balancer’s address is passed on as the client’s',
  absence: true,
  why: `
A server that listens with \`proxy_protocol\` is connected to by another balancer, so \`$remote_addr\` is that balancer. Backends that
get it as \`X-Real-IP\` or \`X-Forwarded-For\` see one client for all. The client’s address is in \`$proxy_protocol_addr\`; with
\`set_real_ip_from\` and \`real_ip_header proxy_protocol\` nginx puts it into \`$remote_addr\` too, for logs and limits.

At the edge \`X-Forwarded-For $remote_addr\` is right: clients cannot forge it. Further in, append with
\`$proxy_add_x_forwarded_for\`.
`,
  sources: ['nginx documentation: ngx_http_realip_module, Accepting the PROXY Protocol'],
  bad: [
    {
      title: 'Behind a balancer of the cloud',
      files: `
        events {}
        http {
            server {
                listen 80 proxy_protocol;
                location / {
                    proxy_set_header Host $host;
                    proxy_set_header X-Real-IP $remote_addr;
                                               ^^^^^^^^^^^^ X-Real-IP is the address of the balancer in front
                    proxy_pass http://10.0.0.11:8080;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Translated, taken from the protocol, or at the edge',
      files: `
        events {}
        http {
            server {
                listen 80 proxy_protocol;
                set_real_ip_from 10.0.0.0/8;
                real_ip_header proxy_protocol;
                proxy_set_header X-Real-IP $remote_addr;
                location / {
                    proxy_pass http://10.0.0.11:8080;
                }
            }
            server {
                listen 81 proxy_protocol;
                proxy_set_header X-Real-IP $proxy_protocol_addr;
                location / {
                    proxy_pass http://10.0.0.11:8080;
                }
            }
            server {
                listen 82;
                proxy_set_header X-Forwarded-For $remote_addr;
                location / {
                    proxy_pass http://10.0.0.11:8080;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    const servers = new Map(model.servers.filter(behindBalancer).map((server) => [server.statement, server]));
    if (servers.size === 0) return;
    const ofBalancer = new Set<string | undefined>(['$remote_addr', '$proxy_add_x_forwarded_for']);
    const headers = model.headers((name, value) => ofBalancer.has(value) && named.test(name));
    for (const { statement, name } of headers) {
      if (statement.name !== 'proxy_set_header') continue;
      const block = around(statement, 'server');
      const server = block && servers.get(block);
      if (!server || isTranslated(model, server)) continue;
      yield {
        at: wordSpan(statement.directive, statement.directive.args[1]!),
        message: `${name.value} is the address of the balancer in front`,
        help: 'use $proxy_protocol_addr, or set_real_ip_from and real_ip_header proxy_protocol',
      };
    }
  },
});
