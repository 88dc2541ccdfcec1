import { rule } from '../../src/lint/rule.ts';
import { nodeNames, sharedRouters } from '../../src/model/cluster.ts';
import { type Member, priorityGrounds, priorityTies } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'priority-tie',
  severity: 'warning',
  summary: 'Nodes of one virtual router have the same priority',
  why: `
With equal priorities the source address decides, numerically: the higher one wins. That is an order nobody wrote down, and it
changes when a node gets another address. When all nodes start at once, each becomes MASTER for a moment before the lower
address yields; a MASTER that runs is never displaced by an equal one. \`state MASTER\` settles nothing: it is a wish that ends with
the first advert of the other.

Give each node its own priority. \`priority\` left out is 100. What is compared is the priority while all checks pass, with the weights
of the tracked scripts.

Equal priorities together with \`nopreempt\` and \`state BACKUP\` on all nodes are a known pattern (whoever has the address keeps it); there this
is only a note.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_state_master_rx() and vrrp_saddr_cmp()',
    'RFC 5798, section 6.4.3',
    'keepalived issues 512 and 1205',
  ],
  bad: [
    {
      title: 'The file was copied whole',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
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
              interface eth0
              virtual_router_id 51
              priority 100
                       ^^^ priority is 100 on lb1 and lb2: the higher source address decides
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'Both want to be master, and neither is preferred',
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
              interface eth0
              virtual_router_id 51
              priority 150
                       ^^^ state is MASTER and priority 150 on lb1 and lb2: the higher source address decides
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
      title: 'The same base, and a weight that decides',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_track_process nginx {
              process nginx
              weight 50
          }
          vrrp_instance VI_1 {
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
              interface eth0
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
    {
      title: 'Equal numbers in different routers: each node is master of one',
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
          vrrp_instance VI_2 {
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
              interface eth0
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance VI_2 {
              interface eth0
              virtual_router_id 52
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.101/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const router of sharedRouters(cluster)) {
      for (const { priority, members } of priorityTies(router)) {
        // Two address owners are a mistake of their own kind.
        if (priority === 255) continue;
        const last = members.at(-1)!;
        const sticky = members.every(
          ({ instance }) => instance.nopreempt.value && instance.state.value === 'BACKUP',
        );
        const masters = members.every(({ instance }) => instance.state.value === 'MASTER');
        const plain = members.every(({ instance }) => instance.priority.value === priority);
        const fact = masters
          ? `state is MASTER and priority ${priority}`
          : `priority ${plain ? '' : 'with all checks passing '}is ${priority}`;
        yield {
          at: last.instance.priority.at,
          message: `${fact} on ${nodeNames(members)}: the higher source address decides`,
          label: origin(last),
          grounds: [priorityGrounds(members)],
          related: [
            ...members.slice(0, -1).map((each) => ({
              at: each.instance.priority.at,
              note: `${origin(each)} on ${each.node.name}`,
            })),
            ...(masters ? [{ at: last.instance.state.at, note: `MASTER on ${last.node.name}` }] : []),
          ],
          help: sticky
            ? 'with nopreempt everywhere whoever has the address keeps it; only a start of all nodes at once is decided by address'
            : 'at a start of all nodes at once each is MASTER for a moment; give each node its own priority',
          severity: sticky ? 'info' : 'warning',
        };
      }
    }
  },
});

/** Where a node's priority comes from. */
const origin = ({ instance: { priority } }: Member): string =>
  priority.written ? `${priority.value}` : `no priority, which means ${priority.value}`;
