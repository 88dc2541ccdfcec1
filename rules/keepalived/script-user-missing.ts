import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { statementsOf } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'script-user-missing',
  severity: 'warning',
  summary: 'Scripts run as an account that need not exist',
  why: `
With \`enable_script_security\` a script without a user of its own runs as \`script_user\`, and without that as \`keepalived_script\`. No
package creates that account. When it does not exist keepalived removes the script with a line in the log: the node runs without
the check. Write \`script_user\`, or \`user\` in the script, or create the account
(\`useradd -r -s /usr/sbin/nologin keepalived_script\`).
`,
  sources: [
    'keepalived: lib/notify.c, set_default_script_user()',
    'keepalived.conf(5), script_user',
    'keepalived 2.2.7 with -t',
  ],
  absence: true,
  bad: [
    {
      title: 'Security is on, and nobody is named',
      files: `
        global_defs {
            enable_script_security
            ^^^^^^^^^^^^^^^^^^^^^^ no script_user: chk_nginx runs as keepalived_script, if that exists
        }
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
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
      title: 'Each script names its user',
      files: `
        global_defs {
            enable_script_security
        }
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_nginx
            }
            notify_master "/usr/local/bin/tell" nobody
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ globals: { scriptSecurity, scriptUser }, scripts, statements }) {
    const orphan = scripts.find(({ user }) => user === undefined);
    if (!scriptSecurity || scriptUser || !orphan) return;
    const name = orphan.use === 'track' ? orphan.owner?.args[0]?.text : orphan.statement.keyword!.name;
    yield {
      at: scriptSecurity,
      message: `no script_user: ${name ?? 'a script'} runs as keepalived_script, if that exists`,
      related: [{ at: orphan.at, note: 'this has no user of its own' }],
      grounds: [
        statementsOf(statements, 'global_defs').map(({ directive }) => ({
          ...headSpan(directive),
          lacks: 'script_user',
        })),
      ],
      help: 'write script_user here, or user in the script',
    };
  },
});
