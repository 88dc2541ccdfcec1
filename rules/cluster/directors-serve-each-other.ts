import { rule } from '../../src/lint/rule.ts';
import { circles } from '../../src/model/circles.ts';

export default rule({
  scope: 'cluster',
  id: 'directors-serve-each-other',
  severity: 'warning',
  summary: 'Two directors are real servers of each other, and pass packets round between them',
  why: `
keepalived gives the kernel its virtual servers on every node, whoever has the address. By direct routing (\`DR\`) and by tunnels (\`TUN\`)
a real server gets a packet as the client sent it. A real server that balances the same virtual server cannot tell it from a new one:
it chooses a server for it once more, and if that is the director the packet goes round between the two until its time to live
is over. The share of the connections that hang so depends on the scheduler; persistence keeps them hanging. With \`NAT\` the packet is
for the real server's own address, and nothing of the kind happens.

Let \`lvs_sync_daemon\` run and set \`net.ipv4.vs.backup_only = 1\`, so that a waiting node serves what it gets; or balance by a firewall mark
that packets of the other node do not get; or take the virtual servers away on a node that is not master.

Nothing is said where the nodes have the sync daemon and their kernel settings are not at hand, or where notify scripts run.
`,
  sources: [
    'Linux: Documentation/networking/ipvs-sysctl.rst, backup_only; commit 0c12582fbcde',
    'keepalived issue 2389; k0s issue 5178',
  ],
  bad: [
    {
      title: 'Each node balances to both',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_src_ip 10.0.0.11
              unicast_peer {
                  10.0.0.12
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
          virtual_server 10.0.0.100 6443 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 6443 {
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
              real_server 10.0.0.12 6443 {
              ^^^^^^^^^^^^^^^^^^^^^^^^^^ lb2 balances 10.0.0.100 6443 as well, and back to lb1
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              unicast_src_ip 10.0.0.12
              unicast_peer {
                  10.0.0.11
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
          virtual_server 10.0.0.100 6443 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 6443 {
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
              real_server 10.0.0.12 6443 {
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'With NAT, by mark, and to the node itself',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          vrrp_track_process app { process app }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_src_ip 10.0.0.11
              unicast_peer { 10.0.0.12 }
              virtual_ipaddress { 10.0.0.100/24 }
              track_process { app }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind NAT
              protocol TCP
              real_server 10.0.0.11 8080 { TCP_CHECK { connect_timeout 3 } }
              real_server 10.0.0.12 8080 { TCP_CHECK { connect_timeout 3 } }
          }
          virtual_server fwmark 7 {
              lb_algo rr
              lb_kind DR
              real_server 10.0.0.11 443 { TCP_CHECK { connect_timeout 3 } }
              real_server 10.0.0.12 443 { TCP_CHECK { connect_timeout 3 } }
          }
          virtual_server 10.0.0.100 25 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 25 { TCP_CHECK { connect_timeout 3 } }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          vrrp_track_process app { process app }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              unicast_src_ip 10.0.0.12
              unicast_peer { 10.0.0.11 }
              virtual_ipaddress { 10.0.0.100/24 }
              track_process { app }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind NAT
              protocol TCP
              real_server 10.0.0.11 8080 { TCP_CHECK { connect_timeout 3 } }
              real_server 10.0.0.12 8080 { TCP_CHECK { connect_timeout 3 } }
          }
          virtual_server fwmark 7 {
              lb_algo rr
              lb_kind DR
              real_server 10.0.0.11 443 { TCP_CHECK { connect_timeout 3 } }
              real_server 10.0.0.12 443 { TCP_CHECK { connect_timeout 3 } }
          }
          virtual_server 10.0.0.100 25 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 25 { TCP_CHECK { connect_timeout 3 } }
          }
        `,
      },
    },
    {
      title: 'A waiting node serves what it gets',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              enable_traps
              lvs_sync_daemon eth0 VI_1
          }
          vrrp_track_process app { process app }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_src_ip 10.0.0.11
              unicast_peer { 10.0.0.12 }
              virtual_ipaddress { 10.0.0.100/24 }
              track_process { app }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 80 { TCP_CHECK { connect_timeout 3 } }
              real_server 10.0.0.12 80 { TCP_CHECK { connect_timeout 3 } }
          }
        `,
        'lb1/sysctl.conf': `
          net.ipv4.vs.backup_only = 1
        `,
        'lb2/keepalived.conf': `
          global_defs {
              enable_traps
              lvs_sync_daemon eth0 VI_1
          }
          vrrp_track_process app { process app }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              unicast_src_ip 10.0.0.12
              unicast_peer { 10.0.0.11 }
              virtual_ipaddress { 10.0.0.100/24 }
              track_process { app }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 80 { TCP_CHECK { connect_timeout 3 } }
              real_server 10.0.0.12 80 { TCP_CHECK { connect_timeout 3 } }
          }
        `,
        'lb2/sysctl.conf': `
          net.ipv4.vs.backup_only = 1
        `,
      },
    },
  ],
  *check(cluster) {
    for (const { node, other, server, at, back } of circles(cluster)) {
      yield {
        at,
        message: `${other.name} balances ${server} as well, and back to ${node.name}`,
        related: [{ at: back, note: `${node.name} is a real server of ${other.name}` }],
        help: 'a packet goes round between the two: run lvs_sync_daemon and set net.ipv4.vs.backup_only = 1, or balance by a firewall mark',
      };
    }
  },
});
