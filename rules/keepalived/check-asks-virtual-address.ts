import { rule } from '../../src/lint/rule.ts';
import { selfAsking } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'check-asks-virtual-address',
  severity: 'error',
  summary: 'A check connects to the virtual address, where the master answers and not its own node',
  why: `
Whoever asks the virtual address asks the master. On a waiting node such a check passes as long as the *other* node is well, and when
the service of the master dies, it fails on all nodes alike: with a weight they all lose the same points, and nothing moves.

Without a weight it is worse. Before there is a master nobody answers, so that the check fails on every node; its first result counts
at once, whatever \`fall\` says, the instances go to FAULT, and nobody ever becomes master.

Ask for 127.0.0.1 or an address of the node itself. A look at the way of the clients belongs into monitoring; in a check let it depend on
whether the node holds the address, as in \`ip -4 addr | grep -q 10.0.0.100 || exit 0\`.
`,
  sources: [
    'keepalived: vrrp/vrrp_scheduler.c, vrrp_script_child_thread(); vrrp/vrrp_track.c, down_instance()',
    'keepalived 2.2.7 with such a check: Entering FAULT STATE, and no other',
  ],
  bad: [
    {
      title: 'Nobody becomes master',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
              enable_script_security
          }
          vrrp_script chk_port {
              script "/usr/bin/nc -z -w 2 10.0.0.100 80"
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this check asks 10.0.0.100, where nobody answers before there is a master
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_script {
                  chk_port
              }
          }
        `,
      },
    },
    {
      title: 'A weight that all nodes lose together',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
              enable_script_security
          }
          vrrp_script chk_page {
              script "/etc/keepalived/check.sh 10.0.0.100"
              weight -30
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_script {
                  chk_page
              }
          }
        `,
        'lb1/check.sh': `
          #!/bin/bash
          pgrep -x nginx > /dev/null || exit 1
          url=https://$1:443/
          curl -skL -m 2 "$url" -o /dev/null
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this check asks 10.0.0.100, and so the master, not its own node
          if [ $? -ne 0 ]; then
              exit 1
          fi
        `,
      },
    },
  ],
  good: [
    {
      title: 'Only where the address is, another address, and another instance that needs this one',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
              enable_script_security
          }
          vrrp_script chk_page {
              script "/etc/keepalived/check.sh 10.0.0.100"
          }
          vrrp_script chk_own {
              script "/usr/bin/curl -fs -m 2 -o /dev/null http://10.0.0.10/"
          }
          vrrp_script chk_store {
              script "/usr/bin/redis-cli -h 10.0.1.100 ping"
              weight -30
          }
          vrrp_script chk_proxy {
              script "/usr/bin/curl -fs -m 2 --connect-to ::127.0.0.1: http://10.0.0.100/"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24
              }
              track_script {
                  chk_page
                  chk_own
                  chk_store
                  chk_proxy
              }
          }
          vrrp_instance VI_2 {
              interface eth1
              virtual_router_id 52
              virtual_ipaddress {
                  10.0.1.100/24
              }
              track_script {
                  chk_own
              }
          }
        `,
        'lb1/check.sh': `
          #!/bin/sh
          curl -fs -m 2 -o /dev/null http://127.0.0.1/ || exit 1
          if ip -4 addr show | grep -q "$1"; then
              curl -fs -m 2 -o /dev/null "http://$1/" || exit 1
          fi
        `,
      },
    },
  ],
  *check(model) {
    for (const instance of model.instances) {
      for (const { address, at, script, tracker, weight } of selfAsking(model, instance)) {
        const isFault = weight === 0;
        yield {
          at,
          message: isFault
            ? `this check asks ${address}, where nobody answers before there is a master`
            : `this check asks ${address}, and so the master, not its own node`,
          ...(isFault ? {} : { severity: 'warning' as const }),
          related: [
            ...(at === script.at ? [] : [{ at: script.at, note: 'keepalived runs it as a check' }]),
            { at: tracker.name.at, note: `tracked by the instance of ${address}` },
          ],
          help: isFault
            ? 'each node starts in FAULT and stays there: ask an address of the node itself'
            : 'it fails on all nodes at once, and nothing moves: ask an address of the node itself',
        };
      }
    }
  },
});
