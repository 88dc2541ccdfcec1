import { rule } from '../../src/lint/rule.ts';
import { stoppedServiceOf } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'backup-stops-checked-service',
  severity: 'error',
  summary: 'Becoming BACKUP stops the service that a check of the same node asks for',
  why: `
Every instance starts as BACKUP, \`state MASTER\` or not. \`notify_backup\` then stops the service, and the check that looks for it
fails: without a weight the node goes to FAULT, where it never takes over, and so does every node with this configuration, so
that nobody has the address. With a weight a waiting node is always worth less than it could be: a master whose service dies
stays master.

Leave the service running on all nodes, listening on all addresses or with \`net.ipv4.ip_nonlocal_bind\`. Where it may run on one node
only, let the check pass on a node that is not master: a notify script can write the state into a file for it.
`,
  sources: [
    'keepalived: vrrp/vrrp_notify.c, send_instance_notifies(); vrrp/vrrp_track.c, down_instance()',
    'keepalived issues 731 and 2485',
  ],
  bad: [
    {
      title: 'No node ever becomes master',
      files: `
        global_defs {
            script_user root
            enable_script_security
        }
        vrrp_script chk_haproxy {
            script "/usr/bin/killall -0 haproxy"
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
            track_script {
                chk_haproxy
            }
            notify_master "/usr/bin/systemctl start haproxy"
            notify_backup "/usr/bin/systemctl stop haproxy"
                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ becoming BACKUP stops haproxy, and chk_haproxy then fails
        }
      `,
    },
    {
      title: 'In a script, for a tracked process',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
              enable_script_security
          }
          vrrp_track_process nginx {
              process nginx
              weight -60
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_process {
                  nginx
              }
              notify_backup /etc/keepalived/backup.sh
          }
        `,
        'lb1/backup.sh': `
          #!/bin/sh
          logger -t keepalived backup
          systemctl stop nginx.service
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ becoming BACKUP stops nginx, and nginx then fails
        `,
      },
    },
  ],
  good: [
    {
      title: 'Another service, another state, a restart, and a check that knows the state',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
              enable_script_security
          }
          vrrp_script chk_nginx {
              script "/usr/bin/pgrep -x nginx"
          }
          vrrp_script chk_jobs {
              script "/etc/keepalived/check-jobs.sh"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_script {
                  chk_nginx
                  chk_jobs
              }
              notify_master "/usr/bin/systemctl start jobs"
              notify_backup "/usr/bin/systemctl stop jobs"
              notify_fault "/usr/bin/systemctl stop nginx"
          }
          vrrp_instance VI_2 {
              interface eth1
              virtual_router_id 52
              virtual_ipaddress {
                  10.0.1.100/24
              }
              track_script {
                  chk_nginx
              }
              notify_backup /etc/keepalived/backup.sh
          }
        `,
        'lb1/check-jobs.sh': `
          #!/bin/sh
          test ! -e /run/keepalived-master || systemctl -q is-active jobs
        `,
        'lb1/backup.sh': `
          #!/bin/sh
          systemctl stop nginx
          systemctl start nginx
          if [ -e /run/drain ]; then
              killall -9 nginx
          fi
        `,
      },
    },
    {
      title: 'Only where it is wanted',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
              enable_script_security
          }
          vrrp_script chk_nginx {
              script "/usr/bin/pidof nginx"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_script {
                  chk_nginx
              }
              notify_backup /etc/keepalived/backup.sh
          }
        `,
        'lb1/backup.sh': `
          #!/bin/sh
          test -e /run/drain || exit 0
          systemctl stop nginx
        `,
      },
    },
  ],
  *check(model) {
    for (const instance of model.instances) {
      const found = stoppedServiceOf(model, instance);
      if (!found) continue;
      const { service, tracker, notify, at, asked, weight } = found;
      yield {
        at,
        message: `becoming BACKUP stops ${service}, and ${tracker.name.value} then fails`,
        related: [
          ...(at === notify.at
            ? []
            : [{ at: notify.at, note: 'keepalived runs it at every change to BACKUP' }]),
          { at: asked, note: `${tracker.name.value} asks for ${service}` },
        ],
        ...(weight === 0
          ? { help: 'the node then is in FAULT and never takes over: leave the service running on all nodes' }
          : {
              severity: 'warning' as const,
              help: 'a waiting node always has the lowered priority: leave the service running on all nodes',
            }),
      };
    }
  },
});
