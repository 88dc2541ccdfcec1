import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { defeatedCheck } from '../../src/model/keepalived/index.ts';
import { accepted, type Member, normalPriority } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'nopreempt-mismatch',
  severity: 'warning',
  summary: 'nopreempt stands on some nodes of a virtual router only',
  why: `
\`nopreempt\` keeps a node from taking the address from a living master with a lower priority. So it acts on the node with the
*highest* priority: that one comes back after a failure and stays BACKUP. On a lower node alone it does nothing that one would
notice: the address still jumps back, a second interruption for the clients.

Where only lower nodes lack it, the usual failover works as meant, and it is a remark only: such a node takes the address from a
master whose checks lowered its priority, and one with \`nopreempt\` does not.

Write \`nopreempt\` and \`state BACKUP\` on all nodes, or on none.
`,
  sources: [
    'keepalived.conf(5), nopreempt',
    'keepalived: vrrp/vrrp.c, vrrp_state_backup()',
    'keepalived issues 346 and 1472',
  ],
  bad: [
    {
      title: 'On the node with the lower priority only',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ nopreempt is on lb2 but not on lb1, which has the highest priority
              state BACKUP
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              virtual_router_id 51
              priority 100
              nopreempt
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
      title: 'On all nodes',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              virtual_router_id 51
              priority 150
              nopreempt
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              virtual_router_id 51
              priority 100
              nopreempt
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const { members } of sharedRouters(cluster)) {
      const known = members.filter(
        (member) =>
          accepted(member, member.instance.nopreempt) !== undefined && normalPriority(member) !== undefined,
      );
      const [having, lacking] = [true, false].map((wanted) =>
        known.filter(({ instance, node }) =>
          wanted ? instance.nopreempt.value : !instance.nopreempt.value && node.keepalived?.complete,
        ),
      ) as [Member[], Member[]];
      const [top, second] = [...known].sort((a, b) => normalPriority(b)! - normalPriority(a)!);
      const [first] = having;
      const [without] = lacking;
      if (known.length < members.length || !first || !without || !top || !second) continue;
      // nopreempt-defeats-weight has the word about that line, and with it goes the difference.
      if (having.some(({ node, instance }) => defeatedCheck(node.keepalived!, instance))) continue;
      // With one priority on all nodes none is the highest.
      const matters = lacking.includes(top) && normalPriority(top) !== normalPriority(second);
      const member = matters ? top : without;
      yield {
        at: member.instance.nopreempt.at,
        message: `nopreempt is on ${first.node.name} but not on ${member.node.name}${matters ? ', which has the highest priority' : ''}`,
        label: 'no nopreempt here',
        related: having.map(({ instance, node }) => ({
          at: instance.nopreempt.at,
          note: `nopreempt on ${node.name}`,
        })),
        help: matters
          ? `${member.node.name} takes the address back whenever it returns; write nopreempt and \`state BACKUP\` on all nodes, or on none`
          : 'it acts on the node with the highest priority, and that one has it; write it on all nodes all the same',
        severity: matters ? 'warning' : 'info',
      };
    }
  },
});
