import { rule } from '../../src/lint/rule.ts';
import { unservedAddresses } from '../../src/model/serving.ts';

export default rule({
  scope: 'node',
  id: 'address-nobody-listens-on',
  severity: 'error',
  summary: 'nginx listens on none of the virtual addresses, or not on all of them',
  why: `
keepalived brings the address up, and nginx does not answer on it: every \`listen\` names another address. Clients get
"connection refused", on this node only, and only once the address is here. A \`listen\` with a port alone answers on every
address; one with an address answers on that address only. \`listen 80\` is IPv4; IPv6 needs \`listen [::]:80\`.

Where nginx listens on another virtual address of the node, this one may belong to another service or be a gateway, and the
finding is a warning.
`,
  sources: ['nginx: ngx_http_core_module, listen', 'nginx: ngx_http.c, ngx_http_init_listening()'],
  absence: true,
  bad: [
    {
      title: 'Copied from before there was a virtual address',
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
                  ^^^^^^^^^^^^^ nginx listens on 10.0.0.11:80 and on nothing that 10.0.0.100 reaches
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 10.0.0.11:80;
                  location / {
                      return 204;
                  }
              }
          }
        `,
      },
    },
    {
      title: 'IPv4 alone, and the address is IPv6',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_instance VI_6 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_process {
                  nginx
              }
              virtual_ipaddress {
                  fe80::51/64
                  2001:db8::100/64
                  ^^^^^^^^^^^^^^^^ nginx listens on *:80 and on nothing that 2001:db8::100 reaches
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
      title: 'The link-local address that an instance of IPv6 begins with',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_instance VI_6 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_process {
                  nginx
              }
              virtual_ipaddress {
                  fe80::51/64
                  2001:db8::100/64
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen [2001:db8::100]:80;
                  location / {
                      return 204;
                  }
              }
          }
        `,
      },
    },
    {
      title: 'A port alone answers everywhere, in stream too',
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
              server {
                  listen 10.0.0.11:8080;
                  location / {
                      return 204;
                  }
              }
          }
          stream {
              server {
                  listen 5432;
                  proxy_pass 10.0.0.21:5432;
              }
          }
        `,
      },
    },
  ],
  *check(node) {
    for (const { address, virtual, nearest, astray, othersServed } of unservedAddresses(node)) {
      const { host, port } = nearest.listen.value;
      const shown = host?.includes(':') ? `[${host}]` : host;
      yield {
        at: { ...virtual.at, end: virtual.at.start + virtual.text.length },
        message: `nginx listens on ${shown}:${port} and on nothing that ${address.text} reaches`,
        related: [{ at: nearest.listen.at, note: 'this is another address' }],
        grounds: [[virtual.at, ...[nearest, ...astray].map(({ listen }) => listen.at)]],
        help: 'connections to the address are refused; listen on it, or on the port alone',
        severity: othersServed ? 'warning' : 'error',
      };
    }
  },
});
