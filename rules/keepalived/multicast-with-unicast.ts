import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'keepalived',
  id: 'multicast-with-unicast',
  severity: 'warning',
  summary: 'A multicast destination is set for an instance that speaks unicast',
  why: `
An instance with \`unicast_peer\` sends its adverts to these addresses and to no group. keepalived ignores \`mcast_dst_ip\` there and
reports an error. Remove one of the two, the same on every node: an instance that speaks multicast on one node and unicast on the other
has two masters.
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_complete_instance()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'Both',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            mcast_dst_ip 224.0.0.20
            ^^^^^^^^^^^^ mcast_dst_ip has no effect: VI_1 has unicast peers
            unicast_peer {
                10.0.0.2
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'One each',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            mcast_src_ip 10.0.0.1
            mcast_dst_ip 224.0.0.20
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const { statement, unicastPeers, name } of instances) {
      const line = statement.body.find(({ keyword }) => keyword?.name === 'mcast_dst_ip');
      if (!line || unicastPeers.length === 0) continue;
      const { source, name: word } = line.directive;
      yield {
        at: { source, start: word.start, end: word.end },
        message: `mcast_dst_ip has no effect: ${name.value} has unicast peers`,
      };
    }
  },
});
