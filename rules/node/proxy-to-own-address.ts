import { rule } from '../../src/lint/rule.ts';
import { loops } from '../../src/model/loops.ts';

export default rule({
  scope: 'node',
  id: 'proxy-to-own-address',
  severity: 'error',
  summary: 'A request is handed on to the very server that hands it on',
  why: `
The target of \`proxy_pass\` is an address of this node (a virtual one, its own, or loopback) and a port on which the same server
listens. The request comes back to the location it came from, and again, until connections or file descriptors run out: users
see 502 or 504 and the error log \`worker_connections are not enough\`. With the virtual address the loop runs on the node that
holds it, so it shows only after a failover. Hand the request on to the application’s own address or port.

Only what certainly comes back is reported: the same server is chosen by address, port and name, and the path is not changed on
the way.
`,
  sources: [
    'nginx: ngx_http_proxy_module, proxy_pass and proxy_set_header',
    'nginx.org, How nginx processes a request',
  ],
  bad: [
    {
      title: 'The virtual address as a server of the upstream',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_process {
                  nginx
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              upstream app {
                  server 10.0.0.21:80;
                  server 10.0.0.100:80;
                         ^^^^^^^^^^^^^ 10.0.0.100:80 is a virtual address of this server itself: requests go in circles
              }
              server {
                  listen 80;
                  location / {
                      proxy_pass http://app;
                  }
              }
          }
        `,
      },
    },
    {
      title: 'Loopback, on its own port',
      files: {
        'nginx.conf': `
          events {
          }
          http {
              server {
                  listen 8080;
                  location / {
                      proxy_pass http://127.0.0.1:8080;
                                        ^^^^^^^^^^^^^^ 127.0.0.1:8080 is loopback, where this server listens: requests go in circles
                  }
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Another port, another server by name, another path',
      files: {
        'nginx.conf': `
          events {
          }
          http {
              server {
                  listen 80;
                  server_name www.example.com;
                  location / {
                      proxy_pass http://127.0.0.1:8080;
                  }
                  location /old/ {
                      proxy_pass http://127.0.0.1:80/new/;
                  }
                  location /blog/ {
                      proxy_pass http://127.0.0.1:80;
                      proxy_set_header Host blog.example.com;
                  }
                  location /new/ {
                      return 204;
                  }
              }
              server {
                  listen 80;
                  server_name blog.example.com;
                  location / {
                      return 204;
                  }
              }
          }
        `,
      },
    },
  ],
  *check(node) {
    for (const { at, text, what, server, via } of loops(node)) {
      yield {
        at,
        message: `${text} is ${what}: requests go in circles`,
        related: [
          { at: server, note: 'this server hands them on, and gets them back' },
          ...(via ? [{ at: via, note: 'by way of this' }] : []),
        ],
        help: 'hand them on to the address and port of the application',
      };
    }
  },
});
