import { rule } from '../../src/lint/rule.ts';
import { clearedBy } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'nopreempt-with-master-state',
  severity: 'warning',
  summary: 'nopreempt or preempt_delay is cleared, because the instance has state MASTER or priority 255',
  why: `
\`nopreempt\` keeps a node that comes back from taking the address from the one that serves it. With \`state MASTER\` keepalived clears
it and reports an error: the node takes the address back at once, with a second interruption. The same holds for
\`preempt_delay\`. Write \`state BACKUP\` on every node and let the priorities decide.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_complete_instance()',
    'keepalived.conf(5), nopreempt',
    'keepalived 2.2.7 with -t',
  ],
  bad: [
    {
      title: 'It takes the address back after all',
      files: `
        vrrp_instance VI_1 {
            state MASTER
            interface eth0
            virtual_router_id 51
            priority 150
            nopreempt
            ^^^^^^^^^ nopreempt has no effect with state MASTER
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            state BACKUP
            interface eth0
            virtual_router_id 52
            priority 150
            nopreempt
            preempt_delay 30
            ^^^^^^^^^^^^^ preempt_delay has no effect with nopreempt
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'As it is meant',
      files: `
        vrrp_instance VI_1 {
            state BACKUP
            interface eth0
            virtual_router_id 51
            priority 150
            nopreempt
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            priority 100
            preempt_delay 30
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const instance of instances) {
      for (const { at, name, by, cause } of clearedBy(instance)) {
        yield {
          at,
          message: `${name} has no effect with ${by}`,
          related: cause ? [{ at: cause, note: by }] : [],
          // A state MASTER that is one too many is told of here.
          grounds: [[at, ...(cause ? [cause] : [])]],
          help:
            by === 'state MASTER'
              ? 'write state BACKUP: the priority decides who is master'
              : 'keepalived clears it',
        };
      }
    }
  },
});
