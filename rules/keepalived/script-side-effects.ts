import { rule } from '../../src/lint/rule.ts';
import { checkScripts, scriptEffect, sideEffect } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'script-side-effects',
  severity: 'warning',
  summary: 'A check changes what it checks',
  why: `
A check runs every few seconds and should only look. One that restarts the service hides the fault for a while, races with systemd,
and reports success while users get errors. One that stops or kills keepalived gives up every address of the node, those of healthy
services too, and does not come back when the service does. Let the check fail: keepalived moves the address, and takes it
back later. Restarting is systemd’s job (\`Restart=on-failure\`).
`,
  sources: ['keepalived.conf(5), vrrp_script', 'systemd.service(5), Restart='],
  bad: [
    {
      title: 'It restarts what it should watch, and kills its own daemon',
      files: `
        vrrp_script chk_nginx {
            script "/bin/sh -c 'pidof nginx || systemctl restart nginx'"
                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this check runs: systemctl restart nginx
            user root
        }
        vrrp_script chk_haproxy {
            script "/bin/sh -c 'killall -0 haproxy || killall keepalived'"
                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this check runs: killall keepalived
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_nginx
                chk_haproxy
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'The script of many tutorials',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/etc/keepalived/check_nginx.sh"
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
        'lb1/check_nginx.sh': `
          #!/bin/bash
          # never: systemctl restart nginx
          A=$(ps -C nginx --no-headers | wc -l)
          if [ $A -eq 0 ]; then
              echo "systemctl start nginx"
              systemctl start nginx
              ^^^^^^^^^^^^^^^^^^^^^ this check runs: systemctl start nginx
              sleep 2
              if [ $(ps -C nginx --no-headers | wc -l) -eq 0 ]; then
                  exit 1
              fi
          fi
        `,
      },
    },
  ],
  good: [
    {
      title: 'Signal 0 only asks, and a notify script may act',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/killall -0 nginx"
            user root
        }
        vrrp_script chk_unit {
            script "/usr/bin/systemctl is-active --quiet restart-helper"
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_nginx
                chk_unit
            }
            notify_backup "/usr/bin/systemctl stop jobs" root
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const check of checkScripts(model)) {
      const effect = scriptEffect(check);
      // What stands in the command itself is found there.
      if (!effect || sideEffect(check.script) !== undefined) continue;
      yield {
        at: check.place(effect.at),
        message: `this check runs: ${effect.what.length > 60 ? `${effect.what.slice(0, 57)}...` : effect.what}`,
        related: [{ at: check.script.at, note: 'keepalived runs it as a check' }],
        help: 'a check should only look: let it fail, and leave restarting to systemd',
      };
    }
    for (const script of model.scripts) {
      const what = script.use === 'notify' ? undefined : sideEffect(script);
      if (what === undefined) continue;
      yield {
        at: script.at,
        message: `this check runs: ${what.length > 60 ? `${what.slice(0, 57)}...` : what}`,
        help: 'a check should only look: let it fail, and leave restarting to systemd',
      };
    }
  },
});
