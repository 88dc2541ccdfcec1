import { rule } from '../../src/lint/rule.ts';
import { priorityGrounds } from '../../src/model/router.ts';
import { opposedRouters } from '../../src/model/sync.ts';

export default rule({
  scope: 'cluster',
  id: 'sync-group-priorities-opposed',
  severity: 'warning',
  summary: 'A sync group keeps virtual routers together that prefer different nodes',
  why: `
A sync group is MASTER with all of its members or with none: one that hears a higher priority holds back all others. Where
one member prefers this node and another one that node, neither group is the better one. Whichever node is first keeps all
addresses, and a node that comes back takes none of them; release 1.3 was seen to elect for ever.

Give all members of a group the same order of nodes. If each node is to hold one of the addresses, as in a cluster of two
active nodes, the group is what is wrong.
`,
  sources: ['keepalived: vrrp/vrrp_sync.c, vrrp_sync_can_goto_master()', 'keepalived issues 624 and 2169'],
  bad: [
    {
      title: 'Each node is to be master of one',
      files: {
        'lb1/keepalived.conf': `
          vrrp_sync_group VG_1 {
              group {
                  outside
                  inside
              }
          }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 192.0.2.100/24 }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 52
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_sync_group VG_1 {
              group {
                  outside
                  inside
              }
          }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 192.0.2.100/24 }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 52
              priority 150
                       ^^^ outside prefers lb1 and inside lb2, yet VG_1 keeps both on one node
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Different priorities in the same order, and a member that is elected for itself',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_sync_group VG_1 {
              group {
                  outside
                  inside
              }
              track_process { nginx }
          }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 192.0.2.100/24 }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 52
              priority 120
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance guests {
              interface eth2
              virtual_router_id 53
              priority 100
              virtual_ipaddress { 10.2.0.100/24 }
              track_process { nginx }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_sync_group VG_1 {
              group {
                  outside
                  inside
              }
              track_process { nginx }
          }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 192.0.2.100/24 }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 52
              priority 110
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance guests {
              interface eth2
              virtual_router_id 53
              priority 150
              virtual_ipaddress { 10.2.0.100/24 }
              track_process { nginx }
          }
        `,
      },
    },
    {
      title: 'Whoever has the addresses keeps them',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_sync_group VG_1 {
              group {
                  outside
                  inside
              }
              track_process { nginx }
          }
          vrrp_instance outside {
              state BACKUP
              nopreempt
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 192.0.2.100/24 }
          }
          vrrp_instance inside {
              state BACKUP
              nopreempt
              interface eth1
              virtual_router_id 52
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_sync_group VG_1 {
              group {
                  outside
                  inside
              }
              track_process { nginx }
          }
          vrrp_instance outside {
              state BACKUP
              nopreempt
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 192.0.2.100/24 }
          }
          vrrp_instance inside {
              state BACKUP
              nopreempt
              interface eth1
              virtual_router_id 52
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const { group, first, second } of opposedRouters(cluster)) {
      const [a, b] = [first[0], second[0]];
      const places = [...first, ...second];
      yield {
        at: b.instance.priority.at,
        message: `${a.instance.name.value} prefers ${a.node.name} and ${b.instance.name.value} ${b.node.name}, yet ${group.name?.value ?? 'the group'} keeps both on one node`,
        related: places
          .filter((each) => each !== b)
          .map(({ node, instance }) => ({
            at: instance.priority.at,
            note: `${instance.name.value} on ${node.name}`,
          })),
        grounds: [priorityGrounds(places)],
        help: 'whichever node is first keeps both: give the members of a group the same order of nodes',
      };
    }
  },
});
