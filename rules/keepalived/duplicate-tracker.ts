import { rule } from '../../src/lint/rule.ts';
import {
  awaitedTwice,
  awaitsScriptsTwice,
  repeatedTrackers,
  syncGroupOf,
} from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'duplicate-tracker',
  severity: 'warning',
  summary: 'A block tracks the same thing twice',
  why: `
keepalived drops the second and reports an error, so that its weight never counts. Keep the line with the weight that is meant.

A script that a sync group and one of its members both track, with no weight, is worse: keepalived 2.2.7 says nothing with \`-t\`, and when
it runs it waits for two first results and gets one. The member stays in FAULT and takes the whole group with it: no node ever
carries the addresses.
`,
  sources: ['keepalived: vrrp/vrrp_track.c', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'Two weights',
      files: `
        vrrp_track_process nginx {
            process nginx
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_process {
                nginx weight -20
                nginx weight -60
                ^^^^^ nginx is tracked twice: this one does not count
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'A script of the sync group once more in its member',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            user root
        }
        vrrp_sync_group VG {
            group {
                OUT
                IN
            }
            track_script {
                chk_nginx
            }
        }
        vrrp_instance OUT {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_nginx
                ^^^^^^^^^ the sync group tracks chk_nginx, too: 2.2.7 stays in FAULT for ever
            }
            virtual_ipaddress {
                192.0.2.10/24
            }
        }
        vrrp_instance IN {
            interface eth1
            virtual_router_id 52
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Scripts of the group, and another one of a member',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            user root
        }
        vrrp_script chk_route {
            script "/usr/bin/ping -c 1 -W 1 192.0.2.1"
            user root
        }
        vrrp_sync_group VG {
            group {
                OUT
                IN
            }
            track_script {
                chk_nginx
            }
        }
        vrrp_instance OUT {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_route
            }
            virtual_ipaddress {
                192.0.2.10/24
            }
        }
        vrrp_instance IN {
            interface eth1
            virtual_router_id 52
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'One name, two things',
      files: `
        vrrp_track_process nginx {
            process nginx
        }
        vrrp_script nginx {
            script "/usr/bin/curl -sf http://127.0.0.1/"
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_process {
                nginx
            }
            track_script {
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
    for (const { at, name, first } of repeatedTrackers(model)) {
      yield {
        at,
        message: `${name} is tracked twice: this one does not count`,
        related: [{ at: first, note: 'this one counts' }],
      };
    }
    for (const instance of model.instances) {
      const awaited = awaitedTwice(model, instance);
      if (awaited && (!model.version || awaitsScriptsTwice(model.version))) {
        const { own, shared } = awaited;
        yield {
          at: own.name.at,
          severity: 'error',
          message: `the sync group tracks ${own.name.value}, too: 2.2.7 stays in FAULT for ever`,
          related: [{ at: shared.name.at, note: 'by the group' }],
          grounds: [[own.name.at, instance.head]],
          help: `remove it here: what the group tracks counts for all its members`,
        };
      }
      const shared = syncGroupOf(model, instance)?.trackers ?? [];
      for (const { kind, name } of instance.trackers) {
        const other = shared.find((each) => each.kind === kind && each.name.value === name.value);
        // Of other kinds keepalived makes one entry without a word.
        if (kind !== 'interface' || !other) continue;
        yield {
          at: name.at,
          message: `${name.value} is tracked by the sync group, too`,
          related: [{ at: other.name.at, note: 'by the group' }],
          help: 'keepalived asks to remove one of the two',
        };
      }
    }
  },
});
