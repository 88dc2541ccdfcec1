import { rule } from '../../src/lint/rule.ts';
import { ownPeers } from '../../src/model/peers.ts';

export default rule({
  scope: 'cluster',
  id: 'own-address-in-peers',
  severity: 'warning',
  summary: 'An instance has its own address among its unicast peers',
  why: `
A master then sends its adverts to itself too, and logs a warning about another master of equal priority each time. Usually the
same list of peers was copied to all nodes; sometimes \`unicast_src_ip\` was copied and belongs to the other node, which is worse: then
this node speaks with an address it does not have. Where the other node's file tells that, \`unicast-peer-asymmetry\` says it instead.
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_state_master_rx()'],
  bad: [
    {
      title: 'The list has all nodes',
      files: {
        'keepalived.conf': `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            unicast_src_ip 10.0.0.1
            unicast_peer {
                10.0.0.1
                ^^^^^^^^ 10.0.0.1 is the unicast_src_ip of VI_1 itself
                10.0.0.2
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
      title: 'The other nodes',
      files: {
        'keepalived.conf': `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            unicast_src_ip 10.0.0.1
            unicast_peer {
                10.0.0.2
                10.0.0.11
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
      },
    },
  ],
  *check({ routers }) {
    for (const { member, own, source } of routers.flatMap(ownPeers)) {
      yield {
        at: own.at,
        message: `${own.value} is the unicast_src_ip of ${member.instance.name.value} itself`,
        related: [{ at: source.at, note: 'its own address' }],
      };
    }
  },
});
