import { rule } from '../../src/lint/rule.ts';
import { repeatedGarpInterfaces } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'instance-in-two-groups',
  severity: 'error',
  summary: 'An instance is a member of two sync groups, or an interface of two garp_groups',
  why: `
An instance can move with one group only. keepalived keeps the first, reports an error for the second, and removes a group that is
left without members: those instances then do not move together.

An interface has the delays of one \`garp_group\`, the first that names it; for every other line keepalived reports an error.
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
    {
      title: 'Two delays for one interface',
      files: `
        garp_group {
            garp_interval 0.01
            interfaces {
                eth0
                eth1
            }
        }
        garp_group {
            gna_interval 0.02
            interface eth1
                      ^^^^ eth1 is already in a garp_group: this line does not count
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
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
  *check({ statements, syncGroups, template }) {
    if (template) return;
    for (const { again, first } of repeatedGarpInterfaces(statements)) {
      yield {
        at: again.at,
        message: `${again.value} is already in a garp_group: this line does not count`,
        related: [{ at: first.at, note: 'first here' }],
      };
    }
    const first = new Map<
      string,
      { group: string; at: (typeof syncGroups)[number]['members'][number]['at'] }
    >();
    const said = new Set<string>();
    for (const { name, members } of syncGroups) {
      // A second block of the same name is skipped whole.
      if (name && said.has(name.value)) continue;
      if (name) said.add(name.value);
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
