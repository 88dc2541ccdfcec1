import { rule } from '../../src/lint/rule.ts';
import { strictConflicts } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'strict-mode-conflict',
  severity: 'error',
  summary: 'Strict mode forbids what an instance asks for',
  why: `
\`vrrp_strict\` (or \`strict_mode\` in the instance) allows only what the VRRP standard knows. keepalived resets the rest with an error:
authentication is not sent, so that a node that is not strict rejects the adverts and both become master; \`state\` must fit the
priority; delays are cleared. Unicast on an interface that can multicast makes the daemon refuse to start, which 2.2.7 with
\`-t\` does not mention. Unless conformance is a goal of its own, remove \`vrrp_strict\`.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_complete_instance()',
    'keepalived 2.2.7 with -t',
    'keepalived.conf(5), vrrp_strict',
  ],
  bad: [
    {
      title: 'A password, a role, and a delay',
      files: `
        global_defs {
            vrrp_strict
        }
        vrrp_instance VI_1 {
            version 3
            accept
            state MASTER
                  ^^^^^^ strict mode forbids state MASTER below priority 255
            interface eth0
            virtual_router_id 51
            priority 150
            down_timer_adverts 5
            ^^^^^^^^^^^^^^^^^^ strict mode forbids down_timer_adverts other than 3
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            priority 100
            authentication {
            ^^^^^^^^^^^^^^ strict mode forbids authentication
                auth_type PASS
                auth_pass k9-Vrx2q
            }
            unicast_peer {
            ^^^^^^^^^^^^ strict mode forbids unicast
                10.0.0.2
            }
            preempt_delay 30
            ^^^^^^^^^^^^^ strict mode forbids preempt_delay
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'What strict mode allows',
      files: `
        global_defs {
            vrrp_strict
        }
        vrrp_instance VI_1 {
            version 3
            accept
            interface eth0
            virtual_router_id 51
            priority 150
            nopreempt
            down_timer_adverts 3
            garp_lower_prio_repeat 0
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ instances, globals }) {
    for (const instance of instances) {
      for (const { at, what, consequence } of strictConflicts(instance, globals)) {
        yield {
          at,
          message: `strict mode forbids ${what}`,
          related: [{ at: instance.strict.at, note: 'strict mode' }],
          help: consequence,
        };
      }
    }
  },
});
