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

The host’s interfaces are known from the files of netplan, systemd-networkd, NetworkManager, ifupdown or ifcfg, from the output of
\`ip addr\` or \`ip -br addr\` saved as \`ip-addr.txt\`, or from \`addresses\` in lbcheck.yaml. Where an interface is described by a pattern or a hardware address, nothing is said.
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
    {
      title: 'What ip -br addr shows',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface ens19
                        ^^^^^ the host has no interface ens19: its network files know ens192
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/ip-addr.txt': `
          lo               UNKNOWN        127.0.0.1/8 ::1/128
          ens192           UP             10.0.0.11/24 fe80::250:56ff:fe00:1/64
          docker0          DOWN           172.17.0.1/16
        `,
      },
    },
  ],
  good: [
    {
      title: 'What ip addr shows on the node that holds the address',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface ens192
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/ip-addr.txt': `
          1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
              link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
              inet 127.0.0.1/8 scope host lo
                 valid_lft forever preferred_lft forever
          2: ens192: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
              link/ether 00:50:56:00:00:01 brd ff:ff:ff:ff:ff:ff
              inet 10.0.0.11/24 brd 10.0.0.255 scope global ens192
                 valid_lft forever preferred_lft forever
              inet 10.0.0.100/24 scope global secondary ens192
                 valid_lft forever preferred_lft forever
        `,
      },
    },
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
