import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { stalePeers } from '../../src/model/peers.ts';

export default rule({
  scope: 'cluster',
  id: 'stale-unicast-peer',
  severity: 'warning',
  summary: 'A node sends its adverts to an address that no node of the virtual router has',
  why: `
A peer that is no node any more costs little today: adverts go to a machine that does not want them. But that address may be given
to another machine, and if a keepalived with the same VRID starts there, it takes part in the election. More often it shows
that one file was forgotten when a node was replaced.

It is said where every node states its \`unicast_src_ip\`. An address that all nodes list is probably a node whose file was not given;
that is a remark only.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_send_adv(); vrrp_check_packet() takes adverts from any source unless check_unicast_src is set',
  ],
  absence: true,
  bad: [
    {
      title: 'A third node that only one of them still knows',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_src_ip 10.0.0.11
              unicast_peer {
                  10.0.0.12
                  10.0.0.13
                  ^^^^^^^^^ peer 10.0.0.13 of lb1 is no node of this router
              }
              virtual_ipaddress {
                  10.0.0.100/24
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
        `,
      },
    },
  ],
  good: [
    {
      title: 'A node that does not say its address may be the one',
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
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              unicast_peer {
                  10.0.0.11
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const router of sharedRouters(cluster)) {
      for (const { member, peer, unlike } of stalePeers(router)) {
        yield {
          at: peer.at,
          message: unlike
            ? `peer ${peer.value} of ${member.node.name} is no node of this router`
            : `peer ${peer.value} is on all nodes, and the file of that node is not here`,
          label: unlike ? `${unlike.node.name} does not list it` : 'a node that was not given',
          help: unlike
            ? `delete ${peer.value} here, or list it on all nodes if it is one of them`
            : 'give its file too, and it is compared with the others',
          severity: unlike ? 'warning' : 'info',
        };
      }
    }
  },
});
