import { rule } from '../../src/lint/rule.ts';
import { lostAdverts } from '../../src/model/adverts.ts';

export default rule({
  scope: 'node',
  id: 'vrrp-blocked-by-firewall',
  severity: 'error',
  summary: 'The packet filter of the host drops VRRP adverts',
  why: `
VRRP is a protocol of its own: number 112, neither TCP nor UDP, sent to 224.0.0.18 or ff02::12 (or to each peer). A filter
that lets in nothing but SSH and HTTP drops it. A node that hears no adverts becomes master: both nodes hold the address, both
answer ARP for it, and clients reach now one, now the other. Let protocol 112 in, and out where the output is filtered.

\`--state ESTABLISHED\` does not help with multicast: nobody answers an advert, so to the connection tracker every one of them is
new.

The rules of iptables-save, nft list ruleset, firewalld’s zones and ufw are walked for the adverts that this node hears and sends. A
rule that cannot be judged (a set of addresses, a mark, an unknown match, a policy of firewalld) may let them through, and then nothing is said. Of
ufw its \`before.rules\` must be at hand: many let VRRP in there, and \`ufw status\` does not list them.
`,
  sources: [
    'RFC 5798, section 5.1.1.4 (protocol number 112) and 5.1.1.2 (destination address)',
    'netfilter: nf_conntrack_proto_generic.c; iptables-extensions(8), conntrack',
    'firewalld.zone(5), target',
  ],
  bad: [
    {
      title: 'Nothing but SSH and HTTP comes in',
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
        'lb1/iptables-save.txt': `
          *filter
          :INPUT DROP [0:0]
          ^^^^^^^^^^^^^^^^^ INPUT drops the adverts of other nodes: protocol 112 to 224.0.0.18
          :FORWARD DROP [0:0]
          :OUTPUT ACCEPT [0:0]
          -A INPUT -i lo -j ACCEPT
          -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
          -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
          -A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT
          COMMIT
        `,
      },
    },
    {
      title: 'nftables, on the way out, with unicast',
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
        'lb1/nftables.conf': `
          table inet filter {
              chain input {
                  type filter hook input priority 0; policy accept;
              }
              chain output {
                  type filter hook output priority 0; policy accept;
                  ip daddr 10.0.0.0/24 tcp dport 22 accept
                  ip daddr 10.0.0.0/24 drop
                  ^^^^^^^^^^^^^^^^^^^^^^^^^ inet filter output drops the adverts of this node: protocol 112 to 10.0.0.12
              }
          }
        `,
      },
    },
    {
      title: 'A zone of firewalld that names its services only',
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
        'lb1/etc/firewalld/zones/public.xml': `
          <?xml version="1.0" encoding="utf-8"?>
          <zone>
          ^^^^^^ zone public drops the adverts of other nodes: protocol 112 to 224.0.0.18
            <short>Public</short>
            <interface name="eth0"/>
            <service name="ssh"/>
            <service name="http"/>
          </zone>
        `,
      },
    },
  ],
  good: [
    {
      title: 'By number, in a chain of its own, from the network of the nodes',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_interface {
                  eth1
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/iptables-save.txt': `
          *filter
          :INPUT DROP [0:0]
          :FORWARD DROP [0:0]
          :OUTPUT ACCEPT [0:0]
          :cluster - [0:0]
          -A INPUT -i lo -j ACCEPT
          -A INPUT -d 224.0.0.0/4 -j cluster
          -A INPUT -j REJECT --reject-with icmp-port-unreachable
          -A cluster -s 10.0.0.0/24 -p 112 -j ACCEPT
          COMMIT
        `,
      },
    },
    {
      title: 'A set whose members are not known',
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
        'lb1/nftables.conf': `
          flush ruleset
          table inet filter {
              set trusted {
                  type ipv4_addr
                  elements = { 10.0.0.11, 10.0.0.12 }
              }
              chain input {
                  type filter hook input priority filter; policy drop;
                  ct state { established, related } accept
                  ip saddr @trusted accept
              }
          }
        `,
      },
    },
  ],
  *check(node) {
    const seen = new Set<string>();
    const lost = lostAdverts(node);
    for (const { at, chain, packet } of lost) {
      // What one rule drops is one cause, however many instances send.
      const key = `${at.source.path} ${at.start}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const whose = packet.direction === 'in' ? 'other nodes' : 'this node';
      const target = packet.multicast || packet.direction === 'out' ? packet.destination : packet.source;
      const way = packet.multicast || packet.direction === 'out' ? 'to' : 'from';
      const what = `protocol ${packet.protocol}${target ? ` ${way} ${target.text}` : ''}`;
      const same = lost.filter((each) => each.at.start === at.start && each.at.source === at.source);
      yield {
        at,
        message: `${chain.name} drops the adverts of ${whose}: ${what}`,
        related: [...new Set(same.map((each) => each.instance))].map(({ head, name }) => ({
          at: head,
          note: `${name.value} ${packet.direction === 'in' ? 'waits for them' : 'sends them'}`,
        })),
        help: `${packet.direction === 'in' ? 'a node that hears none becomes master beside the other' : 'the other nodes become masters beside this one'}; ${chain.remedy}`,
      };
    }
  },
});
