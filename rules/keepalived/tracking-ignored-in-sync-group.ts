import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { droppedInGroup, syncGroupOf } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'tracking-ignored-in-sync-group',
  severity: 'error',
  summary: 'A member of a sync group tracks something with a weight, which is dropped',
  why: `
The members of a sync group change state together, and one whose priority falls alone would tear the group apart. keepalived
therefore drops weighted scripts, files and BFD sessions of members altogether, and sets the weights of interfaces to 0; only
an error in the log tells. Track it in the group instead, use no weight (the whole group then goes to FAULT), or set
\`sync_group_tracking_weight\` in the group. A \`track_file\` has weight 1 unless it says \`weight 0\`.
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_complete_instance()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'The check of a member is gone',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            weight -60
            user root
        }
        vrrp_sync_group edge {
            group {
                VI_1
                VI_2
            }
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_nginx
                ^^^^^^^^^ chk_nginx has a weight, and VI_1 is in a sync group: it is not tracked
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
    {
      title: 'Two members track it, and neither does',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            weight -60
            user root
        }
        vrrp_sync_group edge {
            group {
                VI_1
                VI_2
            }
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_nginx
                ^^^^^^^^^ chk_nginx has a weight, and VI_1 and VI_2 are in a sync group: it is not tracked
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth1
            virtual_router_id 52
            track_script {
                chk_nginx
            }
            virtual_ipaddress {
                10.1.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The group tracks with a weight, a member without; processes keep theirs',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            weight -60
            user root
        }
        vrrp_track_process haproxy {
            process haproxy
            weight -60
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
            track_interface {
                eth2
            }
            track_process {
                haproxy
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
    const dropped = model.instances.flatMap((instance) => {
      const group = syncGroupOf(model, instance);
      if (!group || group.weighted) return [];
      return droppedInGroup(model, instance).map((tracker) => ({ instance, group, ...tracker }));
    });
    const byGroup = grouped(dropped, ({ group }) => group);
    for (const ofGroup of byGroup) {
      for (const alike of grouped(ofGroup, ({ kind, name }) => `${kind} ${name.value}`)) {
        const [{ name, kind, group, instance }, ...more] = alike;
        const [second, ...others] = more;
        const members =
          instance.name.value +
          (others.length > 0
            ? ` and ${more.length} more`
            : second
              ? ` and ${second.instance.name.value}`
              : '');
        const lost = kind === 'interface' ? 'the weight is dropped' : 'it is not tracked';
        yield {
          at: name.at,
          message: `${name.value} has a weight, and ${members} ${second ? 'are' : 'is'} in a sync group: ${lost}`,
          related: [
            ...(group.name ? [{ at: group.name.at, note: 'the group' }] : []),
            ...more.slice(0, 8).map((each) => ({ at: each.name.at, note: 'nor here' })),
          ],
          help: 'track it in the group, use no weight, or set sync_group_tracking_weight in the group',
        };
      }
    }
  },
});
