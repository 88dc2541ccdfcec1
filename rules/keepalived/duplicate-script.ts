import { rule } from '../../src/lint/rule.ts';
import { duplicateDefinitions } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'duplicate-script',
  severity: 'warning',
  summary: 'Two checks have one name, and only the first is ever used',
  why: `
keepalived does not look for equal names of \`vrrp_script\`, \`vrrp_track_process\`, \`track_file\` and \`virtual_server_group\`. A list
that names one gets the first; the second is removed at start as unused, with a line in the log and none from \`keepalived -t\`.
`,
  sources: [
    'keepalived: vrrp/vrrp_data.c, find_script_by_name()',
    'keepalived 2.2.7: "script … is not used"',
  ],
  bad: [
    {
      title: 'The second check never runs',
      files: `
        vrrp_script check {
            script "/usr/bin/pgrep nginx"
            user root
        }
        vrrp_script check {
                    ^^^^^ another vrrp_script has the name check: this one is never used
            script "/usr/bin/curl -sf http://127.0.0.1/"
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                check
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
      title: 'A script and a process may share a name',
      files: `
        vrrp_script nginx {
            script "/usr/bin/curl -sf http://127.0.0.1/"
            user root
        }
        vrrp_track_process nginx {
            process nginx
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                nginx
            }
            track_process {
                nginx
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check(model) {
    if (model.template) return;
    for (const { definition, first } of duplicateDefinitions(model)) {
      const { statement, name } = definition;
      if (statement.keyword!.repeat !== 'same-name-unchecked') continue;
      yield {
        at: name.at,
        message: `another ${statement.keyword!.name} has the name ${name.value}: this one is never used`,
        related: [{ at: first.name.at, note: 'this one is used' }],
      };
    }
  },
});
