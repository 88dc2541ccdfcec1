import { rule } from '../../src/lint/rule.ts';
import { syncGroupOf } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'own-interface-tracked',
  severity: 'warning',
  summary: 'An instance tracks the interface that it runs on',
  why: `
An instance always watches its own interface: when the link is down it is in FAULT. keepalived drops the line and reports an error;
a weight on it never counts. In a sync group it asks to decide for one of the two. Remove it, or track the interface that leads to
the servers.
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_complete_instance()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'It does so anyway',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_interface {
                eth0 weight -20
                ^^^^ VI_1 runs on eth0 and watches it anyway: this line is dropped
                eth1
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
      title: 'The other ones',
      files: `
        vrrp_sync_group edge {
            group {
                VI_1
                VI_2
            }
            track_interface {
                eth3
            }
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_interface {
                eth2
            }
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
      `,
    },
  ],
  *check(model) {
    for (const instance of model.instances) {
      const own = instance.interface;
      if (!own.written || own.value === undefined) continue;
      const shared = syncGroupOf(model, instance)?.trackers ?? [];
      for (const { kind, name } of [...instance.trackers, ...shared]) {
        if (kind !== 'interface' || name.value !== own.value) continue;
        yield {
          at: name.at,
          message: `${instance.name.value} runs on ${own.value} and watches it anyway: this line is dropped`,
          related: [{ at: own.at, note: 'its interface' }],
        };
      }
    }
  },
});
