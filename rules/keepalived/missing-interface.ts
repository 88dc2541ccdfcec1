import { rule } from '../../src/lint/rule.ts';
import { lacks, needsInterfaceForUnicast } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'missing-interface',
  severity: 'error',
  summary: 'An instance does not say on which interface it runs',
  why: `
keepalived does not start: "Unknown interface!". \`default_interface\` of \`global_defs\` is for static addresses and does not help
here. Only an instance that speaks unicast from a given \`unicast_src_ip\` can do without, and not in 2.2.7.
`,
  sources: ['keepalived: vrrp/vrrp_parser.c, chk_min_cfg()', 'keepalived 2.2.7 with -t'],
  absence: true,
  bad: [
    {
      title: 'The default is for others',
      files: `
        global_defs {
            default_interface eth0
        }
        vrrp_instance VI_1 {
        ^^^^^^^^^^^^^^^^^^ VI_1 has no interface
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Unicast from a known address, and an interface that only this node has',
      files: `
        vrrp_instance VI_1 {
            virtual_router_id 51
            unicast_src_ip 10.0.0.1
            unicast_peer {
                10.0.0.2
            }
            virtual_ipaddress {
                10.0.0.100/24 dev eth0
            }
        }
      `,
    },
  ],
  *check({ instances, version }) {
    for (const { statement, head, name, unicastSource, unicastPeers } of instances) {
      if (!lacks(statement, 'interface')) continue;
      const isReached = unicastSource && unicastPeers.length > 0;
      if (isReached && !needsInterfaceForUnicast(version)) continue;
      yield {
        at: head,
        message: `${name.value} has no interface`,
        grounds: [[{ ...head, lacks: 'interface' }]],
        help: 'keepalived does not start',
      };
    }
  },
});
