import { rule } from '../../src/lint/rule.ts';
import { nodeNames, sharedRouters } from '../../src/model/cluster.ts';
import { addressWords } from '../../src/model/keepalived/index.ts';
import { ownersOf } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'several-owners',
  severity: 'error',
  summary: 'More than one node of a virtual router has priority 255',
  why: `
Priority 255 marks the one router that owns the address. It waits for nobody: it becomes MASTER the moment it starts, ignores
\`nopreempt\`, and no failing check lowers its priority. Two of them that start together are both MASTER. Each lowers itself to 254 when it
hears the other one, and logs a configuration error: from then on the source address decides.

255 is not merely a very high priority. Give the nodes different priorities from 1 to 254. A \`state MASTER\` without a
\`priority\` means 255 as well.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_state_master_rx() and vrrp_complete_instance()',
    'RFC 5798, 5.2.4: 255 is the priority of the address owner',
  ],
  bad: [
    {
      title: 'Two owners',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              state MASTER
              interface eth0
              virtual_router_id 51
              priority 255
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
              priority 255
                       ^^^ priority is 255 on lb1 and lb2: each takes itself for the address owner
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
      title: 'The highest priority below it',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 254
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 253
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const router of sharedRouters(cluster)) {
      const owners = ownersOf(router);
      if (owners.length < 2) continue;
      const last = owners.at(-1)!;
      const note = ({ instance: { priority } }: (typeof owners)[number]): string =>
        priority.written ? '255' : 'state MASTER without priority means 255';
      yield {
        at: last.instance.priority.at,
        message: `priority is 255 on ${nodeNames(owners)}: each takes itself for the address owner`,
        label: note(last),
        related: owners
          .slice(0, -1)
          .map((each) => ({ at: each.instance.priority.at, note: `${note(each)} on ${each.node.name}` })),
        help: `neither yields by priority, and no failing check moves ${addressWords(last.instance)}; use different priorities from 1 to 254`,
      };
    }
  },
});
