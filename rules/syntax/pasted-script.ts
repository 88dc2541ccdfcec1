import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'pasted-script',
  severity: 'error',
  summary: 'A script stands in the file',
  why: `
A page showed the configuration and, below it, the script that it calls; both were copied into one file. \`#!\` is a comment to the
daemons, and the lines after it are words of the configuration: nginx refuses the first of them, keepalived skips each line and
reads on. The file that the configuration calls is often missing then.

Nor belongs the command to the file that a page writes it with, \`cat > keepalived.conf <<EOF\`, and the \`EOF\` at its end.
`,
  sources: ['nginx: ngx_conf_handler()', 'keepalived: lib/parser.c, process_stream()'],
  bad: [
    {
      title: 'The check below the configuration that runs it',
      files: `
        global_defs {
            enable_script_security
            script_user root
        }
        vrrp_script web {
            script /etc/keepalived/web.sh
            interval 2
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
            track_script {
                web
            }
        }
        # /etc/keepalived/web.sh
        #!/bin/bash
        ^^^^^^^^^^^ a script stands here, and each line of it is read as configuration
        if [ $(ps -C nginx --no-header | wc -l) -eq 0 ]; then
            systemctl start nginx
            sleep 2
        fi
      `,
    },
    {
      title: 'What a page said to paste into a shell',
      files: `
        cat > /etc/keepalived/keepalived.conf <<EOF
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the command that writes the file stands in it
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        EOF
        systemctl restart keepalived
      `,
    },
  ],
  good: [
    {
      title: 'A script that is commented out, and the name of one',
      files: `
        #!/usr/sbin/keepalived -f
        global_defs {
            router_id lb1
        }
        #!/bin/sh
        # killall -0 nginx
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check(syntax) {
    for (const { at, what, edits = [] } of ofKind(syntax, 'pasted-script')) {
      yield what === 'heredoc'
        ? {
            at,
            message: 'the command that writes the file stands in it',
            fix: { title: 'remove the lines of the shell', safe: false, edits },
          }
        : {
            at,
            message: 'a script stands here, and each line of it is read as configuration',
            fix: { title: 'remove it', safe: false, edits },
            help: 'move it to a file of its own, which root owns and may run',
          };
    }
  },
});
