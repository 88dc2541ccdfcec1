import { rule } from '../../src/lint/rule.ts';
import { lacks } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'missing-priority',
  severity: 'warning',
  summary: 'An instance has no priority',
  why: `
Without \`priority\` an instance has 100. With \`state MASTER\` it has 255, the number of the router that owns the address: it takes
over at once whenever it comes back, and no failed check with a weight lowers it. On two nodes copied from each other that makes
two owners. As a lone default of 100 it is only worth a note: a tie of two defaults is decided by the nodes’ addresses.
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_complete_instance()', 'RFC 5798, section 5.2.4'],
  absence: true,
  bad: [
    {
      title: 'MASTER by default means owner',
      files: `
        vrrp_instance VI_1 {
            state MASTER
            ^^^^^ VI_1 has state MASTER and no priority, which makes it 255
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
        ^^^^^^^^^^^^^^^^^^ VI_2 has no priority and gets 100
            interface eth0
            virtual_router_id 52
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Each machine has its own',
      files: `
        vrrp_instance VI_1 {
            state BACKUP
            interface eth0
            virtual_router_id 51
            @lb1 priority 150
            @^lb1 priority 100
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const { statement, head, name, state, trackers } of instances) {
      if (!lacks(statement, 'priority')) continue;
      if (state.value !== 'MASTER') {
        yield {
          at: head,
          message: `${name.value} has no priority and gets 100`,
          severity: 'info',
          grounds: [[{ ...head, lacks: 'priority' }]],
        };
        continue;
      }
      const line = statement.body.findLast(({ keyword }) => keyword?.name === 'state')!;
      const { source, name: word } = line.directive;
      yield {
        at: { source, start: word.start, end: word.end },
        message: `${name.value} has state MASTER and no priority, which makes it 255`,
        help:
          trackers.length > 0
            ? 'an owner ignores the weights of its trackers: give it a priority below 255'
            : 'give it a priority below 255, higher than that of the other nodes',
      };
    }
  },
});
