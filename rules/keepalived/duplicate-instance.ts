import { rule } from '../../src/lint/rule.ts';
import { duplicateDefinitions } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'duplicate-instance',
  severity: 'error',
  summary: 'Two instances, groups or BFD sessions have one name, so the second is skipped',
  why: `
keepalived logs "already defined" and skips the whole second block: its addresses are never held, its members never synchronised.
Typical after copying a block and changing everything in it but the name.
`,
  sources: ['keepalived: vrrp/vrrp_parser.c, vrrp_handler()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'Copied, and all but the name was changed',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_1 {
                      ^^^^ another vrrp_instance has the name VI_1: this one is skipped
            interface eth1
            virtual_router_id 52
            virtual_ipaddress {
                10.1.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Names differ by letter case, and a group may have the name of an instance',
      files: `
        vrrp_sync_group vi_1 {
            group {
                vi_1
                VI_1
            }
        }
        vrrp_instance vi_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_1 {
            interface eth1
            virtual_router_id 52
            virtual_ipaddress {
                10.1.0.100/24
            }
        }
      `,
    },
  ],
  *check(model) {
    if (model.template) return;
    for (const { definition, first } of duplicateDefinitions(model)) {
      const { statement, name } = definition;
      if (statement.keyword!.repeat !== 'same-name-skipped') continue;
      yield {
        at: name.at,
        message: `another ${statement.keyword!.name} has the name ${name.value}: this one is skipped`,
        related: [{ at: first.name.at, note: 'this one is used' }],
      };
    }
  },
});
