import { rule } from '../../src/lint/rule.ts';
import { argument, limitKeys } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'limit-keyed-on-client-header',
  severity: 'error',
  summary: 'A limit counts by a header that every client writes for itself',
  why: `
A limit with the key \`$http_x_forwarded_for\` counts by what the client claims: \`X-Forwarded-For: 1\`, then \`2\`, then \`3\`, and nothing is
ever limited. A request without the header is not counted at all, for nginx leaves empty keys out.

Count by \`$binary_remote_addr\`. Behind proxies of your own, \`set_real_ip_from\` makes that the client’s address.
`,
  sources: [
    'nginx documentation: ngx_http_limit_req_module (limit_req_zone)',
    'nginx: ngx_http_limit_req_handler()',
  ],
  bad: [
    {
      title: 'By a header, and by a map of it',
      files: `
        map $http_x_real_ip $client {
            default $http_x_real_ip;
        }
        limit_req_zone $http_x_forwarded_for zone=a:1m rate=1r/s;
                       ^^^^^^^^^^^^^^^^^^^^^ this limit counts by $http_x_forwarded_for, which a client writes as it likes
        limit_conn_zone $client zone=b:1m;
                        ^^^^^^^ this limit counts by $http_x_real_ip, which a client writes as it likes
        server {
            listen 80;
            limit_req zone=a;
            limit_conn b 10;
        }
      `,
    },
    {
      title: 'By the address only where the client claims no other',
      files: `
        map $http_x_forwarded_for $client {
            default $binary_remote_addr;
            ~^(?<first>[0-9a-f.:]+) $first;
        }
        limit_req_zone $client zone=a:1m rate=1r/s;
                       ^^^^^^^ this limit counts by $http_x_forwarded_for, which a client writes as it likes
        server {
            listen 80;
            limit_req zone=a;
        }
      `,
    },
    {
      title: 'By what a content delivery network says of its clients',
      files: `
        limit_req_zone $http_cf_connecting_ip zone=a:1m rate=1r/s;
                       ^^^^^^^^^^^^^^^^^^^^^^ this limit counts by $http_cf_connecting_ip, chosen by whoever goes past the CDN
        server {
            listen 80;
            limit_req zone=a;
        }
      `,
    },
  ],
  good: [
    {
      title: 'A zone that was given up',
      files: `
        limit_req_zone $http_x_forwarded_for zone=old:1m rate=1r/s;
        limit_req_zone $binary_remote_addr zone=a:1m rate=1r/s;
        server {
            listen 80;
            # limit_req zone=old;
            limit_req zone=a;
        }
      `,
    },
    {
      title: 'By a header of those who come from the own network',
      files: `
        geo $is_proxy {
            default 0;
            10.0.0.0/8 1;
        }
        map $is_proxy $client {
            default $binary_remote_addr;
            1 $http_x_forwarded_for;
        }
        limit_req_zone $client zone=a:1m rate=1r/s;
        server {
            listen 80;
            limit_req zone=a;
        }
      `,
    },
    {
      title: 'By address, by a key that a client has to own, by choice',
      files: `
        map $http_x_forwarded_for $client {
            default $binary_remote_addr;
            10.0.0.1 "";
        }
        limit_req_zone $binary_remote_addr zone=a:1m rate=1r/s;
        limit_req_zone $http_authorization zone=b:1m rate=1r/s;
        limit_req_zone $client zone=c:1m rate=1r/s;
        limit_req_zone $binary_remote_addr$http_x_forwarded_for zone=d:1m rate=1r/s;
        server {
            listen 80;
            limit_req zone=a;
            limit_req zone=b;
            limit_req zone=c;
            limit_req zone=d;
        }
      `,
    },
  ],
  *check(model) {
    for (const { statement, variable, isFree, trail } of limitKeys(model)) {
      yield {
        at: argument(statement.directive, 0)!.at,
        message: isFree
          ? `this limit counts by $${variable}, which a client writes as it likes`
          : `this limit counts by $${variable}, chosen by whoever goes past the CDN`,
        ...(isFree ? {} : { severity: 'info' as const }),
        related: trail.slice(0, 3),
        help: 'count by $binary_remote_addr; behind proxies of your own, set_real_ip_from makes it the client’s',
      };
    }
  },
});
