import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { isExposed } from '../../src/model/nginx/index.ts';

const pages = [
  'stub_status',
  'vhost_traffic_status_display',
  'check_status',
  'upstream_show',
  'api',
  'dashboard',
  'nchan_stub_status',
  'req_status_show',
];

export default rule({
  scope: 'nginx',
  id: 'status-page-exposed',
  severity: 'warning',
  summary: 'Everybody can read a status page',
  absence: true,
  why: `
Status pages tell a stranger how busy the machine is, which backends there are and which of them are down; some let him switch them.
They are for the monitoring alone.

Write \`allow 10.0.0.5; deny all;\` with the address of the monitoring, or give the page a server that listens on 127.0.0.1.
`,
  sources: ['nginx documentation: ngx_http_stub_status_module', 'CWE-200'],
  bad: [
    {
      title: 'No word about who may read it',
      files: `
        events {
        }
        http {
            server {
                listen 80;
                location /status {
                    stub_status;
                    ^^^^^^^^^^^ everybody can read this status page
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A list, a condition, a socket for this machine only',
      files: `
        events {
        }
        http {
            server {
                listen 80;
                location /a {
                    stub_status;
                    allow 10.0.0.0/8;
                    deny all;
                }
                location /b {
                    if ($remote_addr != 10.0.0.1) {
                        return 403;
                    }
                    stub_status;
                }
                location /c {
                    internal;
                    stub_status;
                }
            }
            server {
                listen 127.0.0.1:8080;
                location /status {
                    stub_status;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const name of pages) {
      for (const statement of model.named(name)) {
        if (!statement.variant || statement.directive.args[0]?.text === 'off') continue;
        if (!isExposed(statement, model)) continue;
        const at = headSpan(statement.directive);
        yield {
          at,
          // It stands there, whatever else is missing.
          grounds: [[at]],
          message: 'everybody can read this status page',
          help: 'allow the addresses of the monitoring and deny all others',
        };
      }
    }
  },
});
