import { rule } from '../../src/lint/rule.ts';
import { stoppedServiceOf } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'backup-stops-checked-service',
  severity: 'error',
  summary: 'Becoming BACKUP stops the service that a check of the same node asks for',
  why: `
Every instance starts as BACKUP, \`state MASTER\` or not. \`notify_backup\`, or \`notify\` with BACKUP as its third word, then stops
the service, and the check that looks for it fails: without a weight the node goes to FAULT, where it never takes over, and so does every node with this configuration, so
that nobody has the address. With a weight a waiting node is always worth less than it could be: a master whose service dies
stays master.

Leave the service running on all nodes, listening on all addresses or with \`net.ipv4.ip_nonlocal_bind\`. Where it may run on one node
only, let the check pass on a node that is not master: a notify script can write the state into a file for it.
`,
  sources: [
    'keepalived: vrrp/vrrp_notify.c, send_instance_notifies() and notify_script_exec(); vrrp/vrrp_track.c, down_instance()',
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
    {
      title: 'One script for all states',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
              enable_script_security
          }
          vrrp_script chk_nginx {
              script "/etc/keepalived/check-nginx.sh"
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
              notify /etc/keepalived/notify.sh
          }
        `,
        'lb1/check-nginx.sh': `
          #!/bin/sh
          if ! pgrep -x nginx >/dev/null 2>&1; then
              exit 1
          fi
          exit 0
        `,
        'lb1/notify.sh': `
          #!/bin/bash
          TYPE=$1
          NAME=$2
          STATE=$3
          log() {
              logger -t "$NAME" "$1"
          }
          case $STATE in
              "MASTER")
                  log "master"
                  systemctl start nginx
                  exit 0
                  ;;
              "BACKUP" | "FAULT")
                  log "no master"
                  systemctl stop nginx
                  ^^^^^^^^^^^^^^^^^^^^ becoming BACKUP stops nginx, and chk_nginx then fails
                  exit 0
                  ;;
              *)
                  log "unknown state"
                  exit 1
                  ;;
          esac
        `,
      },
    },
    {
      title: 'By a signal, and by its own command',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
              enable_script_security
          }
          vrrp_script chk_nginx {
              script "/usr/bin/killall -0 nginx"
          }
          vrrp_script chk_haproxy {
              script "/usr/bin/pgrep -x haproxy"
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
          vrrp_instance VI_2 {
              interface eth0
              virtual_router_id 52
              virtual_ipaddress {
                  10.0.0.101/24
              }
              track_script {
                  chk_haproxy
              }
              notify_backup "/usr/bin/pkill -x haproxy"
                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^ becoming BACKUP stops haproxy, and chk_haproxy then fails
          }
        `,
        'lb1/backup.sh': `
          #!/bin/sh
          /usr/sbin/nginx -s quit 2>/dev/null
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ becoming BACKUP stops nginx, and chk_nginx then fails
        `,
      },
    },
    {
      title: 'The configuration says the state; a test and a function of the script decide',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
              enable_script_security
          }
          vrrp_script chk_haproxy {
              script "/usr/bin/pkill -0 haproxy"
              weight -30
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
              notify_master "/etc/keepalived/notify.sh master"
              notify_backup "/etc/keepalived/notify.sh backup"
          }
        `,
        'lb1/notify.sh': `
          #!/bin/sh
          service=haproxy
          stop() {
              systemctl stop "$service"
              ^^^^^^^^^^^^^^^^^^^^^^^^^ becoming BACKUP stops haproxy, and chk_haproxy then fails
          }
          if [ "$1" = master ]; then
              systemctl start "$service"
          else
              stop
          fi
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
      title: 'A script that stops it in other states, or may not, and one that starts it again',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
              enable_script_security
          }
          vrrp_script chk_nginx {
              script "/usr/bin/pgrep -x nginx"
          }
          vrrp_script chk_haproxy {
              script "/etc/keepalived/check-haproxy.sh"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_script {
                  chk_nginx
                  chk_haproxy
              }
              notify "/etc/keepalived/notify.sh"
              notify_backup "/etc/keepalived/role.sh backup"
              notify_fault "/etc/keepalived/role.sh fault"
          }
        `,
        'lb1/check-haproxy.sh': `
          #!/bin/sh
          pidof haproxy && exit 0
          haproxy -D -f /etc/haproxy/haproxy.cfg
          pidof haproxy || exit 1
        `,
        'lb1/notify.sh': `
          #!/bin/bash
          STATE=$3
          case $STATE in
              MASTER) systemctl restart nginx ;;
              FAULT | STOP) systemctl stop nginx ;;
              [Bb]ackup) systemctl stop nginx ;;
              BACKUP)
                  [ "$STATE" != BACKUP ] && systemctl stop nginx
                  [ "$2" = VI_2 ] && systemctl stop nginx
                  killall -9 haproxy
                  ;;
          esac
        `,
        'lb1/role.sh': `
          #!/bin/bash
          nginx -s stop
          /usr/sbin/nginx -c /etc/nginx/maintenance.conf
          pkill -HUP nginx
          role=$1
          read -r role < /run/role
          stop() { systemctl stop nginx; }
          if [ "$role" = backup ]; then
              stop
          elif [[ $1 == fault ]]; then
              stop
          fi
          test -z "$1" && stop
          for role in master backup; do
              case $role in backup) stop ;; esac
          done
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
