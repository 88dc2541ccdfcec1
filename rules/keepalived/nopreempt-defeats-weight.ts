import { rule } from '../../src/lint/rule.ts';
import { defeatedCheck } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'nopreempt-defeats-weight',
  severity: 'error',
  summary: 'nopreempt keeps a node from replacing a master whose priority fell by a weight',
  why: `
A weight lowers the priority of the node on which the check fails, and nothing else: it goes on sending adverts as master. A node
with \`nopreempt\` accepts adverts of a lower priority, so it never takes over from a master that is alive. The service is dead, the
other node is healthy, and the address stays where nobody answers.

Track without a weight: a failed check then is FAULT, the master resigns, and \`nopreempt\` does what it is for when the node comes
back.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_state_backup()',
    'keepalived issues 2599, 2483, 2379',
    'a pair of keepalived 2.2.7: no failover with the weight, 0.4 s without',
  ],
  bad: [
    {
      title: 'The usual pair of settings',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            weight -60
            user root
        }
        vrrp_instance VI_1 {
            state BACKUP
            interface eth0
            virtual_router_id 51
            priority 150
            nopreempt
            ^^^^^^^^^ with nopreempt VI_1 never replaces a master that the weight of chk_nginx lowered
            track_script {
                chk_nginx
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
      title: 'Without a weight the master resigns, and state MASTER clears nopreempt anyway',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            user root
        }
        vrrp_instance VI_1 {
            state BACKUP
            interface eth0
            virtual_router_id 51
            priority 150
            nopreempt
            track_script {
                chk_nginx
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const instance of model.instances) {
      const { nopreempt, name } = instance;
      const first = defeatedCheck(model, instance);
      if (!first) continue;
      yield {
        at: nopreempt.at,
        message: `with nopreempt ${name.value} never replaces a master that the weight of ${first.name.value} lowered`,
        related: [{ at: first.name.at, note: 'this check lowers the priority' }],
        help: 'track without a weight: a failed check is then FAULT, and the master resigns',
      };
    }
  },
});
