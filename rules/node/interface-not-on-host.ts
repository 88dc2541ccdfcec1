import { rule } from '../../src/lint/rule.ts';
import { strangeInterfaces } from '../../src/model/placement.ts';

export default rule({
  scope: 'node',
  id: 'interface-not-on-host',
  severity: 'error',
  summary: 'keepalived is to use an interface that the host does not have',
  why: `
Interfaces are called \`eth0\` in tutorials, and \`ens192\` or \`enp1s0\` on the machine. With a name that does not exist keepalived
does not start (exit code 4), or with \`dynamic_interfaces\` it waits for it in FAULT. Where the name belongs to another network, the
adverts go out there, and nobody answers.

The host’s interfaces are known from the files of netplan, systemd-networkd, NetworkManager, ifupdown or ifcfg, or from
\`addresses\` in lbcheck.yaml. Where an interface is described by a pattern or a hardware address, nothing is said.
`,
  sources: [
    'keepalived: core/keepalived_netlink.c and vrrp/vrrp_if.c, if_get_by_ifname(); keepalived.conf(5), interface',
  ],
  bad: [
    {
      title: 'The name of a tutorial',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
                        ^^^^ the host has no interface eth0: its network files know ens3 and ens4
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
              ens3:
                critical: true
                addresses: [10.0.0.11/24]
              ens4:
                dhcp4: true
        `,
      },
    },
  ],
  good: [
    {
      title: 'The same name, a VLAN on it, and loopback',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_instance VI_1 {
              interface ens3
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
                  10.0.1.100/24 dev ens3.20
                  10.9.9.9/32 dev lo
              }
          }
        `,
        'lb1/etc/systemd/network/10-ens3.network': `
          [Match]
          Name=ens3
          [Network]
          Address=10.0.0.11/24
          KeepConfiguration=static
        `,
      },
    },
    {
      title: 'Interfaces that a pattern describes',
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
        'lb1/etc/systemd/network/10-lan.network': `
          [Match]
          Name=en* eth*
          [Network]
          DHCP=yes
        `,
      },
    },
  ],
  *check(node) {
    for (const { name, at, known, meant, related } of strangeInterfaces(node)) {
      const [first, second, ...more] = known;
      const list =
        second === undefined
          ? first
          : more.length > 0
            ? `${first}, ${second} and ${more.length} more`
            : `${first} and ${second}`;
      yield {
        at,
        message: `the host has no interface ${name}: its network files know ${list}`,
        related: related.map((each) => ({ at: each, note: 'this is one of them' })),
        help: meant
          ? `did you mean ${meant}? keepalived does not start with an interface that does not exist`
          : 'keepalived does not start with an interface that does not exist',
      };
    }
  },
});
