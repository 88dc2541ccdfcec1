import type { Word } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { argument } from '../../src/model/nginx/index.ts';

/** Headers that tell a backend who the client is, and the variable that holds what the client itself sent. */
const names: ReadonlyMap<string, string> = new Map([
  ['x-real-ip', 'http_x_real_ip'],
  ['x-forwarded-for', 'http_x_forwarded_for'],
  ['x-client-ip', 'http_x_client_ip'],
  ['true-client-ip', 'http_true_client_ip'],
]);

const passesOn = ([name, value]: readonly Word[]): boolean => {
  const variable = name && names.get(name.text.toLowerCase());
  return variable !== undefined && value?.text.toLowerCase().replace(/[${}]/g, '') === variable;
};

export default rule({
  scope: 'nginx',
  id: 'real-ip-header-passed-through',
  severity: 'warning',
  risk: 5.3,
  summary: 'The address that the backend is told is the one that the client claims',
  why: `
\`proxy_set_header X-Real-IP $http_x_real_ip;\` hands on what the client sent, and nothing where it sent nothing. The backend takes it for
the word of its balancer: it lets in, counts and bans whom the client names.

Send \`$remote_addr\`; behind proxies of your own, let \`set_real_ip_from\` make \`$remote_addr\` the client’s.
`,
  sources: ['nginx documentation: ngx_http_realip_module', 'RFC 7239, section 8.1'],
  bad: [
    {
      title: 'What the client claims',
      files: `
        server {
            listen 80;
            location / {
                proxy_set_header X-Real-IP $http_x_real_ip;
                                           ^^^^^^^^^^^^^^^ X-Real-IP for the backend is whatever the client claims
                proxy_pass http://10.0.0.11;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location / {
                proxy_set_header X-Real-IP $remote_addr;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'What nginx saw; a proxy in front that is known',
      files: `
        server {
            listen 80;
            location /a {
                proxy_set_header X-Real-IP $remote_addr;
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                proxy_pass http://10.0.0.11;
            }
            location /b {
                set_real_ip_from 10.0.0.0/8;
                proxy_set_header X-Forwarded-For $http_x_forwarded_for;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  *check({ where, inForce }) {
    for (const { directive, parent } of where('proxy_set_header', passesOn)) {
      const value = argument(directive, 1)!;
      if (inForce(parent, 'set_real_ip_from').length > 0) continue;
      yield {
        at: value.at,
        message: `${directive.args[0]!.text} for the backend is whatever the client claims`,
        fix: {
          title: 'replace it by $remote_addr',
          safe: false,
          edits: [{ ...value.at, text: '$remote_addr' }],
        },
      };
    }
  },
});
