import { rule } from '../../src/lint/rule.ts';
import { lacks } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'missing-virtual-router-id',
  severity: 'error',
  summary: 'An instance has no virtual_router_id',
  why: `
The number is how the nodes find each other; there is no default, and without it keepalived does not start. Choose one from 1 to
255 that no other pair in the same network uses, and write the same on every node.
`,
  sources: ['keepalived: vrrp/vrrp.c, chk_min_cfg()', 'RFC 5798, section 5.2.3'],
  absence: true,
  bad: [
    {
      title: 'Nothing says which virtual router this is',
      files: `
        vrrp_instance VI_1 {
        ^^^^^^^^^^^^^^^^^^ VI_1 has no virtual_router_id
            interface eth0
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Every machine has a line of its own',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            @lb1 virtual_router_id 51
            @lb2 virtual_router_id 51
            @lb1 priority 100
            @lb2 priority 150
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const { statement, head, name } of instances) {
      if (!lacks(statement, 'virtual_router_id')) continue;
      yield {
        at: head,
        message: `${name.value} has no virtual_router_id`,
        grounds: [[{ ...head, lacks: 'virtual_router_id' }]],
        help: 'keepalived does not start',
      };
    }
  },
});
