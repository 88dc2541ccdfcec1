import { rule } from '../../src/lint/rule.ts';
import { repeatedTrackers, syncGroupOf } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'duplicate-tracker',
  severity: 'warning',
  summary: 'A block tracks the same thing twice',
  why: `
keepalived drops the second and reports an error, so that its weight never counts. Keep the line with the weight that is meant.
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
  ],
  good: [
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
