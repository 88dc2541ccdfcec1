import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { statementsOf } from '../../src/model/keepalived/index.ts';

/** Folders in which others than root can put or replace files. */
const open = /^(?:\/tmp|\/var\/tmp|\/dev\/shm|\/home\/[^/]+)\//;

export default rule({
  scope: 'keepalived',
  id: 'script-security',
  severity: 'info',
  risk: 7.0,
  summary: 'Scripts may be replaced by somebody who is not root',
  why: `
keepalived runs as root, and so do its scripts unless told otherwise. Whoever can write to a script, or to a folder on its path, is
root within seconds. \`enable_script_security\` makes keepalived refuse such scripts; without it \`keepalived -t\` ends with status 6,
"SECURITY VIOLATION", whatever else is right. Add \`script_user\` with it, or the account \`keepalived_script\` must exist.

A script below \`/tmp\`, \`/home\` and the like is a warning: with script security it is not run, without it it is an open door.
`,
  sources: [
    'keepalived: lib/notify.c, check_script_secure()',
    'keepalived.conf(5), enable_script_security',
    'keepalived 2.2.7 with -t',
  ],
  absence: true,
  bad: [
    {
      title: 'Not switched on, and a script that anybody can put there',
      files: `
        vrrp_script chk_nginx {
            script "/tmp/check_nginx.sh"
                   ^^^^^^^^^^^^^^^^^^^^^ others than root can replace a script in /tmp
            user root
        }
        vrrp_script chk_page {
            script "/usr/bin/curl -sf http://127.0.0.1/"
                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ scripts run without enable_script_security
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
    },
  ],
  good: [
    {
      title:
        'Switched on, a file in /tmp that a system program looks at, and a folder that is usually of root',
      files: `
        global_defs {
            enable_script_security
            script_user root
        }
        vrrp_script drained {
            script "/usr/bin/test ! -e /tmp/drain"
        }
        vrrp_script chk_page {
            script "/var/www/check-page.sh"
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                drained
                chk_page
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ globals, scripts, statements }) {
    const exposed = scripts.filter(({ argv }) =>
      argv.some((word, index) => index < 2 && isScript(word, index)),
    );
    for (const { at, argv } of exposed) {
      const path = argv.find((word, index) => isScript(word, index))!;
      yield {
        at,
        message: `others than root can replace a script in ${open.exec(path)![0].slice(0, -1)}`,
        severity: 'warning',
        help: 'move it to /usr/local/libexec or /etc/keepalived, owned by root',
      };
    }
    const [first] = scripts.filter((script) => !exposed.includes(script));
    if (!globals.scriptSecurity && first) {
      yield {
        at: first.at,
        message: 'scripts run without enable_script_security',
        grounds: [
          [
            ...statementsOf(statements, 'global_defs').map(({ directive }) => ({
              ...headSpan(directive),
              lacks: 'enable_script_security',
            })),
          ],
        ],
        help: 'write enable_script_security and script_user in global_defs',
      };
    }
  },
});

/** The program itself, or the script that an interpreter is given. */
const isScript = (word: string, index: number): boolean =>
  open.test(word) && (index === 0 || /\.(?:sh|bash|py|pl|rb)$/.test(word));
