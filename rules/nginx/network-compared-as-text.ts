import { type Word, wordSpan } from '../../grammar/tree.ts';
import { type Finding, rule } from '../../src/lint/rule.ts';
import { conditionOf } from '../../src/model/nginx/index.ts';

/** Variables that hold one address and nothing else. */
const address = /^(?:remote|realip_remote|server|proxy_protocol|proxy_protocol_server)_addr$/;

const network = /^(?:\d+(?:\.\d+){3}|[\da-f]*:[\da-f:.]*)\/\d{1,3}$/i;

const said = (variable: string, text: string): Pick<Finding, 'message' | 'help'> => ({
  message: `$${variable} is never ${text}: it is compared as text`,
  help: 'let geo give a variable its value by networks',
});

export default rule({
  scope: 'nginx',
  id: 'network-compared-as-text',
  severity: 'warning',
  summary: 'An address is compared with a network, letter by letter',
  why: `
\`map\` and \`if\` compare texts. \`10.0.0.0/8\` is a text that no address equals, so the line never counts: the office is locked out
while the site is under maintenance, or the address that was to be blocked comes in.

\`geo\` knows networks: \`geo $office { default 0; 10.0.0.0/8 1; }\`.
`,
  sources: [
    'nginx documentation: ngx_http_map_module, ngx_http_rewrite_module (if), ngx_http_geo_module',
    'nginx: ngx_http_map_find(), ngx_http_script_equal_code()',
  ],
  bad: [
    {
      title: 'The office was to see the site during maintenance',
      files: `
        events {}
        http {
            map $remote_addr $maintenance {
                default 1;
                10.0.0.0/8 0;
                ^^^^^^^^^^ $remote_addr is never 10.0.0.0/8: it is compared as text
                2001:db8::/32 0;
                ^^^^^^^^^^^^^ $remote_addr is never 2001:db8::/32: it is compared as text
                192.168.1.100 0;
            }
            server {
                listen 80;
                if ($maintenance) {
                    return 503;
                }
                location /status {
                    if ($remote_addr != "10.1.0.0/16") {
                                        ^^^^^^^^^^^^^ $remote_addr is never 10.1.0.0/16: it is compared as text
                        return 403;
                    }
                    root /srv;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'By networks, by a pattern, and paths that look like a network',
      files: `
        events {}
        http {
            geo $office {
                default 0;
                10.0.0.0/8 1;
            }
            map $remote_addr $branch {
                default 0;
                ~^10\\.1\\. 1;
                10.0.0.7 2;
            }
            map $uri $page {
                default 0;
                1.2.3.4/24 1;
            }
            server {
                listen 80;
                if ($office = 0) {
                    return 403;
                }
                location / {
                    if ($remote_addr = 10.0.0.7) {
                        return 204;
                    }
                    add_header X-Branch $branch$page;
                    root /srv;
                }
            }
        }
      `,
    },
  ],
  *check({ named, entries }) {
    for (const map of named('map')) {
      const [, variable] = /^\$\{?(\w+)\}?$/.exec(map.directive.args[0]?.text.toLowerCase() ?? '') ?? [];
      if (!variable || !address.test(variable)) continue;
      for (const entry of entries(map)) {
        const { name } = entry;
        if (network.test(name.text)) yield { at: wordSpan(entry, name), ...said(variable, name.text) };
      }
    }
    for (const { directive } of named('if')) {
      const condition = conditionOf(directive);
      if (condition?.test !== '=' || !address.test(condition.variable)) continue;
      const value: Word = condition.value;
      if (network.test(value.text))
        yield { at: wordSpan(directive, value), ...said(condition.variable, value.text) };
    }
  },
});
