import { rule } from '../../src/lint/rule.ts';
import { looseRouters } from '../../src/model/sync.ts';

export default rule({
  scope: 'cluster',
  id: 'sync-group-missing',
  severity: 'warning',
  summary: 'Virtual routers on two links belong to one node, and nothing makes them move together',
  why: `
Each instance is elected for itself. When the outside link of the first node fails, the outside address moves and the inside
address stays: packets come in by one node and leave by the other, where no connection is known.

A \`vrrp_sync_group\` makes the instances change together; so does tracking each other's interface. It is a warning where the files show that
packets are forwarded from one link to the other (virtual routes, LVS with NAT), and a remark elsewhere: a proxy may well
serve both addresses independently. Where the nodes prefer different addresses on purpose, nothing is said.
`,
  sources: ['keepalived.conf(5), vrrp_sync_group', 'keepalived issues 497 and 1205'],
  absence: true,
  bad: [
    {
      title: 'The default route moves with one address, and the other address stays',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance outside {
          ^^^^^^^^^^^^^^^^^^^^^ outside on eth0 and inside on eth1 move apart: no sync group joins them
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 192.0.2.100/24 }
              virtual_routes {
                  default via 192.0.2.1 dev eth0
              }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 52
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance outside {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 192.0.2.100/24 }
              virtual_routes {
                  default via 192.0.2.1 dev eth0
              }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 52
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Each node prefers one of them',
      files: {
        'lb1/keepalived.conf': `
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
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const { first, second, routes } of looseRouters(cluster)) {
      const [a, b] = [first.instance, second.instance];
      yield {
        at: a.head,
        message: `${a.name.value} on ${a.interface.value} and ${b.name.value} on ${b.interface.value} move apart: no sync group joins them`,
        related: [{ at: b.head, note: 'elected for itself' }],
        help: `write \`vrrp_sync_group ${a.name.value}_${b.name.value} { group { ${a.name.value} ${b.name.value} } }\` on all nodes if they belong together`,
        severity: routes ? 'warning' : 'info',
      };
    }
  },
});
