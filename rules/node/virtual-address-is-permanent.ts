import { rule } from '../../src/lint/rule.ts';
import { permanentAddresses } from '../../src/model/placement.ts';

export default rule({
  scope: 'node',
  id: 'virtual-address-is-permanent',
  severity: 'error',
  summary: 'A virtual address is also an address that a node has for good',
  why: `
A virtual address belongs to whichever node is master. When the network files of a node give it to an interface as well, that node
answers for it always: after a failover two machines have the address. keepalived makes it worse by taking the address
away from the interface when it starts or steps down, and where it was the only one, the instance has no source address left and
goes to FAULT. It is as wrong as the source address of the adverts, or as a peer.

Take it out of the network configuration, or give the node an address of its own. Only with priority 255 is the virtual address
meant to be a real one of that node.
`,
  sources: [
    'RFC 5798, section 6.1 (address owner)',
    'keepalived: vrrp/vrrp_ipaddress.c, clear_diff_vrrp_vip(); keepalived issues 821, 1367 and 2091',
  ],
  bad: [
    {
      title: 'netplan has it, too',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
                  ^^^^^^^^^^^^^ 10.0.0.100 is also a permanent address of eth0
              }
          }
        `,
        'lb1/etc/netplan/50-net.yaml': `
          network:
            version: 2
            ethernets:
              eth0:
                critical: true
                addresses:
                  - 10.0.0.11/24
                  - 10.0.0.100/24
        `,
      },
    },
    {
      title: 'It is the source of the adverts',
      files: {
        'keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_src_ip 10.0.0.100
              unicast_peer {
                  10.0.0.12
              }
              virtual_ipaddress {
                  10.0.0.100/24
                  ^^^^^^^^^^^^^ 10.0.0.100 is also the unicast_src_ip of VI_1
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'The node has an address of its own in the same network',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
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
        'lb1/etc/netplan/50-net.yaml': `
          network:
            version: 2
            ethernets:
              eth0:
                critical: true
                addresses: [10.0.0.11/24]
        `,
      },
    },
    {
      title: 'The owner of the address',
      files: {
        'keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 255
              unicast_src_ip 10.0.0.100
              unicast_peer {
                  10.0.0.12
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  *check(node) {
    for (const { at, text, where, places } of permanentAddresses(node)) {
      yield {
        at,
        message: `${text} is also ${where}`,
        related: places.map((each) => ({ at: each, note: 'given to the node for good here' })),
        help: 'after a failover two machines answer for it; give the node an address of its own',
      };
    }
  },
});
