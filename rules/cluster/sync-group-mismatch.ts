import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { groupDifferences } from '../../src/model/sync.ts';

export default rule({
  scope: 'cluster',
  id: 'sync-group-mismatch',
  severity: 'error',
  summary: 'The nodes join different virtual routers in their sync groups',
  why: `
The members of a \`vrrp_sync_group\` become MASTER and BACKUP together on their node. If the other node joins other routers, or none,
the two pull against each other: a member that the other node moves alone holds the whole group back, or takes it along, and
the group may never settle on one node. Inside and outside address then end on different nodes.

What counts is which virtual routers are joined. The names of groups and instances are free. A group with a name in it that no
instance has is another finding.
`,
  sources: [
    'keepalived: vrrp/vrrp_sync.c, vrrp_sync_can_goto_master(), vrrp_sync_backup() and vrrp_sync_fault()',
    'keepalived issues 545 and 1205',
  ],
  bad: [
    {
      title: 'A group on one node only',
      files: {
        'lb1/keepalived.conf': `
          vrrp_sync_group G1 {
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
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance outside {
          ^^^^^^^^^^^^^^^^^^^^^ lb1 joins outside and inside in a sync group, lb2 does not
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 192.0.2.100/24 }
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
      title: 'Other names, another order',
      files: {
        'lb1/keepalived.conf': `
          vrrp_sync_group G1 {
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
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_IN {
              interface ens4
              virtual_router_id 52
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance VI_OUT {
              interface ens3
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 192.0.2.100/24 }
          }
          vrrp_sync_group VG {
              group { VI_IN VI_OUT }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const { member, other, group, otherGroup, names, otherNames, left } of groupDifferences(cluster)) {
      const [here, there] = [member.node.name, other.node.name];
      const place = names.length > 0 ? group?.statement : undefined;
      const theirs = otherNames.length > 0 ? otherGroup?.statement : undefined;
      const at = place ? headSpan(place.directive) : member.instance.head;
      const expected = theirs ? headSpan(theirs.directive) : other.instance.head;
      yield {
        at,
        message:
          names.length === 0
            ? `${there} joins ${list(otherNames)} in a sync group, ${here} does not`
            : otherNames.length === 0
              ? `${here} joins ${list(names)} in a sync group, ${there} does not`
              : `the sync group joins ${list(names)} on ${here} but ${list(otherNames)} on ${there}`,
        label: names.length === 0 ? 'in no group here' : 'joined here',
        related: [
          {
            at: expected,
            note: theirs ? `joined on ${there}` : `not joined on ${there}`,
          },
        ],
        // What the group tracks, it tracks for them.
        grounds: [[at, expected, ...left.map((head) => ({ ...head, lacks: 'sync group' }))]],
        help: 'the nodes hold each other back, and the addresses may end on different nodes; join the same routers on all nodes',
      };
    }
  },
});

/** Two names say what it is about; more of them nobody reads. */
const list = (names: readonly string[]): string =>
  names.length > 2 ? `${names.length} routers` : names.join(' and ');
