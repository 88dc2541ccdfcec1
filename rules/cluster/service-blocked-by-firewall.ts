import { rule } from '../../src/lint/rule.ts';
import { lostConnections } from '../../src/model/connections.ts';

export default rule({
  scope: 'cluster',
  id: 'service-blocked-by-firewall',
  severity: 'error',
  summary: 'The packet filter of one node lets nobody in where the other node serves',
  why: `
A port that was opened on the first node only: everything works until the address moves. Then nginx listens on the second node, VRRP is
content, the health check asks by the loopback and is content too, and clients wait for answers that never come.

For each virtual address and each port that nginx listens on, the rules of iptables-save, nft list ruleset, firewalld’s zones and ufw
are walked with the first packet of a connection. A node is named only where its filter drops that packet whoever sends it, and the
filter of another node may let it in. A port that is closed on all nodes may be meant to be; a rule that cannot be judged (a set of
addresses, a mark, an unknown match) may let it through, and then nothing is said.
`,
  sources: [
    'iptables-extensions(8), multiport and conntrack',
    'nft(8), payload expressions',
    'firewalld.zone(5), port and service',
  ],
  bad: [
    {
      title: 'HTTPS was opened on the first node only',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb1/nginx.conf': `
          events {}
          http {
              server { listen 80; }
              server { listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key; }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server { listen 80; }
              server { listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key; }
          }
        `,
        'lb1/iptables-save.txt': `
          *filter
          :INPUT DROP [0:0]
          :FORWARD DROP [0:0]
          :OUTPUT ACCEPT [0:0]
          -A INPUT -i lo -j ACCEPT
          -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
          -A INPUT -p vrrp -j ACCEPT
          -A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT
          COMMIT
        `,
        'lb2/iptables-save.txt': `
          *filter
          :INPUT DROP [0:0]
          ^^^^^^^^^^^^^^^^^ INPUT of lb2 drops connections to 10.0.0.100:443, and lb1 lets them in
          :FORWARD DROP [0:0]
          :OUTPUT ACCEPT [0:0]
          -A INPUT -i lo -j ACCEPT
          -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
          -A INPUT -p vrrp -j ACCEPT
          -A INPUT -p tcp -m multiport --dports 80 -j ACCEPT
          COMMIT
        `,
      },
    },
    {
      title: 'nftables, and a rule that refuses',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb1/nginx.conf': `
          events {}
          http {
              server { listen 80; }
              server { listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key; }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server { listen 80; }
              server { listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key; }
          }
        `,
        'lb1/nftables.conf': `
          table inet filter {
              chain input {
                  type filter hook input priority 0; policy drop;
                  ct state established,related accept
                  meta l4proto vrrp accept
                  tcp dport { 80, 443 } accept
              }
          }
        `,
        'lb2/nftables.conf': `
          table inet filter {
              chain input {
                  type filter hook input priority 0; policy drop;
                  ct state established,related accept
                  meta l4proto vrrp accept
                  tcp dport 80 accept
                  tcp dport 443 reject
                  ^^^^^^^^^^^^^^^^^^^^ inet filter input of lb2 drops connections to 10.0.0.100:443, and lb1 lets them in
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Other words, and other clients',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb1/nginx.conf': `
          events {}
          http {
              server { listen 80; }
              server { listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key; }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server { listen 80; }
              server { listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key; }
          }
        `,
        'lb1/nftables.conf': `
          table inet filter {
              chain input {
                  type filter hook input priority 0; policy drop;
                  ct state established,related accept
                  meta l4proto vrrp accept
                  tcp dport { 80, 443 } accept
              }
          }
        `,
        'lb2/nftables.conf': `
          table inet filter {
              chain input {
                  type filter hook input priority 0; policy drop;
                  ct state established,related accept
                  meta l4proto vrrp accept
                  tcp dport 1-1023 jump clients
              }
              chain clients {
                  ip saddr 10.0.0.0/8 accept
              }
          }
        `,
      },
    },
    {
      title: 'Closed on both: the port is for the node itself',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb1/nginx.conf': `
          events {}
          http {
              server { listen 80; }
              server { listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key; }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server { listen 80; }
              server { listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key; }
          }
        `,
        'lb1/iptables-save.txt': `
          *filter
          :INPUT DROP [0:0]
          :FORWARD DROP [0:0]
          :OUTPUT ACCEPT [0:0]
          -A INPUT -i lo -j ACCEPT
          -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
          -A INPUT -p vrrp -j ACCEPT
          -A INPUT -p tcp -m multiport --dports 80 -j ACCEPT
          COMMIT
        `,
        'lb2/iptables-save.txt': `
          *filter
          :INPUT DROP [0:0]
          :FORWARD DROP [0:0]
          :OUTPUT ACCEPT [0:0]
          -A INPUT -i lo -j ACCEPT
          -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
          -A INPUT -p vrrp -j ACCEPT
          -A INPUT -p tcp -m multiport --dports 80 -j ACCEPT
          COMMIT
        `,
      },
    },
  ],
  *check(cluster) {
    const said = new Set<string>();
    for (const { at, chain, node, other, target, door } of lostConnections(cluster)) {
      // A policy drops all that no rule is for: one cause, and the first of them shows it.
      const key = `${at.source.path} ${at.start}`;
      if (said.has(key)) continue;
      said.add(key);
      yield {
        at,
        message: `${chain.name} of ${node.name} drops connections to ${target}, and ${other.name} lets them in`,
        related: [{ at: door.listen.at, note: 'nginx listens here' }],
        help: `after a failover to ${node.name} nobody is answered; let the same ports in on all nodes`,
      };
    }
  },
});
