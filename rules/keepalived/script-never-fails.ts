import { rule } from '../../src/lint/rule.ts';
import { asksForKeepalived, checkScripts, scriptEffect } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'script-never-fails',
  severity: 'warning',
  summary: 'A check ends with success whatever it finds',
  why: `
keepalived looks at the exit code of a check and at nothing else: 0 is success. What the script prints goes nowhere. A script that ends
with \`echo 1\`, with a bare \`exit 0\`, or with an \`if\` whose branches only print has the exit code of its last command, and that
is 0. The service dies, the check goes on passing, and the address stays. Exit with 1 where the service is down.

A check that asks whether keepalived runs is answered by the keepalived that runs it.

The text of the script is read, never run. Where its end depends on something that cannot be seen in it, nothing is said.
`,
  sources: [
    'keepalived.conf(5), vrrp_script',
    'keepalived: vrrp/vrrp_scheduler.c, vrrp_script_child_thread()',
    'POSIX, Shell Command Language, 2.8.2',
  ],
  bad: [
    {
      title: 'It prints what it should return',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/etc/keepalived/check.sh"
              user root
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              track_script {
                  chk_nginx
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/check.sh': `
          #!/bin/sh
          if pidof nginx >/dev/null; then
              echo 0
          else
              echo 1
              ^^^^^^ check.sh ends with 0 on every path: the check cannot fail
          fi
        `,
      },
    },
    {
      title: 'It asks for what runs it',
      files: `
        global_defs {
            script_user root
        }
        vrrp_script chk_service {
            script "/usr/bin/killall -0 keepalived"
                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ killall finds the keepalived that runs it: the check cannot fail
            interval 2
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_service
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
      title: 'It asks for a program of a like name, or tells who runs',
      files: `
        global_defs {
            script_user root
            enable_traps
        }
        vrrp_script chk_exporter {
            script "/usr/bin/killall -0 keepalived_exporter"
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_exporter
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
            notify_stop "/usr/bin/killall -0 keepalived"
        }
      `,
    },
    {
      title: 'It returns what it finds',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/etc/keepalived/check.sh"
              user root
          }
          vrrp_script chk_page {
              script "/etc/keepalived/page.sh"
              user root
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              track_script {
                  chk_nginx
                  chk_page
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/check.sh': `
          #!/bin/sh
          if ! pidof nginx >/dev/null; then
              echo "nginx is down" | logger -t check
              exit 1
          fi
          exit 0
        `,
        'lb1/page.sh': `
          #!/bin/bash
          set -e
          curl -fsS -m 2 -o /dev/null http://127.0.0.1/health
          echo fine
        `,
      },
    },
  ],
  *check(model) {
    for (const script of model.scripts) {
      if (!asksForKeepalived(script, model.globals.scriptUser?.value)) continue;
      yield {
        at: script.at,
        message: 'killall finds the keepalived that runs it: the check cannot fail',
        help: 'ask for the service: where keepalived does not run, no check does either',
      };
    }
    for (const check of checkScripts(model)) {
      const { name, text, script, place } = check;
      // One that kills keepalived, or mends the service, has its say in another way.
      if (text.ending !== 'success' || !text.last || scriptEffect(check)) continue;
      const at = place(text.last.at);
      yield {
        at,
        message: `${name} ends with 0 on every path: the check cannot fail`,
        related: at === script.at ? [] : [{ at: script.at, note: 'this check' }],
        help: 'end with `exit 1` where the service is down; what a check prints is not looked at',
      };
    }
  },
});
