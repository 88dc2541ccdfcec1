import type { Finding } from '../../src/lint/rule.ts';
import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { unicastStatement } from '../../src/model/keepalived/index.ts';
import { type PeerFault, peerFaults } from '../../src/model/peers.ts';
import { normalPriority, slipBetween } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'unicast-peer-asymmetry',
  severity: 'error',
  summary: 'A node does not send its adverts to another node of the virtual router',
  why: `
With unicast a node sends its adverts to the addresses of \`unicast_peer\` and to nobody else, and it receives at its
\`unicast_src_ip\` only. So each node has to list the \`unicast_src_ip\` of every other one, exactly: another address of the same
machine is not heard.

Where a node is not listed, it hears nothing. If it has the lower priority, both nodes stay MASTER for good. If it has the higher
one, all looks well until it restarts: then it takes the address from the living master, \`nopreempt\` or not.

The usual ways to get there: the file was copied to the other node and \`unicast_src_ip\` or the peers were not exchanged, one digit is
wrong, or a new node was added on one side. Nodes without \`unicast_src_ip\` are compared as far as the lists alone can tell.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_send_adv() and open_vrrp_read_socket()',
    'keepalived: vrrp/vrrp_scheduler.c, vrrp_dispatcher_read()',
    'keepalived issues 2458 and 2651',
  ],
  bad: [
    {
      title: 'One digit wrong',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_src_ip 10.0.0.11
              unicast_peer {
                  10.0.0.21
                  ^^^^^^^^^ lb1 sends its adverts to 10.0.0.21, and lb2 is 10.0.0.12
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              unicast_src_ip 10.0.0.12
              unicast_peer {
                  10.0.0.11
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'A file that was copied without exchanging the addresses',
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
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              unicast_src_ip 10.0.0.11
                             ^^^^^^^^^ unicast_src_ip is 10.0.0.11 on both lb2 and lb1
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
  good: [
    {
      title: 'Prefixes, another order, and a node whose address is not written',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_src_ip 10.0.0.11
              unicast_peer {
                  10.0.0.12
                  10.0.0.13
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              unicast_src_ip 10.0.0.12/24
              unicast_peer {
                  10.0.0.13
                  10.0.0.11/24
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb3/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 50
              unicast_peer {
                  10.0.0.11
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
  *check(cluster) {
    for (const router of sharedRouters(cluster)) {
      for (const fault of peerFaults(router)) yield finding(fault);
    }
  },
});

function finding(fault: PeerFault): Finding {
  const { kind, member, other, at, listed, wanted } = fault;
  const [here, there] = [member.node.name, other.node.name];
  const both = `${here} and ${there} do not hear each other: both become MASTER`;
  const oneWay = consequence(fault);
  switch (kind) {
    case 'copied-source': {
      const word = unicastStatement(member.instance) ? 'unicast_src_ip' : 'mcast_src_ip';
      return {
        at,
        message: `${word} is ${listed!.value} on both ${here} and ${there}`,
        label: wanted ? `${there} takes ${here} for ${wanted.value}` : `the same as on ${there}`,
        related: [
          { at: listed!.at, note: `also on ${there}` },
          // A peer that both list is then the node itself.
          ...member.instance.unicastPeers
            .filter(({ value }) => wanted && value?.text === wanted.value)
            .map(({ at: peer }) => ({ at: peer, note: `${here} itself, as ${there} says` })),
        ],
        help: `an address belongs to one node: write the address of ${here} and, as peer, that of ${there}`,
      };
    }
    case 'swapped':
      return {
        at,
        message: `${here} and ${there} each list their own address as peer`,
        label: `${here} itself`,
        related: [{ at: wanted!.at, note: `${there} itself` }],
        help: `${both}; exchange the two lists`,
      };
    case 'own-address':
      return {
        at,
        message: `${here} lists itself as peer, ${listed!.value}${wanted ? `, instead of ${wanted.value} of ${there}` : ` and not ${there}`}`,
        label: `${here} itself`,
        related: place(wanted, `${there} is ${wanted?.value}`),
        help: oneWay,
      };
    case 'other-address':
      return {
        at,
        message: wanted
          ? `${here} sends its adverts to ${listed!.value}, and ${there} is ${wanted.value}`
          : `${here} sends its adverts to ${listed!.value}, and not to ${there}`,
        label: (wanted && slipBetween(listed!.value, wanted.value)) ?? 'no node has this address',
        related: place(wanted, `${there} is ${wanted?.value}`),
        help: oneWay,
      };
    case 'wrong-source':
      return {
        at,
        message: `${here} sends from ${listed!.value}, and all others take it for ${wanted!.value}`,
        label: slipBetween(listed!.value, wanted!.value) ?? 'nobody lists this address',
        related: place(wanted, `${wanted!.value} on ${there}`),
        help: `${here} receives at ${listed!.value} only, so it hears nobody and becomes MASTER beside another one`,
      };
    case 'unlisted':
      return {
        at,
        message: wanted
          ? `${here} does not send its adverts to ${wanted.value} of ${there}`
          : `${here} does not send its adverts to ${there}`,
        label: wanted ? `without ${wanted.value}` : `nothing here is ${there}`,
        related: place(wanted, `${there} is ${wanted?.value}`),
        help: oneWay,
      };
  }
}

const place = (found: PeerFault['wanted'], note: string) => (found ? [{ at: found.at, note }] : []);

/** What happens when one node does not hear the other depends on which of them is the stronger. */
function consequence({ member, other }: PeerFault): string {
  const [here, there] = [member.node.name, other.node.name];
  const [sender, deaf] = [normalPriority(member), normalPriority(other)];
  if (sender === undefined || deaf === undefined || sender === deaf)
    return `${there} hears nothing from ${here} and becomes MASTER beside it`;
  return sender > deaf
    ? `${there} hears nothing from ${here} and becomes MASTER beside it for good`
    : `${there} hears nothing from ${here}: whenever it starts, it takes the address from the living master`;
}
