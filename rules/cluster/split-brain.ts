import { deafPairs } from '../../src/election/index.ts';
import { rule } from '../../src/lint/rule.ts';
import { addressWords } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'cluster',
  id: 'split-brain',
  severity: 'error',
  summary: 'Two nodes carry the address from the start, because neither can hear the other',
  why: `
VRRP is heard on the own link only. Nodes whose interfaces are in different networks, or that send from the same address, never hear
each other however alike their settings are: each takes itself for the only one, and both answer for the address. Nothing is logged.

With \`use_vmac\` all nodes have one MAC address. A node with \`vmac_xmit_base\` listens on the interface below, where the kernel takes every
frame from that MAC for one of its own: it is deaf to a node that sends by its virtual interface.

An instance of IPv6 with \`unicast_peer\` and without \`unicast_src_ip\` listens on its link-local address: adverts to the address that the
other side lists never come in.

Let the instances of one virtual router run on interfaces of one network, or list each other in \`unicast_peer\`. Other reasons for
two masters (ids, passwords, versions, intervals, addresses, peers) have rules of their own.
`,
  sources: [
    'keepalived: vrrp/vrrp_sock.c, open_vrrp_read_socket()',
    'RFC 5798, section 5.1.1',
    'keepalived: vrrp/vrrp.c, vrrp_complete_instance(); pairs of 2.2.7 with unicast of IPv6',
    'Linux: drivers/net/macvlan.c, macvlan_handle_frame()',
    'a pair of keepalived 2.2.7 with one source address: two holders, and no line in a log',
  ],
  bad: [
    {
      title: 'Both send from one address',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              state MASTER
              interface eth0
              mcast_src_ip 10.0.0.1
              virtual_router_id 51
              priority 200
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              mcast_src_ip 10.0.0.1
                           ^^^^^^^^ lb1 and lb2 both carry 10.0.0.100 from the start: both send from 10.0.0.1
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'One node sends by its virtual MAC, the other listens below its own',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 200
              use_vmac
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              use_vmac
              vmac_xmit_base
              ^^^^^^^^^^^^^^ lb1 and lb2 both carry 10.0.0.100 from the start: lb2 takes the virtual MAC for its own
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
    {
      title: 'Unicast of IPv6 without a source',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 200
              unicast_peer { 2001:db8::2 }
              track_process { nginx }
              virtual_ipaddress { 2001:db8::100/64 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_peer { 2001:db8::1 }
                             ^^^^^^^^^^^ lb1 and lb2 both carry 2001:db8::100 from the start: without unicast_src_ip lb2 has its link-local address
              track_process { nginx }
              virtual_ipaddress { 2001:db8::100/64 }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Both send from below their virtual MAC',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 200
              use_vmac
              vmac_xmit_base
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              use_vmac
              vmac_xmit_base
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
    {
      title: 'Each sends from its own',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              state MASTER
              interface eth0
              mcast_src_ip 10.0.0.1
              virtual_router_id 51
              priority 200
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              mcast_src_ip 10.0.0.2
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const { from, to, reception } of deafPairs(cluster)) {
      const [a, b] = [from.member.node.name, to.member.node.name];
      const [here, there] = reception.at;
      const { head } = to.member.instance;
      yield {
        at: there ?? head,
        message: `${a} and ${b} both carry ${addressWords(to.member.instance)} from the start: ${reception.why}`,
        ...(here ? { related: [{ at: here, note: `the other side, on ${a}` }] } : {}),
        help:
          reception.topic === 'link-local'
            ? 'write unicast_src_ip with the address that the other side lists as its peer'
            : reception.topic === 'virtual-mac'
              ? from.candidate.peers
                ? 'leave use_vmac or strict mode out'
                : 'write vmac_xmit_base on both nodes, or on neither'
              : 'let both hear each other: one network and two addresses, or unicast_peer on both',
      };
    }
  },
});
