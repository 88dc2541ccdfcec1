import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { interfaceDifferences } from '../../src/model/interfaces.ts';

export default rule({
  scope: 'cluster',
  id: 'interface-mismatch',
  severity: 'warning',
  summary: 'The nodes put an address on different interfaces',
  why: `
After a failover the address stands on a link whose clients do not ask for it: it is there, and nobody reaches it. Where the
instance itself is on another interface, its adverts go into another network, and both nodes become MASTER.

Machines may name their interfaces as they like. Only what contradicts the rest of the files is a finding: a name that stands for
one interface of the other node in most places, and for another one here; and a VLAN of another number, which the network
gives and not the machine.
`,
  sources: [
    'keepalived.conf(5), interface and virtual_ipaddress',
    'keepalived: vrrp/vrrp_ipaddress.c, alloc_ipaddress()',
  ],
  bad: [
    {
      title: 'The second address on the wrong interface',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance LAN {
              interface eth1
              virtual_router_id 52
              priority 150
              virtual_ipaddress {
                  10.1.0.1/24 dev eth1
                  10.1.0.2/24 dev eth1
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance LAN {
              interface eth1
              virtual_router_id 52
              priority 100
              virtual_ipaddress {
                  10.1.0.1/24 dev eth1
                  10.1.0.2/24 dev eth2
                                  ^^^^ 10.1.0.2 is on eth2 on lb2 but on eth1 on lb1
              }
          }
        `,
      },
    },
    {
      title: 'A digit of a VLAN is lost',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance DMZ {
              interface eth2.30
              virtual_router_id 53
              priority 150
              virtual_ipaddress { 10.30.0.1/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance DMZ {
              interface eth2.3
                        ^^^^^^ interface of DMZ is eth2.3 on lb2 but eth2.30 on lb1
              virtual_router_id 53
              priority 100
              virtual_ipaddress { 10.30.0.1/24 }
          }
        `,
      },
    },
    {
      title: 'An instance that was copied with its interface',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance WAN {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 203.0.113.1/24 }
          }
          vrrp_instance LAN {
              interface eth1
              virtual_router_id 52
              priority 150
              virtual_ipaddress { 10.1.0.1/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance WAN {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 203.0.113.1/24 }
          }
          vrrp_instance LAN {
              interface eth0
                        ^^^^ interface of LAN is eth0 on lb2 but eth1 on lb1
              virtual_router_id 52
              priority 100
              virtual_ipaddress { 10.1.0.1/24 }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'The machines name their interfaces otherwise, the second the other way round',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.1.0.254 }
          vrrp_sync_group edge { group { WAN LAN } }
          vrrp_instance WAN {
              interface eth0
              virtual_router_id 51
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 203.0.113.1/24 dev eth0 }
          }
          vrrp_instance LAN {
              interface eth1
              virtual_router_id 52
              priority 150
              virtual_ipaddress { 10.1.0.1/24 dev eth1 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.1.0.254 }
          vrrp_sync_group edge { group { WAN LAN } }
          vrrp_instance WAN {
              interface eth1
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 203.0.113.1/24 dev eth1 }
          }
          vrrp_instance LAN {
              interface eth0
              virtual_router_id 52
              priority 100
              virtual_ipaddress { 10.1.0.1/24 dev eth0 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    const differences = interfaceDifferences(cluster);
    for (const ofRouter of grouped(differences, ({ member }) => member)) {
      for (const [first, ...more] of grouped(ofRouter, ({ here, there }) => `${here} ${there}`)) {
        const { member, other, address, here, there, isVlan, at, expected, grounds } = first;
        const [name, like] = [member.node.name, other.node.name];
        yield {
          at,
          message:
            address === undefined
              ? `interface of ${member.instance.name.value} is ${here} on ${name} but ${there} on ${like}`
              : `${address} is on ${here} on ${name} but on ${there} on ${like}`,
          grounds: [grounds, ...more.map((each) => each.grounds)],
          related: [
            { at: expected, note: `${there} on ${like}` },
            ...more.slice(0, 5).map((each) => ({ at: each.at, note: 'and this one' })),
          ],
          help: isVlan
            ? 'a VLAN has one number on all machines; write the same on both'
            : 'everywhere else the two nodes call one link by one name; write the same interface on both',
        };
      }
    }
  },
});
