import { rule } from '../../src/lint/rule.ts';
import { loneGroups } from '../../src/model/sync.ts';

export default rule({
  scope: 'cluster',
  id: 'sync-group-single-member',
  severity: 'warning',
  summary: 'A sync group has one member',
  why: `
A \`vrrp_sync_group\` makes its members change together. With one member there is nothing to synchronise; keepalived reports
an error and goes on. Usually the second instance was forgotten in the list, and then it moves alone: inside and outside address
end on different nodes.
`,
  sources: ['keepalived: vrrp/vrrp_sync.c, vrrp_sync_set_group()'],
  bad: [
    {
      title: 'The second instance is not in the list',
      files: {
        'keepalived.conf': `
          vrrp_sync_group G1 {
          ^^^^^^^^^^^^^^^^^^ sync group G1 has one member, outside
              group {
                  outside
              }
          }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress { 192.0.2.100/24 }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 52
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Both on one line',
      files: {
        'keepalived.conf': `
          vrrp_sync_group G1 {
              group { outside inside }
          }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress { 192.0.2.100/24 }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 52
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const { group, at } of loneGroups(cluster)) {
      yield {
        at,
        message: `sync group ${group.name?.value ?? ''} has one member, ${group.members[0]!.value}`,
        related: [{ at: group.members[0]!.at, note: 'the only one' }],
        help: 'list every instance that has to move with it, or delete the group',
      };
    }
  },
});
