import { rule } from '../../src/lint/rule.ts';
import { foreignListens } from '../../src/model/foreign-listens.ts';

export default rule({
  scope: 'cluster',
  id: 'listen-on-address-of-another-node',
  severity: 'error',
  summary: 'nginx of one node is to listen on the address of another one',
  why: `
A configuration that was copied from the other node still names that node's address. nginx does not start, with \`bind() to … failed (99: Cannot
assign requested address)\`; where \`net.ipv4.ip_nonlocal_bind\` is 1 it starts, and nobody ever reaches that socket.

An address counts as a node's own where it is its \`unicast_src_ip\` or stands on one of its interfaces. Virtual addresses move, and are not meant here.
`,
  sources: ['ip(7), IP_FREEBIND and ip_nonlocal_bind', 'nginx: ngx_open_listening_sockets()'],
  bad: [
    {
      title: 'Copied from the other node',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_src_ip 10.0.0.11
              unicast_peer { 10.0.0.12 }
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              unicast_src_ip 10.0.0.12
              unicast_peer { 10.0.0.11 }
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb1/nginx.conf': `
          events {}
          http {
              server { listen 80; }
              server { listen 10.0.0.11:8081; }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server { listen 80; }
              server { listen 10.0.0.11:8081; }
                              ^^^^^^^^^^^^^^ 10.0.0.11 is the address of lb1, so nginx of lb2 cannot listen on it
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Each node listens on its own, or on any address of the port',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_src_ip 10.0.0.11
              unicast_peer { 10.0.0.12 }
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              unicast_src_ip 10.0.0.12
              unicast_peer { 10.0.0.11 }
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb1/nginx.conf': `
          events {}
          http {
              server { listen 80; listen 10.0.0.12:80; }
              server { listen 10.0.0.11:8081; }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server { listen 80; listen 10.0.0.12:80; }
              server { listen 10.0.0.12:8081; }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const { node, door, owner, at } of foreignListens(cluster)) {
      yield {
        at: door.listen.at,
        message: `${door.host} is the address of ${owner.name}, so nginx of ${node.name} cannot listen on it`,
        related: at ? [{ at, note: `${owner.name} has it` }] : [],
        help: `nginx does not start; write an address of ${node.name}, or the port alone`,
      };
    }
  },
});
