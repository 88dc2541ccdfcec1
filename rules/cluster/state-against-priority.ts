import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { addressWords } from '../../src/model/keepalived/index.ts';
import { normalPriority, priorityGrounds } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'state-against-priority',
  severity: 'warning',
  summary: 'The node with state MASTER does not have the highest priority',
  why: `
The priority decides who holds the address; \`state\` is only where a node would like to begin. Here the two name different nodes: the
address lives on the node that the files call BACKUP, and whoever plans maintenance by reading them switches off the wrong one.

Either the priorities or the states are the wrong way round: make them agree, or leave \`state\` out. What is compared is the
priority while all checks pass, with the weights of the tracked scripts.
`,
  sources: [
    'keepalived: vrrp/vrrp_scheduler.c, vrrp_init_state()',
    'keepalived: vrrp/vrrp.c, vrrp_state_master_rx()',
  ],
  bad: [
    {
      title: 'The backup outranks the master',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              state MASTER
                    ^^^^^^ state is MASTER on lb1 with priority 100, but lb2 has 150
              interface eth0
              virtual_router_id 51
              priority 100
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
              priority 150
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
      title: 'The weight of a check lifts the master above the backup',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_track_process nginx {
              process nginx
              weight 60
          }
          vrrp_instance VI_1 {
              state MASTER
              interface eth0
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_track_process nginx {
              process nginx
              weight 20
          }
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              virtual_router_id 51
              priority 120
              track_bfd { gateway }
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
    {
      title: 'BACKUP on both: the priority alone says who is first',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              state BACKUP
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
              state BACKUP
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
    for (const { members } of sharedRouters(cluster)) {
      const [master, ...more] = members.filter(({ instance }) => instance.state.value === 'MASTER');
      if (!master || more.length > 0) continue;
      const own = normalPriority(master);
      if (own === undefined) continue;
      const rivals = members
        .map((member) => ({ member, priority: normalPriority(member) ?? 0 }))
        .sort((a, b) => b.priority - a.priority);
      const { member: rival, priority } = rivals[0]!;
      if (priority <= own) continue;
      const [here, there] = [master.node.name, rival.node.name];
      yield {
        at: master.instance.state.at,
        message: `state is MASTER on ${here} with priority ${own}, but ${there} has ${priority}`,
        label: `priority ${own}`,
        grounds: [[master.instance.state.at, ...priorityGrounds([master, rival])]],
        related: [{ at: rival.instance.priority.at, note: `priority ${priority} on ${there}` }],
        help: `the priority decides: ${there} holds ${addressWords(master.instance)} whenever it runs; make state and priority agree`,
      };
    }
  },
});
