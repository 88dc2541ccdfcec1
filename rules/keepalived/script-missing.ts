import { rule } from '../../src/lint/rule.ts';
import { lostScripts } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'script-missing',
  severity: 'warning',
  summary: 'The file that a command runs is not there, or cannot be run',
  why: `
keepalived looks for the file of a check when it starts. Where there is none, or it has no execute bit, the check is *disabled*, not
failed: one line in the log, and the instance runs without it. The node keeps its address when the service dies. A
\`notify\` script that is not there is left out as well.

This is said where the files at hand include the folder in which the script should be (\`lb1/etc/keepalived/…\` or the machine’s own
\`/etc\`). Where that folder holds no other script, it may have been left out of the copy, and the finding is a note. Execute
bits count only where some script at hand has one: many ways of copying lose them.
`,
  sources: [
    'keepalived: lib/notify.c, check_script_secure() and find_path(); vrrp/vrrp_track.c, check_track_script_secure()',
    'keepalived issues 901 and 2184',
  ],
  bad: [
    {
      title: 'Renamed on disk',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/etc/keepalived/check_nginx.sh"
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ /etc/keepalived/check_nginx.sh is not there: keepalived drops the check
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
        'lb1/etc/keepalived/chk_nginx.sh': `
          #!/bin/sh
          pidof nginx
        `,
      },
    },
  ],
  good: [
    {
      title: 'It is there; another one is outside of what is at hand',
      files: {
        'lb1/etc/keepalived/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/etc/keepalived/check_nginx.sh 80"
              user root
          }
          vrrp_script chk_disk {
              script "/opt/monitoring/check_disk -w 10"
              user root
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              track_script {
                  chk_nginx
                  chk_disk
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/etc/keepalived/check_nginx.sh': `
          #!/bin/sh
          pidof nginx
        `,
      },
    },
  ],
  *check(model) {
    for (const { script, path, fault, certain, file } of lostScripts(model)) {
      const consequence = script.use === 'notify' ? 'nobody is told' : 'keepalived drops the check';
      yield {
        at: script.at,
        message: `${path.length > 45 ? `…${path.slice(-44)}` : path} is ${fault === 'missing' ? 'not there' : fault}: ${consequence}`,
        related: file ? [{ at: file, note: 'this file' }] : [],
        help:
          fault === 'missing'
            ? 'give the path of the file, or put it there on every node'
            : 'make it executable: chmod +x',
        severity: certain ? 'warning' : 'info',
      };
    }
  },
});
