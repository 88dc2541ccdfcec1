import { rule } from '../../src/lint/rule.ts';
import { lacks, unicastStatement } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'unicast-without-peers',
  severity: 'error',
  summary: 'An instance speaks of unicast and has no peers, so it uses multicast',
  why: `
Without an address in \`unicast_peer\` keepalived complains and falls back to multicast. A node that does use unicast hears nothing of
it, and both become master; in a cloud without multicast so do all. List the other nodes’ addresses in \`unicast_peer\`, or remove
the unicast settings. \`unicast_fault_no_peer\` (2.2.5 and later) makes an instance without peers wait instead.
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_complete_instance()', 'keepalived 2.2.7 with -t'],
  absence: true,
  bad: [
    {
      title: 'A source and no destination',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            unicast_src_ip 10.0.0.1
            ^^^^^^^^^^^^^^ VI_1 has no unicast_peer: unicast_src_ip is ignored and multicast is used
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            unicast_src_ip 10.0.0.1
            unicast_peer {
            ^^^^^^^^^^^^ unicast_peer of VI_2 is empty: multicast is used
            }
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Peers that are still to come',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            unicast_src_ip 10.0.0.1
            unicast_fault_no_peer
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const instance of instances) {
      const asks = unicastStatement(instance);
      const { statement, name } = instance;
      if (!asks || !lacks(statement, 'unicast_fault_no_peer')) continue;
      if (instance.unicastPeers.length > 0) continue;
      const empty = statement.body.find(({ keyword }) => keyword?.name === 'unicast_peer');
      // It may be misspelt or in another block, and has its finding there.
      if (!empty && !lacks(statement, 'unicast_peer')) continue;
      const { source, name: at } = (empty ?? asks).directive;
      yield {
        at: { source, start: at.start, end: at.end },
        message: empty
          ? `unicast_peer of ${name.value} is empty: multicast is used`
          : `${name.value} has no unicast_peer: ${asks.keyword!.name} is ignored and multicast is used`,
      };
    }
  },
});
