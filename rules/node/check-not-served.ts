import { rule } from '../../src/lint/rule.ts';
import { vainChecks } from '../../src/model/asked-pages.ts';

export default rule({
  scope: 'node',
  id: 'check-not-served',
  severity: 'error',
  summary: 'A health check asks nginx for a page that it does not have',
  why: `
A check such as \`curl -sf http://127.0.0.1:8080/healthz\` is only as good as the page that it asks for. When nginx listens on another
port or another address, when it wants TLS there, or when no location has that path, the check fails on every node at any time: without
\`weight\` all of them stay in FAULT and nobody holds the address, and with one the check decides nothing.

Nothing is said of what a backend answers, of files below a \`root\`, where \`error_page\` may change the answer, and of commands and
scripts that do more than ask once.
`,
  sources: [
    'curl(1), --fail; wget(1), exit status 8',
    'nginx: ngx_http_core_find_location(), ngx_http_static_handler(), ngx_http_ssl_handshake_handler()',
  ],
  absence: true,
  bad: [
    {
      title: 'Another path',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_http {
              script "/usr/bin/curl -sf -o /dev/null http://127.0.0.1:8080/health"
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this check always fails: nginx has no location for /health on port 8080, and answers 404
              interval 2
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_script {
                  chk_http
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 8080;
                  location = /healthz {
                      return 204;
                  }
              }
          }
        `,
      },
    },
    {
      title: 'Another port, in a script',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_script chk_http {
              script "/etc/keepalived/check.sh"
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^ this check always fails: nginx has /ready on 127.0.0.1:8082, and nothing on localhost:8081
              interval 2
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_script {
                  chk_http
              }
          }
        `,
        'lb1/etc/keepalived/check.sh': `
          #!/bin/sh
          wget -q -T 1 -O /dev/null http://localhost:8081/ready || exit 1
        `,
        'lb1/etc/nginx/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 127.0.0.1:8082;
                  location = /ready {
                      return 204;
                  }
              }
          }
        `,
      },
    },
    {
      title: 'Another protocol',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_https {
              script "/usr/bin/curl --silent --insecure --max-time 2 https://localhost:8080/"
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this check always fails: nginx speaks no TLS on port 8080
              interval 2
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_script {
                  chk_https
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 8080;
                  location / {
                      return 204;
                  }
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'What a backend or a file may answer',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_app {
              script "/usr/bin/curl -sf http://127.0.0.1/health"
              interval 2
          }
          vrrp_script chk_file {
              script "/usr/bin/curl -sf http://127.0.0.1:8080/health"
              interval 2
          }
          vrrp_script chk_other {
              script "/usr/bin/curl -sf http://127.0.0.1:9100/metrics"
              interval 2
          }
          vrrp_script chk_any {
              script "/usr/bin/curl -s http://127.0.0.1:8081/health"
              interval 2
          }
          vrrp_script chk_absent {
              script "/bin/sh -c '! curl -sf http://127.0.0.1:8081/maintenance'"
              interval 2
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_script {
                  chk_app
                  chk_file
                  chk_other
                  chk_any
                  chk_absent
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 80;
                  location / {
                      proxy_pass http://10.0.1.1:8080;
                      proxy_set_header Host $host;
                  }
              }
              server {
                  listen 8080;
                  root /srv/www;
              }
              server {
                  listen 127.0.0.1:8081;
                  location = /ready {
                      return 204;
                  }
              }
          }
        `,
      },
    },
    {
      title: 'A backend of its own on that port',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_app {
              script "/usr/bin/curl -sf http://127.0.0.1:3000/health"
              interval 2
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_script {
                  chk_app
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 80;
                  location = /health {
                      return 204;
                  }
                  location / {
                      proxy_pass http://127.0.0.1:3000;
                      proxy_set_header Host $host;
                  }
              }
          }
        `,
      },
    },
  ],
  *check(node) {
    for (const { at, line, says, places } of vainChecks(node)) {
      yield {
        at,
        message: `this check always fails: ${says}`,
        // A difference of the nodes about the same line, or the same listen, is no other fault.
        grounds: [[line, ...places]],
        related: places.map((each) => ({ at: each, note: 'nginx listens here' })),
        help: 'without weight every node stays in FAULT, and with one the check decides nothing',
      };
    }
  },
});
