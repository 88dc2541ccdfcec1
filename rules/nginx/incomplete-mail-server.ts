import type { Span } from '../../grammar/text.ts';
import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import type { NginxModel, Server } from '../../src/model/nginx/index.ts';

const help = 'nginx does not start';

/** Ports that tell the protocol (ngx_mail_smtp_protocol and its like). */
const telling = new Set([25, 587, 465, 110, 995, 143, 993]);

/** What a server of mail lacks, in words. */
function lackOf({ inForce }: NginxModel, { statement, listens }: Server): string | undefined {
  if (listens.length === 0) return 'listen';
  const isUnknown = listens.some(({ value }) => value.host === undefined);
  const isTold = isUnknown || listens.some(({ value: { port } }) => port !== undefined && telling.has(port));
  if (!isTold && inForce(statement, 'protocol').length === 0) return 'protocol, and its port tells none';
  return inForce(statement, 'auth_http').length === 0 ? 'auth_http' : undefined;
}

export default rule({
  scope: 'nginx',
  id: 'incomplete-mail-server',
  severity: 'error',
  summary: 'A server of mail does not know where to listen, what to speak or whom to ask',
  absence: true,
  why: `
nginx refuses the file: \`no "listen" is defined for server\`, \`unknown mail protocol for server\`, \`no "auth_http" is defined for
server\`. Mail has no default port. The protocol follows from the usual ports (25, 465, 587: smtp; 110, 995: pop3; 143, 993: imap),
elsewhere \`protocol\` says it. \`auth_http\` tells for each login which backend is meant, so no server of mail works without.
`,
  sources: ['nginx: ngx_mail_core_merge_srv_conf(), ngx_mail_auth_http_merge_conf(), ngx_mail_block()'],
  bad: [
    {
      title: 'Each lacks one thing',
      files: `
        events {}
        mail {
            server {
            ^^^^^^ this server has no auth_http
                listen 25;
            }
            server {
            ^^^^^^ this server has no listen
                auth_http 10.0.0.11:8080/auth;
                protocol imap;
            }
            server {
            ^^^^^^ this server has no protocol, and its port tells none
                auth_http 10.0.0.11:8080/auth;
                listen 8025;
            }
        }
      `,
    },
    {
      title: 'One line around them all is missing',
      files: `
        events {}
        mail {
            server {
            ^^^^^^ this server has no auth_http
                listen 25;
            }
            server {
                listen 143;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Said further out, or told by the port',
      files: `
        events {}
        mail {
            auth_http 10.0.0.11:8080/auth;
            server {
                listen 143;
            }
            server {
                listen 8025;
                protocol smtp;
            }
        }
      `,
    },
  ],
  *check(model) {
    const unasked: Span[] = [];
    for (const server of model.servers) {
      const { module, statement } = server;
      const lack = module === 'mail' && statement.variant ? lackOf(model, server) : undefined;
      if (lack === undefined) continue;
      const at = wordSpan(statement.directive, statement.directive.name);
      if (lack === 'auth_http') unasked.push(at);
      else yield { at, message: `this server has no ${lack}`, help };
    }
    // One line around them all is the remedy.
    const [at, ...others] = unasked;
    if (!at) return;
    yield {
      at,
      message: 'this server has no auth_http',
      related: others.slice(0, 4).map((place) => ({ at: place, note: 'nor has this one' })),
      help,
    };
  },
});
