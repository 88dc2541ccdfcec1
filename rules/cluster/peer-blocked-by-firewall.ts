import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { lostPeers } from '../../src/model/adverts.ts';

export default rule({
  scope: 'cluster',
  id: 'peer-blocked-by-firewall',
  severity: 'error',
  summary: 'The packet filter of a node lets VRRP in, but not from where the other node sends it',
  why: `
A rule such as \`-s 10.0.0.12 -p vrrp -j ACCEPT\` was copied from the other node, or kept when a node got another address. The node hears
nothing then and becomes master beside the other, although its filter does mention VRRP.

Adverts by multicast come from \`mcast_src_ip\`, or else from the address of the instance’s interface. That is known where the network files
of the node or the output of \`ip addr\` are at hand. A filter that drops all VRRP is told of by
[vrrp-blocked-by-firewall](../node/vrrp-blocked-by-firewall.md).
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_build_ip4(): the source is vrrp->saddr; keepalived.conf(5), mcast_src_ip',
    'iptables(8), --source; nft(8), ip saddr',
  ],
  bad: [
    {
      title: 'The node’s own address in place of the other’s',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/ip-addr.txt': `
          1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536
              inet 127.0.0.1/8 scope host lo
          2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500
              inet 10.0.0.11/24 scope global eth0
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/nftables.conf': `
          table inet filter {
              chain input {
                  type filter hook input priority filter; policy drop;
                                                          ^^^^^^^^^^^ inet filter input of lb2 drops the adverts that lb1 sends from 10.0.0.11
                  ct state established,related accept
                  ip saddr 10.0.0.12 ip protocol vrrp accept
                  tcp dport { 22, 80 } accept
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'From its network, and from an address that no file tells',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/ip-addr.txt': `
          2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500
              inet 10.0.0.11/24 scope global eth0
        `,
        'lb1/iptables-save.txt': `
          *filter
          :INPUT DROP [0:0]
          -A INPUT -s 10.0.0.12/32 -p vrrp -j ACCEPT
          COMMIT
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/iptables-save.txt': `
          *filter
          :INPUT DROP [0:0]
          -A INPUT -s 10.0.0.0/24 -p vrrp -j ACCEPT
          COMMIT
        `,
      },
    },
  ],
  *check({ routers }) {
    const lost = routers.flatMap((router) => [...lostPeers(router)]);
    const once = grouped(lost, ({ at, from }) => `${at.source.path} ${at.start} ${from.node.name}`);
    for (const [{ at, chain, from, to, source }] of once) {
      const { name, head } = from.instance;
      yield {
        at,
        message: `${chain.name} of ${to.node.name} drops the adverts that ${from.node.name} sends from ${source.text}`,
        related: [{ at: head, note: `${name.value} of ${from.node.name} sends them` }],
        help: `${to.node.name} hears nothing and becomes master beside ${from.node.name}; let VRRP in from ${source.text}`,
      };
    }
  },
});
