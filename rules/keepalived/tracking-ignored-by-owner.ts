import { rule } from '../../src/lint/rule.ts';
import { weightedTrackers } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'tracking-ignored-by-owner',
  severity: 'error',
  summary: 'An instance of priority 255 tracks something with a weight, which an owner ignores',
  why: `
The priority of an owner never changes. keepalived drops its trackers with weights and reports an error, so that the address stays
here when the check fails. Use a priority of 254 or less, or trackers without a weight: these put the instance into FAULT.
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_complete_instance()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'A check that changes nothing',
      files: `
        vrrp_track_process nginx {
            process nginx
        }
        vrrp_instance VI_1 {
            state MASTER
            interface eth0
            virtual_router_id 51
            priority 255
            track_process {
                nginx weight -60
                ^^^^^ the weight of nginx is ignored: VI_1 has priority 255
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
      title: 'Without a weight it counts, for an owner too',
      files: `
        vrrp_track_process nginx {
            process nginx
        }
        vrrp_instance VI_1 {
            state MASTER
            interface eth0
            virtual_router_id 51
            priority 255
            mcast_src_ip 10.0.0.1
            track_process {
                nginx
            }
            virtual_ipaddress {
                10.0.0.1/24
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const instance of model.instances) {
      // Without a written priority the cause is that it is missing.
      if (instance.priority.value !== 255 || !instance.priority.written) continue;
      for (const { name } of weightedTrackers(model, instance.trackers)) {
        yield {
          at: name.at,
          message: `the weight of ${name.value} is ignored: ${instance.name.value} has priority 255`,
          related: [{ at: instance.priority.at, note: 'the owner’s priority' }],
          help: 'use a priority of 254 or less, or no weight',
        };
      }
    }
  },
});
