import { rule } from '../../src/lint/rule.ts';
import { claimedAccess } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'access-by-client-header',
  severity: 'error',
  summary: 'Access is decided by an address that the client claims in a header',
  why: `
\`X-Forwarded-For\` and its like hold what the client sent, unless a proxy in front overwrites them. \`if ($http_x_forwarded_for !~ ^10\\.)
{ return 403; }\` lets in whoever sends \`X-Forwarded-For: 10.1.1.1\`.

Name the proxies with \`set_real_ip_from\`; then \`allow\`, \`deny\` and \`geo\` go by the client’s real address.
`,
  sources: ['nginx documentation: ngx_http_realip_module', 'RFC 7239, section 8.1'],
  bad: [
    {
      title: 'By the header itself, and through a geo',
      files: `
        geo $http_x_forwarded_for $inside {
            default 0;
            10.0.0.0/8 1;
        }
        server {
            listen 80;
            location /a {
                if ($inside = 0) {
                ^^^^^^^^^^^^^^^^ access here depends on $http_x_forwarded_for, which a client writes as it likes
                    return 403;
                }
                proxy_pass http://10.0.0.11;
            }
            location /b {
                if ($http_x_real_ip != 10.0.0.1) {
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ access here depends on $http_x_real_ip, which a client writes as it likes
                    return 403;
                }
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
    {
      title: 'A password that is asked of some only',
      files: `
        map $http_x_real_ip $realm {
            default "Staff only";
            10.1.1.1 off;
        }
        server {
            listen 80;
            auth_basic $realm;
            ^^^^^^^^^^^^^^^^^ access here depends on $http_x_real_ip, which a client writes as it likes
            auth_basic_user_file /etc/nginx/users;
            root /srv;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Only the name of the realm',
      files: `
        map $http_x_real_ip $realm {
            default "Staff only";
            10.1.1.1 "At home";
        }
        server {
            listen 80;
            auth_basic $realm;
            auth_basic_user_file /etc/nginx/users;
            root /srv;
        }
      `,
    },
    {
      title: 'Routing, a shared secret, proxies that are named',
      files: `
        geo $http_x_forwarded_for $near {
            default eu;
            10.0.0.0/8 local;
        }
        geo $inside {
            default 0;
            proxy 10.0.0.0/8;
            192.168.0.0/16 1;
        }
        server {
            listen 80;
            add_header X-Near $near;
            if ($http_x_cdn_token != "0123456789abcdef") {
                return 403;
            }
            if ($http_cf_connecting_ip = "") {
                return 403;
            }
            if ($inside = 0) {
                return 403;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, variable, related } of claimedAccess(model)) {
      yield {
        at,
        message: `access here depends on $${variable}, which a client writes as it likes`,
        related,
        help: 'name the proxies with set_real_ip_from, and go by $remote_addr',
      };
    }
  },
});
