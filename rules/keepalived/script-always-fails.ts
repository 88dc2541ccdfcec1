import { rule } from '../../src/lint/rule.ts';
import { checkScripts, commandSlip, scriptEffect, unaskable } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'script-always-fails',
  severity: 'warning',
  summary: 'A check fails however well the service is',
  why: `
A slip in a check makes it fail for a reason of its own: \`systemctl is-active --quite nginx\` ends with "unrecognized option",
\`kilall -0 nginx\` with "command not found". Without a weight the instance stays in FAULT on every node that has the same script,
and nobody holds the address; with a weight all nodes lose the same points, and the check decides nothing.

The same happens where \`killall -0\`, \`pkill -0\` or \`kill -0\` runs as \`keepalived_script\`: asking with a signal takes the right to send
one, which that account has for no other account's processes.
`,
  sources: [
    'keepalived.conf(5), vrrp_script',
    'systemctl(1), killall(1), pgrep(1), kill(2)',
    'POSIX, Shell Command Language, 2.8.2',
  ],
  bad: [
    {
      title: 'An account that may not ask',
      files: `
        global_defs {
            script_user keepalived_script
            enable_script_security
        }
        vrrp_script chk_nginx {
            script "/usr/bin/killall -0 nginx"
                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^ this check always fails: keepalived_script may not signal nginx
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
    },
    {
      title: 'The same in scripts',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user keepalived_script
              enable_script_security
          }
          vrrp_script chk_nginx {
              script "/etc/keepalived/check-nginx.sh"
          }
          vrrp_script chk_haproxy {
              script "/etc/keepalived/check-haproxy.sh"
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
        'lb1/check-nginx.sh': `
          #!/bin/sh
          if ! killall -0 nginx 2>/dev/null; then
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this check always fails: keepalived_script may not signal nginx
              exit 1
          fi
        `,
        'lb1/check-haproxy.sh': `
          #!/bin/sh
          kill -0 "$(cat /run/haproxy.pid)" || exit 1
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this check always fails: keepalived_script may not signal a process of another account
        `,
      },
    },
    {
      title: 'An option that does not exist',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/systemctl is-active --quite nginx"
                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this check always fails: systemctl has no option --quite
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
    },
    {
      title: 'A program that does not exist',
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
          kilall -0 nginx || exit 1
          ^^^^^^ this check always fails: there is no program kilall
        `,
      },
    },
  ],
  good: [
    {
      title: 'Root may ask with a signal, and anybody may look',
      files: `
        global_defs {
            script_user keepalived_script
            enable_script_security
        }
        vrrp_script chk_nginx {
            script "/usr/bin/killall -0 nginx"
            user root
        }
        vrrp_script chk_haproxy {
            script "/usr/bin/pgrep haproxy"
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
      title: 'Asked as root, or only to be sure',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user keepalived_script
              enable_script_security
          }
          vrrp_script chk_nginx {
              script "/etc/keepalived/check-nginx.sh"
          }
          vrrp_script chk_haproxy {
              script "/etc/keepalived/check-haproxy.sh"
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
        'lb1/check-nginx.sh': `
          #!/bin/sh
          sudo -n killall -0 nginx || exit 1
        `,
        'lb1/check-haproxy.sh': `
          #!/bin/sh
          pgrep -x haproxy > /dev/null && exit 0
          killall -0 haproxy
        `,
      },
    },
    {
      title: 'Options that exist, and a slip that nothing hangs on',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/usr/bin/systemctl is-active --quiet nginx"
              user root
          }
          vrrp_script chk_page {
              script "/etc/keepalived/check.sh"
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
          killall5() { :; }
          curl -fsS --max-time 2 --silen -o /dev/null http://127.0.0.1/ && exit 0
          pgrep --exact nginx || exit 1
        `,
      },
    },
  ],
  *check(model) {
    const help = 'the check decides nothing, or keeps every node in FAULT';
    for (const script of model.scripts) {
      const slip = script.use === 'notify' ? undefined : commandSlip(script);
      if (slip) {
        yield {
          at: slip.at,
          message: `this check always fails: ${slip.says}`,
          help: `did you mean ${slip.meant}? as it is, ${help}`,
        };
      }
    }
    for (const script of model.scripts) {
      const found = unaskable(model, script, model.globals.scriptUser?.value);
      if (!found) continue;
      const { account, process, at } = found;
      yield {
        at,
        message: `this check always fails: ${account} may not signal ${process ?? 'a process of another account'}`,
        related: at === script.at ? [] : [{ at: script.at, note: 'this check' }],
        help: 'use track_process or pgrep, which need no right to it, or give the script `user root`',
      };
    }
    for (const check of checkScripts(model)) {
      const { name, text, script, place } = check;
      if (text.ending !== 'failure' || scriptEffect(check)) continue;
      const [slip] = text.slips;
      const cause = slip?.at ?? text.last?.at;
      if (!cause) continue;
      const at = place(cause);
      yield {
        at,
        message: slip
          ? `this check always fails: ${slip.says}`
          : `${name} never ends with 0: the check always fails`,
        related: at === script.at ? [] : [{ at: script.at, note: 'this check' }],
        help: slip ? `did you mean ${slip.meant}? as it is, ${help}` : help,
      };
    }
  },
});
