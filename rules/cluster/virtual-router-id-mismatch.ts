import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { addressWords } from '../../src/model/keepalived/index.ts';
import { accepted, deviations, type Member } from '../../src/model/router.ts';

/** Whether another instance of the node has that id, so that which of the two is meant is open. */
const hasOther = ({ node, instance }: Member, id: number): boolean =>
  node.keepalived!.instances.some((each) => each !== instance && each.virtualRouterId.value === id);

export default rule({
  scope: 'cluster',
  id: 'virtual-router-id-mismatch',
  severity: 'error',
  summary: 'Nodes that serve the same addresses have different virtual_router_ids',
  why: `
An advert carries the virtual_router_id, and keepalived passes over every advert that carries another one, without a line in
its log. So the nodes do not hear each other, each becomes MASTER, and all of them hold the address: clients reach one node
or the other depending on whose ARP answer they remember, \`ip address\` shows the address on both, and \`tcpdump vrrp\` shows
adverts from both. Use one number on all nodes of the virtual router, and another one for every other virtual router of the
segment.

This is one of the usual causes of a split brain, and one of those that can be read in the files. Others cannot: a broken
heartbeat link, a switch that drops multicast, a firewall whose rules are not at hand, a card with the wrong settings. When
both nodes hold the address and lbcheck finds nothing, look there.
`,
  sources: ['keepalived: vrrp/vrrp_scheduler.c, vrrp_dispatcher_read()', 'RFC 5798, section 7.1'],
  bad: [
    {
      title: 'The same address under two ids',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 160
              priority 200
              virtual_ipaddress {
                  10.0.169.253/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 158
                                ^^^ virtual_router_id is 158 on lb2 but 160 on lb1
              priority 150
              virtual_ipaddress {
                  10.0.169.253/24
              }
          }
        `,
      },
      fixed: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 160
              priority 200
              virtual_ipaddress {
                  10.0.169.253/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 160
              priority 150
              virtual_ipaddress {
                  10.0.169.253/24
              }
          }
        `,
      },
    },
    {
      title: 'The third node is the odd one out',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance web {
              interface eth0
              virtual_router_id 15
                                ^^ virtual_router_id is 15 on lb1 but 51 on lb2
              priority 200
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance web {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb3/keepalived.conf': `
          vrrp_instance web {
              interface eth0
              virtual_router_id 51
              priority 100
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
      title: 'Two virtual routers, each with its own id, on both nodes and in another order',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance VI_2 {
              interface eth0
              virtual_router_id 52
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.101/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_2 {
              interface eth0
              virtual_router_id 52
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.101/24 }
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
    {
      title: 'One number, written in two ways, and one id for both address families',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_4 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance VI_6 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { fe80::100/64 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_4 {
              interface eth0
              virtual_router_id 051
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance VI_6 {
              interface eth0
              virtual_router_id 051
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { fe80::100/64 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const { members } of sharedRouters(cluster)) {
      for (const { member, value, other, expected } of deviations(members, (each) =>
        accepted(each, each.instance.virtualRouterId),
      )) {
        const [here, there] = [member.node.name, other.node.name];
        const { at, written } = member.instance.virtualRouterId;
        const isTaken = hasOther(member, expected) || hasOther(other, value);
        yield {
          at,
          message: `virtual_router_id is ${value} on ${here} but ${expected} on ${there}`,
          label: `${expected} on ${there}`,
          related: [{ at: other.instance.virtualRouterId.at, note: `${expected} on ${there}` }],
          help: `${here} and ${there} do not hear each other: both become MASTER and hold ${addressWords(member.instance)}; give all nodes one virtual_router_id`,
          ...(written && !isTaken
            ? {
                fix: {
                  title: `replace it by ${expected}, as on ${there}`,
                  safe: false,
                  edits: [{ ...at, text: `${expected}` }],
                },
              }
            : {}),
        };
      }
    }
  },
});
