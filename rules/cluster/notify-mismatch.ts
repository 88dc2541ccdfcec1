import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { notifyBlocks, notifyDifferences } from '../../src/model/checks.ts';
import { sharedRouters } from '../../src/model/cluster.ts';

export default rule({
  scope: 'cluster',
  id: 'notify-mismatch',
  severity: 'info',
  summary: 'The nodes of one virtual router run different notify scripts',
  why: `
What a notify script does on one node, the other may have to do as well when it takes over: move a cloud address, start a service,
tell a monitoring system. Scripts are compared by event and by the name of the program; path and arguments are free.
`,
  sources: ['keepalived.conf(5), notify_master and the like', 'keepalived issues 97 and 1884'],
  bad: [
    {
      title: 'Only one node tells of becoming MASTER',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              notify_master "/etc/keepalived/claim.sh lb1"
              notify_backup "/etc/keepalived/release.sh lb1"
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ notify_master is not the same on lb2 and lb1
              interface eth0
              virtual_router_id 51
              priority 100
              notify_backup "/etc/keepalived/release.sh lb2"
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'One node tells of another state',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              notify_backup "/etc/keepalived/tell.sh BACKUP lb1"
              notify_fault "/etc/keepalived/tell.sh FAULT lb1"
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              notify_backup "/etc/keepalived/tell.sh BACKUP lb2"
              notify_fault "/etc/keepalived/tell.sh BACKUP lb2"
                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ notify_fault is not the same on lb2 and lb1
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Arguments of the node',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              notify "/etc/keepalived/notify.sh lb1"
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              notify "/usr/local/bin/notify.sh lb2 backup"
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    const found = sharedRouters(cluster).flatMap(notifyDifferences);
    // Instances of one node usually share their scripts, and so the difference.
    for (const [first, ...more] of grouped(found, ({ member, names }) =>
      [member.node.name, ...names].join(),
    )) {
      const { member, other, names, at, expected } = first;
      yield {
        at,
        message: `${names.length > 2 ? `${names.length} notify scripts` : names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} not the same on ${member.node.name} and ${other.node.name}`,
        grounds: [
          [
            at,
            ...(expected ? [expected] : []),
            ...[member, other].flatMap((each) =>
              notifyBlocks(each).flatMap((block) => names.map((lacks) => ({ ...block, lacks }))),
            ),
          ],
        ],
        related: [
          ...(expected ? [{ at: expected, note: `on ${other.node.name}` }] : []),
          // Those of a sync group share the line itself.
          ...more
            .filter((each) => each.at.start !== at.start || each.at.source !== at.source)
            .slice(0, 4)
            .map((each) => ({ at: each.at, note: 'here too' })),
        ],
        help: 'after a failover the other node does not do what this one does',
      };
    }
  },
});
