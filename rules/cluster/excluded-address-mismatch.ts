import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import type { VirtualAddress } from '../../src/model/keepalived/index.ts';
import { addressGrounds, excludedDifferences, slipBetween } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'excluded-address-mismatch',
  severity: 'warning',
  summary: 'Nodes of one virtual router have different excluded addresses',
  why: `
The addresses of \`virtual_ipaddress_excluded\` move with the instance, but no advert carries them: keepalived cannot see that the nodes
disagree, and logs nothing. After a failover the address that only the other node has is gone.

Give all nodes the same addresses. What one node advertises and another excludes is the matter of \`virtual-address-mismatch\`.
`,
  sources: [
    'keepalived.conf(5), virtual_ipaddress_excluded',
    'keepalived: vrrp/vrrp.c, vrrp_build_vrrp_v2(): excluded addresses are not in the advert',
  ],
  bad: [
    {
      title: 'An address that was added on one node',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
              virtual_ipaddress_excluded {
                  192.0.2.10/24
                  192.0.2.11/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ excluded address 192.0.2.11 is on lb1 but not on lb2
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress {
                  10.0.0.100/24
              }
              virtual_ipaddress_excluded {
                  192.0.2.10/24
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Another order and spelling, and an IPv6 address beside IPv4',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
              virtual_ipaddress_excluded {
                  192.0.2.10/24
                  2001:db8::10/64
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress {
                  10.0.0.100/24
              }
              virtual_ipaddress_excluded {
                  2001:DB8:0::10/64
                  192.0.2.10/24
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const router of sharedRouters(cluster)) {
      for (const difference of excludedDifferences(router)) {
        const { member, other, extra, missing } = difference;
        const [here, there] = [member.node.name, other.node.name];
        const [mine, theirs] = [extra[0], missing[0]];
        const one = extra.length === 1 && missing.length === 1;
        const only = mine ?? theirs!;
        const count = extra.length + missing.length;
        const holder = mine ? here : there;
        const lacking = mine ? there : here;
        yield {
          at: mine?.at ?? member.instance.head,
          message: one
            ? `excluded address is ${text(mine!)} on ${here} but ${text(theirs!)} on ${there}`
            : count === 1
              ? `excluded address ${text(only)} is on ${holder} but not on ${lacking}`
              : `${count} excluded addresses differ between ${here} and ${there}`,
          ...(one
            ? { label: slipBetween(text(mine!), text(theirs!)) ?? `${text(theirs!)} on ${there}` }
            : {}),
          related: [
            ...extra.slice(1, 6).map(({ at }) => ({ at, note: `only on ${here}` })),
            ...missing.slice(0, 5).map(({ at }) => ({ at, note: `only on ${there}` })),
          ],
          grounds: addressGrounds(difference),
          help: 'adverts do not carry them, so keepalived logs nothing; the address is lost with the node that has it',
        };
      }
    }
  },
});

const text = ({ address, text }: VirtualAddress): string => address?.text ?? text;
