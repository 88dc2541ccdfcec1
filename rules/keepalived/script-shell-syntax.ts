import { rule } from '../../src/lint/rule.ts';
import { commandFault } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'script-shell-syntax',
  severity: 'error',
  summary: 'A command is written for a shell, and keepalived runs it without one',
  why: `
keepalived starts the program itself. \`|\`, \`&&\`, \`>\`, \`$( )\` and backquotes are passed to it as plain arguments:
\`kill -0 $(cat /run/nginx.pid)\` fails for ever, \`pidof nginx || systemctl start nginx\` never starts anything. Put the line into a script file, or
write \`/bin/sh -c '…'\`. Only \`pidof nginx > /dev/null || exit 1\` does what was meant, as one running name is enough for it: a warning.

The command and its arguments are *one* word, so quotes must hold them together. In \`vrrp_script\` and \`MISC_CHECK\` what stands after
the first word is dropped; in \`notify_master\` and its kind it is the user and the group to run as, and when that user does not
exist the script is not run.

A path that does not begin with \`/\` is looked up from the folder that keepalived runs in, a name without \`/\` in its PATH.
`,
  sources: [
    'keepalived: lib/notify.c, set_script_params_array() and system_call_script()',
    'keepalived.conf(5), vrrp_script: "… and optional arguments"',
    'keepalived 2.2.7: `touch a && touch b` made a file named &&',
  ],
  bad: [
    {
      title: 'A pipe, arguments outside of the quotes',
      files: `
        global_defs {
            enable_script_security
            script_user root
        }
        vrrp_script chk_nginx {
            script "/usr/bin/pidof nginx || exit 1"
                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ || is passed to /usr/bin/pidof as an argument: there is no shell
        }
        vrrp_script chk_haproxy {
            script /usr/bin/killall -0 haproxy
                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^ only /usr/bin/killall is run: the words after it are dropped
        }
        vrrp_script chk_pid {
            script "./check.sh"
                   ^^^^^^^^^^^^ ./check.sh is looked up from the folder that keepalived runs in
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_nginx
                chk_haproxy
                chk_pid
            }
            notify_master /etc/keepalived/notify.sh MASTER
                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ MASTER is taken for the user to run /etc/keepalived/notify.sh as
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'Quotes that a template escaped, around several words',
      files: `
        vrrp_script chk_nginx {
            script \\"/usr/bin/pgrep nginx\\"
                   ^^^^^^^^^^^^^^^^^^^^^^^^ a quote of this command never closes: keepalived drops the command
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
  ],
  good: [
    {
      title: 'A shell that is asked for, nested quotes, a user after a notify script, signs inside of words',
      files: `
        vrrp_script chk_nginx {
            script "/bin/sh -c 'pidof nginx > /dev/null || exit 1'"
            user root
        }
        vrrp_script chk_page {
            script "/usr/bin/curl -sf 'http://127.0.0.1/check?a=1&b=2'"
            user root
        }
        vrrp_script chk_template {
            script \\"/usr/local/bin/check.sh\\"
            user root
        }
        vrrp_script chk_escape {
            script "/bin/bash -c \\"systemctl is-active nginx && test -f /run/nginx.pid\\""
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_nginx
                chk_page
                chk_escape
                chk_template
            }
            notify_master "/etc/keepalived/notify.sh MASTER" root root
            notify_backup "/etc/keepalived/notify.sh BACKUP" keepalived_script
            notify /etc/keepalived/notify.sh
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ scripts }) {
    for (const script of scripts) {
      const fault = commandFault(script);
      if (!fault) continue;
      const [program] = script.argv;
      const name = program && program.length <= 32 ? program : 'the program';
      const messages = {
        open: 'a quote of this command never closes: keepalived drops the command',
        shell: `${fault.word} is passed to ${name} as an argument: there is no shell`,
        first: `${fault.word} is for a shell, and there is none`,
        dropped: `only ${name} is run: the words after it are dropped`,
        user: `${fault.word} is taken for the user to run ${name} as`,
        surplus: `${fault.word} is ignored: only a user and a group follow the command`,
        relative: `${name} is looked up from the folder that keepalived runs in`,
        path: `${name} is looked up in PATH`,
        home: `${name} is no path: ~ is for a shell`,
      };
      const helps = {
        open: 'put the command and its arguments into one pair of double quotes',
        shell: "put it into a script, or write /bin/sh -c '…'",
        first: "put it into a script, or write /bin/sh -c '…'",
        dropped: 'put the command and its arguments into one pair of double quotes',
        user: 'put the command and its arguments into one pair of double quotes',
        surplus: 'put the command and its arguments into one pair of double quotes',
        relative: 'write the whole path',
        path: 'write the whole path',
        home: 'write the whole path',
      };
      const quotable = (fault.kind === 'dropped' || fault.kind === 'user') && !script.raw.includes('"');
      yield {
        at: script.at,
        message: messages[fault.kind],
        help: helps[fault.kind],
        ...(fault.harmless || fault.kind === 'path' || fault.kind === 'surplus'
          ? { severity: 'warning' as const }
          : {}),
        ...(quotable
          ? {
              fix: {
                title: 'put it in double quotes',
                safe: false,
                // Around the command, not instead of it: it may hold a password, and edits are printed.
                edits: [script.at.start, script.at.end].map((offset) => ({
                  source: script.at.source,
                  start: offset,
                  end: offset,
                  text: '"',
                })),
              },
            }
          : {}),
      };
    }
  },
});
