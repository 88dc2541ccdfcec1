import { lineStart } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { lacks } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'vmac-without-xmit-base',
  severity: 'warning',
  summary: 'A unicast instance with use_vmac lacks vmac_xmit_base',
  why: `
Unicast adverts have to leave through the real interface. keepalived sets \`vmac_xmit_base\` by itself, and reports an error so that
somebody writes it down; \`keepalived -t\` fails until then. Without \`use_vmac\`, on the other hand, \`vmac_xmit_base\` means nothing, and is
reported too.
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_complete_instance()', 'keepalived 2.2.7 with -t'],
  absence: true,
  bad: [
    {
      title: 'Set in silence, reported aloud',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            use_vmac
            ^^^^^^^^ use_vmac with unicast needs vmac_xmit_base
            unicast_src_ip 10.0.0.1
            unicast_peer {
                10.0.0.2
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            use_vmac
            vmac_xmit_base
            unicast_src_ip 10.0.0.1
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
      title: 'Multicast',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            use_vmac
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const { statement, unicastPeers } of instances) {
      const base = statement.body.find(({ keyword }) => keyword?.name === 'vmac_xmit_base');
      if (base && lacks(statement, 'use_vmac') && lacks(statement, 'use_ipvlan')) {
        const { source, name } = base.directive;
        const at = { source, start: name.start, end: name.end };
        yield {
          at,
          grounds: [[at, { ...headSpan(statement.directive), lacks: 'use_vmac' }]],
          message: 'vmac_xmit_base means nothing without use_vmac',
        };
      }
      const line = statement.body.find(({ keyword }) => keyword?.name === 'use_vmac');
      if (!line || unicastPeers.length === 0 || !lacks(statement, 'vmac_xmit_base')) continue;
      const { source, name } = line.directive;
      const end = line.args.at(-1)?.end ?? name.end;
      const indent = /(?<![ \t])[ \t]*$/.exec(
        source.text.slice(lineStart(source.text, name.start), name.start),
      )![0];
      yield {
        at: { source, start: name.start, end },
        message: 'use_vmac with unicast needs vmac_xmit_base',
        fix: {
          title: 'add vmac_xmit_base',
          safe: true,
          edits: [{ source, start: end, end, text: `\n${indent}vmac_xmit_base` }],
        },
      };
    }
  },
});
