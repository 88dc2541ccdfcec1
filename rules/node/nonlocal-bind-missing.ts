import { rule } from '../../src/lint/rule.ts';
import { nonlocalBind } from '../../src/model/nonlocal-bind.ts';
import { borrowedListens } from '../../src/model/serving.ts';

export default rule({
  scope: 'node',
  id: 'nonlocal-bind-missing',
  severity: 'error',
  summary: 'nginx listens on a virtual address that the node may not hold when nginx starts',
  why: `
nginx cannot bind an address that no interface has: \`bind() to 10.0.0.100:80 failed (99: Cannot assign requested address)\`, and
it does not start. That is so on the standby, and on every node at boot, when keepalived has not yet brought the address up. Not
even \`nginx -t\` passes there. A running nginx keeps its sockets when the address leaves, so it strikes at the next restart or
reload.

Set \`net.ipv4.ip_nonlocal_bind = 1\` (for IPv6 \`net.ipv6.ip_nonlocal_bind\`, a switch of its own), or listen on the port
alone. An address beside \`listen PORT\` of the same port and module is not bound by itself, and does no harm; with options of
the socket such as \`backlog=\` it is.

Without the files of sysctl at hand this is a note: another program may set it.
`,
  sources: [
    'Linux: Documentation/networking/ip-sysctl.rst, ip_nonlocal_bind',
    'nginx: ngx_connection.c, ngx_open_listening_sockets(); ngx_http.c, ngx_http_init_listening()',
  ],
  absence: true,
  bad: [
    {
      title: 'The settings of the kernel do not allow it',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
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
        'lb1/etc/nginx/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 10.0.0.100:80;
                         ^^^^^^^^^^^^^ nginx does not start while 10.0.0.100 is elsewhere: ip_nonlocal_bind is off
                  location / {
                      return 204;
                  }
              }
          }
        `,
        'lb1/etc/sysctl.d/60-proxy.conf': `
          net.core.somaxconn = 4096
        `,
      },
    },
    {
      title: 'Switched on, and off again by a later file',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
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
        'lb1/etc/nginx/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 10.0.0.100:80;
                         ^^^^^^^^^^^^^ nginx does not start while 10.0.0.100 is elsewhere: ip_nonlocal_bind is off
                  location / {
                      return 204;
                  }
              }
          }
        `,
        'lb1/etc/sysctl.d/60-proxy.conf': `
          net.ipv4.ip_nonlocal_bind = 1
        `,
        'lb1/etc/sysctl.d/90-hardening.conf': `
          net/ipv4/ip_nonlocal_bind = 0
        `,
      },
    },
  ],
  good: [
    {
      title: 'Switched on in one of several files',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
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
        'lb1/etc/nginx/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 10.0.0.100:80;
                  location / {
                      return 204;
                  }
              }
          }
        `,
        'lb1/usr/lib/sysctl.d/50-default.conf': `
          net.ipv4.ip_nonlocal_bind = 0
        `,
        'lb1/etc/sysctl.d/60-proxy.conf': `
          -net.ipv4.ip_nonlocal_bind=1
        `,
      },
    },
    {
      title: 'Beside the port alone it is not bound by itself',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
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
        'lb1/etc/nginx/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 80;
                  location / {
                      return 204;
                  }
              }
              server {
                  listen 10.0.0.100:80;
                  location / {
                      return 205;
                  }
              }
          }
        `,
        'lb1/etc/sysctl.conf': `
          net.core.somaxconn = 4096
        `,
      },
    },
  ],
  *check(node) {
    for (const family of ['inet', 'inet6'] as const) {
      const state = nonlocalBind(node, family);
      const [first, ...more] = borrowedListens(node).filter(({ held }) => held.address.family === family);
      if (!first || state.on !== false) continue;
      const { text } = first.held.address;
      const key = `net.${family === 'inet' ? 'ipv4' : 'ipv6'}.ip_nonlocal_bind`;
      yield {
        at: first.door.listen.at,
        message: state.known
          ? `nginx does not start while ${text} is elsewhere: ip_nonlocal_bind is off`
          : `nginx starts without ${text} only if ip_nonlocal_bind is on`,
        related: [
          ...more.map(({ door }) => ({ at: door.listen.at, note: 'and this one' })),
          ...(state.at ? [{ at: state.at, note: 'switched off here' }] : []),
        ],
        help: `set ${key} = 1 in /etc/sysctl.d, or listen on the port alone`,
        severity: state.known ? 'error' : 'info',
      };
    }
  },
});
