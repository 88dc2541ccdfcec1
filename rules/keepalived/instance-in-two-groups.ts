import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'keepalived',
  id: 'instance-in-two-groups',
  severity: 'error',
  summary: 'An instance is a member of two sync groups',
  why: `
An instance can move with one group only. keepalived keeps the first, reports an error for the second, and removes a group that is
left without members: those instances then do not move together.
`,
  sources: ['keepalived: vrrp/vrrp_sync.c, vrrp_sync_set_group()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'Groups that overlap',
      files: `
        vrrp_sync_group first {
            group {
                VI_1
                VI_2
            }
        }
        vrrp_sync_group second {
            group {
                VI_2
                ^^^^ VI_2 is already in the sync group first
                VI_3
            }
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
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
        vrrp_instance VI_3 {
            interface eth2
            virtual_router_id 53
            virtual_ipaddress {
                10.2.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A sync group and a track group',
      files: `
        vrrp_sync_group edge {
            group {
                VI_1
                VI_2
            }
        }
        track_group watched {
            group {
                VI_1
            }
        }
        static_ipaddress {
            10.3.0.1/24 dev eth2 track_group watched
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
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
  *check({ syncGroups, template }) {
    if (template) return;
    const first = new Map<
      string,
      { group: string; at: (typeof syncGroups)[number]['members'][number]['at'] }
    >();
    for (const { name, members } of syncGroups) {
      for (const { value, at } of members) {
        const other = first.get(value);
        const group = name?.value ?? '';
        if (!other) first.set(value, { group, at });
        else if (other.at.start !== at.start) {
          yield {
            at,
            message:
              other.group === group
                ? `${value} is listed twice in the sync group ${group}`
                : `${value} is already in the sync group ${other.group}`,
            related: [{ at: other.at, note: 'first here' }],
            ...(other.group === group ? { severity: 'warning' as const } : {}),
          };
        }
      }
    }
  },
});
