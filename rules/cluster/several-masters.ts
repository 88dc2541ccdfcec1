import { rule } from '../../src/lint/rule.ts';
import { nodeNames, sharedRouters } from '../../src/model/cluster.ts';
import { normalPriority, priorityTies } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'several-masters',
  severity: 'warning',
  summary: 'Several nodes of one virtual router have state MASTER',
  why: `
\`state\` is only where a node would like to begin. The election goes by priority, so two \`state MASTER\` with different priorities do not
split the router: the lower one waits like a BACKUP and stays one. What they do is tell the reader something untrue, and two
things besides: \`nopreempt\` and \`preempt_delay\` are cleared on a node with \`state MASTER\`, and a node with \`state MASTER\` and no \`priority\` gets 255,
the priority of the address owner.

Write \`state BACKUP\` on all nodes but one, or on all: keepalived's maintainer advises to leave \`state\` out.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_complete_instance()',
    'keepalived: vrrp/vrrp_scheduler.c, vrrp_init_state()',
    'keepalived issues 97 and 2091',
  ],
  bad: [
    {
      title: 'The copy kept the state',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              state MASTER
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
              state MASTER
                    ^^^^^^ state is MASTER on lb1 and lb2
              interface eth0
              virtual_router_id 51
              priority 100
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
      title: 'MASTER on both nodes, of a router each',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              state MASTER
              interface eth0
              virtual_router_id 51
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance VI_2 {
              state BACKUP
              interface eth0
              virtual_router_id 52
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.101/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance VI_2 {
              state MASTER
              interface eth0
              virtual_router_id 52
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.101/24 }
          }
        `,
      },
    },
    {
      title: 'No state at all',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const router of sharedRouters(cluster)) {
      const masters = router.members.filter(({ instance }) => instance.state.value === 'MASTER');
      // Masters of one priority are a tie, and that finding names the states.
      const tied = priorityTies(router).some(
        ({ members }) => members.filter((each) => masters.includes(each)).length > 1,
      );
      if (masters.length < 2 || tied) continue;
      const byPriority = [...masters].sort((a, b) => (normalPriority(b) ?? 0) - (normalPriority(a) ?? 0));
      const [first, ...others] = byPriority;
      const last = others.at(-1)!;
      yield {
        at: last.instance.state.at,
        message: `state is MASTER on ${nodeNames(masters)}`,
        label: `priority ${last.instance.priority.value ?? 'unknown'}`,
        related: masters
          .filter((each) => each !== last)
          .map(({ node, instance }) => ({
            at: instance.state.at,
            note: `MASTER with priority ${instance.priority.value ?? 'unknown'} on ${node.name}`,
          })),
        help: masters.every((each) => normalPriority(each) !== undefined)
          ? `the priority decides, and ${first!.node.name} has the highest; write \`state BACKUP\` on ${nodeNames(others)}`
          : 'the priority decides; write `state BACKUP` on all nodes but the one with the highest',
      };
    }
  },
});
