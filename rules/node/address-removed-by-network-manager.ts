import { rule } from '../../src/lint/rule.ts';
import { noticesLostAddresses } from '../../src/model/keepalived/index.ts';
import { clearedInterfaces } from '../../src/model/placement.ts';

export default rule({
  scope: 'node',
  id: 'address-removed-by-network-manager',
  severity: 'warning',
  summary: 'systemd-networkd takes the virtual address away when it restarts',
  why: `
systemd-networkd removes every address it did not configure from an interface it manages, when it starts anew: at an update of
systemd, at \`netplan apply\`, at \`systemctl restart systemd-networkd\`. The virtual address goes with them. Since version 2.0
keepalived notices and fails over for nothing; older ones do not notice, and the address is gone while the node goes on sending
adverts.

Write \`KeepConfiguration=static\` into the \`[Network]\` section, or \`critical: true\` for the interface in netplan. What a file in
\`10-eth0.network.d\` or \`10-netplan-eth0.network.d\` says counts, too.
`,
  sources: [
    'systemd.network(5), KeepConfiguration=',
    'netplan(5), critical; netplan pull request 599',
    'systemd: network/networkd-network.c, CriticalConnection= in place of KeepConfiguration=',
    'keepalived issues 836, 1385 and 2170',
  ],
  absence: true,
  bad: [
    {
      title: 'networkd keeps nothing unless told',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/etc/systemd/network/10-eth0.network': `
          [Match]
          Name=eth0
               ^^^^ a restart of systemd-networkd takes 10.0.0.100 away from eth0
          [Network]
          Address=10.0.0.11/24
        `,
      },
    },
    {
      title: 'A VLAN that networkd makes',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_instance VI_1 {
              interface bond0.30
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/etc/systemd/network/10-vlan30.netdev': `
          [NetDev]
          Name=bond0.30
          Kind=vlan
          [VLAN]
          Id=30
        `,
        'lb1/etc/systemd/network/20-vlan30.network': `
          [Match]
          Name=bond0.30
               ^^^^^^^^ a restart of systemd-networkd takes 10.0.0.100 away from bond0.30
          [Network]
          Address=10.0.0.11/24
        `,
      },
    },
  ],
  good: [
    {
      title: 'Told so, in netplan',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
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
      title: 'networkd is told to keep off',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/etc/systemd/network/10-eth0.network': `
          [Match]
          Name=eth0
          [Link]
          Unmanaged=yes
        `,
      },
    },
    {
      title: 'NetworkManager leaves foreign addresses alone',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/etc/netplan/50-net.yaml': `
          network:
            version: 2
            renderer: NetworkManager
            ethernets:
              eth0:
                addresses: [10.0.0.11/24]
        `,
      },
    },
  ],
  *check(node) {
    for (const { at, name, address, instance } of clearedInterfaces(node)) {
      const notices = noticesLostAddresses(node.facts.keepalived) ?? true;
      yield {
        at,
        message: `a restart of systemd-networkd takes ${address} away from ${name}`,
        related: [{ at: instance.head, note: `${instance.name.value} puts it there` }],
        help: `${notices ? 'every update of systemd is then a failover' : 'this keepalived does not notice, and the address is gone'}; write KeepConfiguration=static (netplan: critical: true)`,
      };
    }
  },
});
