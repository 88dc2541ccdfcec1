import { rule } from '../../src/lint/rule.ts';
import { misplacedAddresses } from '../../src/model/placement.ts';

export default rule({
  scope: 'node',
  id: 'address-on-wrong-interface',
  severity: 'warning',
  summary: 'A virtual address is put on another interface than the one that has its network',
  why: `
keepalived puts an address on the interface of its instance unless \`dev\` names another one. On a host with several networks the address
then stands on a link where its clients are not: the gratuitous ARP goes out there, the switch of the right network never learns of the
new master, and after a failover clients talk to the old one until their ARP entries expire. With a full prefix the host besides gets a
second route to that network by the wrong link.

It is usual to let the nodes talk over one network and to serve in another one: the instance keeps its \`interface\`, and each address says
\`dev\`. Nothing is said where the interface has no permanent address that is known, and of an address whose network no interface has.
`,
  sources: [
    'keepalived.conf(5), virtual_ipaddress and dev',
    'keepalived: vrrp/vrrp_arp.c, send_gratuitous_arp()',
  ],
  bad: [
    {
      title: 'The nodes talk over a network of their own',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_instance VI_1 {
              interface ens224
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
                  ^^^^^^^^^^^^^ 10.0.0.100 goes to ens224 (172.16.0.11/24), and ens192 has its network
                  10.0.0.101/24
              }
          }
        `,
        'lb1/etc/netplan/50-net.yaml': `
          network:
            version: 2
            ethernets:
              ens192:
                critical: true
                addresses: [10.0.0.11/24]
              ens224:
                critical: true
                addresses: [172.16.0.11/24]
        `,
      },
    },
  ],
  good: [
    {
      title: 'Each address says where it goes',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_instance VI_1 {
              interface ens224
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24 dev ens192
                  10.0.0.101/32 dev lo
              }
          }
        `,
        'lb1/etc/netplan/50-net.yaml': `
          network:
            version: 2
            ethernets:
              ens192:
                critical: true
                addresses: [10.0.0.11/24]
              ens224:
                critical: true
                addresses: [172.16.0.11/24]
        `,
      },
    },
    {
      title: 'A network that no interface has, and one that both have',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth1
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  203.0.113.80/32
                  10.0.0.100/24
              }
          }
        `,
        'lb1/ip-addr.txt': `
          1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536
              inet 127.0.0.1/8 scope host lo
          2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500
              inet 10.0.0.11/24 scope global eth0
          3: eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500
              inet 10.0.0.12/24 scope global eth1
              inet 172.16.0.11/24 scope global eth1
        `,
      },
    },
  ],
  *check(node) {
    for (const { at, text, name, other, own, like, choice } of misplacedAddresses(node)) {
      const related = [
        { at: choice, note: `this puts it on ${name}` },
        { at: own.at, note: `an address of ${name}` },
        { at: like.at, note: `an address of ${other}` },
      ];
      yield {
        at,
        message: `${text} goes to ${name} (${own.value.text}/${own.value.prefix}), and ${other} has its network`,
        grounds: [[at, choice]],
        related: related.flatMap(({ at: place, note }) => (place ? [{ at: place, note }] : [])),
        help: `${other} is ${like.value.text}/${like.value.prefix}; write \`dev ${other}\` behind the address, or run the instance on ${other}`,
      };
    }
  },
});
