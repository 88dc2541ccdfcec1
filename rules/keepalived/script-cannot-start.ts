import { rule } from '../../src/lint/rule.ts';
import { stuckScripts } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'script-cannot-start',
  severity: 'error',
  summary: 'A script has no first line by which the kernel can start it',
  why: `
keepalived starts a script by itself, without a shell, so that the first line has to name the interpreter: \`#!/bin/sh\`. In a file with the
line ends of Windows that name ends with a carriage return, and there is no such program; after a byte order mark \`#!\` is not at the
beginning. The start fails, and keepalived takes that for **success**: the check passes whatever happens to the service, and no line in
the log tells of it. A \`notify\` script is simply not run. Run by hand, a file without \`#!\` works, because there the shell helps out.

Whether it works without \`#!\` depends on how keepalived was built: with libmagic it says so in the log and asks a shell; without, as in
Debian and Ubuntu, it does not. Behind \`#!/usr/bin/env bash\` or \`#!/bin/sh -e\` the carriage return makes the script fail each time.
`,
  sources: [
    'keepalived: lib/notify.c, system_call() and check_script_secure(); keepalived 2.2.7 with such scripts',
    'keepalived issues 1266 and 1267',
    'execve(2), ENOEXEC and ENOENT',
  ],
  bad: [
    {
      title: 'Edited on Windows',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/etc/keepalived/check_nginx.sh"
              user root
          }
          vrrp_script chk_page {
              script "/etc/keepalived/check_page.sh"
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
        'lb1/check_nginx.sh': `
          #!/bin/bash\r
          ^^^^^^^^^^^ with line ends of Windows check_nginx.sh cannot start: the check always passes
          pidof nginx || exit 1\r
        `,
        'lb1/check_page.sh': `
          #!/usr/bin/env bash\r
          ^^^^^^^^^^^^^^^^^^^ with line ends of Windows check_page.sh cannot start: the check always fails
          curl -fsS -m 2 -o /dev/null http://127.0.0.1/health\r
        `,
      },
      fixed: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/etc/keepalived/check_nginx.sh"
              user root
          }
          vrrp_script chk_page {
              script "/etc/keepalived/check_page.sh"
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
        'lb1/check_nginx.sh': `
          #!/bin/bash
          pidof nginx || exit 1
        `,
        'lb1/check_page.sh': `
          #!/usr/bin/env bash
          curl -fsS -m 2 -o /dev/null http://127.0.0.1/health
        `,
      },
    },
    {
      title: 'No interpreter',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
          }
          vrrp_script chk_mysql {
              script "/etc/keepalived/check_mysql.sh"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              track_script {
                  chk_mysql
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
              notify_master /etc/keepalived/master.sh
          }
        `,
        'lb1/check_mysql.sh': `
          # Is it there?
          ^^^^^^^^^^^^^^ check_mysql.sh has no #! at its start: keepalived without libmagic does not run it
          mysqladmin ping || exit 1
        `,
        'lb1/master.sh': `
          #/bin/bash
          ^^^^^^^^^^ master.sh has no #! at its start: keepalived without libmagic does not run it
          systemctl start jobs
        `,
      },
    },
  ],
  good: [
    {
      title: 'A shell is asked to read it, or there is an interpreter',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/bin/sh /etc/keepalived/check_nginx.sh"
              user root
          }
          vrrp_script chk_page {
              script "/etc/keepalived/check_page"
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
        'lb1/check_nginx.sh': `
          pidof nginx || exit 1
        `,
        'lb1/check_page': `
          #! /usr/bin/perl -w\r
          exit 1;\r
        `,
      },
    },
  ],
  *check(model) {
    for (const { script, name, fault, fails, firstLine, signs } of stuckScripts(model)) {
      const result =
        script.use === 'notify'
          ? 'nobody runs it'
          : fails
            ? 'the check always fails'
            : 'the check always passes';
      const related = [{ at: script.at, note: 'keepalived starts it without a shell' }];
      if (fault === 'bare') {
        yield {
          at: firstLine,
          severity: 'warning',
          message: `${name} has no #! at its start: keepalived without libmagic does not run it`,
          related,
          help: `${script.use === 'notify' ? '' : `${result} then: `}begin it with #!/bin/sh, or with the shell it is written for`,
        };
        continue;
      }
      yield {
        at: firstLine,
        message: `with ${fault === 'mark' ? 'a byte order mark' : 'line ends of Windows'} ${name} cannot start: ${result}`,
        related,
        fix: {
          title: fault === 'mark' ? 'take the byte order mark away' : 'give it the line ends of Linux',
          safe: true,
          edits: signs.map((sign) => ({ ...sign, text: '' })),
        },
      };
    }
  },
});
