import { rule } from '../../src/lint/rule.ts';
import { definitionsFor } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'defined-after-use',
  severity: 'error',
  summary: 'A check is defined below the block that tracks it, where keepalived does not find it',
  why: `
keepalived looks up the names of \`track_script\`, \`track_process\`, \`track_file\` and \`track_bfd\` while it reads the line. What is
defined further down does not exist yet: the log says "not found, ignoring", the daemon starts, and nothing is checked. Move the
definition above the instance or the group that uses it. With files included in the order of their names, that order decides.
`,
  sources: ['keepalived: vrrp/vrrp_track.c', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'The script comes last',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_nginx
                ^^^^^^^^^ chk_nginx is defined further down: keepalived does not find it here
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            user root
        }
      `,
    },
  ],
  good: [
    {
      title: 'global_defs may come last, and a group before its instances',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
        }
        vrrp_sync_group edge {
            group {
                VI_1
                VI_2
            }
            track_script {
                chk_nginx
            }
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth1
            virtual_router_id 52
            virtual_ipaddress {
                10.1.0.100/24
            }
        }
        global_defs {
            enable_script_security
            script_user root
        }
      `,
    },
  ],
  *check({ references }) {
    for (const use of references.uses) {
      const found = definitionsFor(references, use);
      const [first] = found;
      if (!use.earlier || !first || found.some(({ index }) => index < use.index)) continue;
      yield {
        at: use.name.at,
        message: `${use.name.value} is defined further down: keepalived does not find it here`,
        related: [{ at: first.name.at, note: 'it is defined here' }],
        help: `move ${first.statement.keyword!.name} ${use.name.value} above this block`,
      };
    }
  },
});
