import { rule } from '../../src/lint/rule.ts';
import { talkativeServers } from '../../src/model/direct-routing.ts';

export default rule({
  scope: 'cluster',
  id: 'arp-settings-for-dr',
  severity: 'warning',
  summary: 'A real server behind direct routing answers ARP requests for the virtual address',
  why: `
With \`lb_kind DR\` the director passes the frames on unchanged, so every real server has the virtual address on loopback. Linux
answers ARP requests for any of its addresses by any interface: a real server takes the address from the director, and its
share of the clients with it, past all balancing and health checks. Which one wins changes with every ARP request.

Set \`net.ipv4.conf.all.arp_ignore = 1\` and \`net.ipv4.conf.all.arp_announce = 2\` on the real servers, before the address goes on
loopback. On an interface such as \`eth0\` they do not help: there the address is asked for, and answered for. The kernel takes the higher of \`all\` and the interface’s own value; \`lo\` alone does nothing, for the requests come in
elsewhere.
`,
  sources: [
    'Linux: Documentation/networking/ip-sysctl.rst, arp_ignore and arp_announce',
    'LVS-HOWTO, the ARP problem; keepalived issue 1876',
  ],
  absence: true,
  bad: [
    {
      title: 'A real server with settings, but not these',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.21 80 {
              ^^^^^^^^^^^^^^^^^^^^^^^^ web1 answers ARP for 10.0.0.100: arp_ignore and arp_announce are too low
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
          }
        `,
        'web1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 10.0.0.21:80;
                  location / {
                      return 204;
                  }
              }
          }
        `,
        'web1/sysctl.conf': `
          net.core.somaxconn = 4096
        `,
      },
    },
    {
      title: 'A real server that has the address on its link',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.21 80 {
              ^^^^^^^^^^^^^^^^^^^^^^^^ web1 answers ARP for 10.0.0.100: it is an address of eth0
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
          }
        `,
        'web1/nginx.conf': `
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
        'web1/sysctl.conf': `
          net.ipv4.conf.all.arp_ignore = 1
          net.ipv4.conf.all.arp_announce = 2
        `,
        'web1/etc/network/interfaces': `
          auto lo eth0 eth0:0
          iface lo inet loopback
          iface eth0 inet static
              address 10.0.0.21/24
          iface eth0:0 inet static
              address 10.0.0.100/32
        `,
      },
    },
  ],
  good: [
    {
      title: 'Set for all interfaces',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.21 80 {
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
          }
        `,
        'web1/nginx.conf': `
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
        'web1/etc/sysctl.d/90-lvs.conf': `
          net.ipv4.conf.all.arp_ignore = 1
          net.ipv4.conf.all.arp_announce = 2
        `,
      },
    },
  ],
  *check(cluster) {
    for (const { node, missing, interface: link, address, at, places } of talkativeServers(cluster)) {
      const low = `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} too low`;
      yield {
        at,
        message: `${node.name} answers ARP for ${address}: ${link === undefined ? low : `it is an address of ${link}`}`,
        related: places.map((each) => ({
          at: each,
          note: link === undefined ? 'this does not do it' : 'here',
        })),
        help:
          link !== undefined
            ? `on ${node.name} give the address to lo`
            : `on ${node.name} set ${missing.map((name) => `net.ipv4.conf.all.${name} = ${name === 'arp_ignore' ? 1 : 2}`).join(' and ')}`,
      };
    }
  },
});
