import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { conditionOf } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'missing-valid-referers',
  severity: 'warning',
  summary: 'A check of the Referer has no list of hosts to go by',
  absence: true,
  why: `
\`$invalid_referer\` is empty wherever no \`valid_referers\` is in force, so the condition is never true and everybody passes. A list counts in
its own server or location and in what lies within: the one of a location says nothing to an \`if\` of the server around it.

Write \`valid_referers server_names;\` with the hosts that may link here beside the condition.
`,
  sources: ['nginx: ngx_http_referer_variable()', 'nginx documentation: ngx_http_referer_module'],
  bad: [
    {
      title: 'No list, and one that counts elsewhere only',
      files: `
        events {}
        http {
            server {
                listen 80;
                server_name a.example.com;
                location /images/ {
                    if ($invalid_referer) {
                    ^^^^^^^^^^^^^^^^^^^^^ $invalid_referer is always empty here, so nobody is stopped
                        return 403;
                    }
                }
            }
            server {
                listen 80;
                server_name b.example.com;
                if ($invalid_referer = 1) {
                ^^^^^^^^^^^^^^^^^^^^^^^^^ $invalid_referer is always empty here, so nobody is stopped
                    return 403;
                }
                location /images/ {
                    valid_referers none server_names;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A list of the server, and one behind the condition',
      files: `
        events {}
        http {
            server {
                listen 80;
                valid_referers none server_names;
                location /images/ {
                    location ~ \\.png$ {
                        if ($invalid_referer) {
                            return 403;
                        }
                    }
                }
                location ~ \\.mp4$ {
                    if ($invalid_referer) {
                        return 403;
                    }
                    valid_referers server_names;
                }
            }
        }
      `,
    },
    {
      title: 'A snippet for a server that has the list',
      files: `
        location ~ \\.mp4$ {
            if ($invalid_referer) {
                return 403;
            }
        }
      `,
    },
  ],
  *check({ where, named, inForce, isRefused }) {
    const asking = where('if', (args) => conditionOf({ args })?.variable === 'invalid_referer');
    if (asking.length === 0) return;
    // Where one stands in a wrong place, that is the cause.
    if (named('valid_referers').some(({ directive }) => isRefused(headSpan(directive)))) return;
    for (const { directive, parent } of asking) {
      if (isRefused(headSpan(directive)) || inForce(parent, 'valid_referers').length > 0) continue;
      yield {
        at: headSpan(directive),
        message: '$invalid_referer is always empty here, so nobody is stopped',
        help: 'write valid_referers with the hosts that may link here beside it',
      };
    }
  },
});
