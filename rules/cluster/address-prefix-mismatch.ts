import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { prefixDifferences } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'address-prefix-mismatch',
  severity: 'warning',
  summary: 'Nodes hold one virtual address with different prefix lengths',
  why: `
The prefix is not in the adverts, so the election works, and the failover looks as if it did. But the node that holds the
address with another prefix has other routes: with /32 there is no route to the network of the address, with /24 in
place of /25 half of the neighbours are taken for local, and the source address of outgoing connections may change.

An address without a prefix is a /32, or a /128. Write the same prefix on all nodes.
`,
  sources: ['keepalived: vrrp/vrrp_ipaddress.c, parse_ipaddress()', 'keepalived issues 2432 and 2127'],
  bad: [
    {
      title: 'A prefix that was forgotten on one node',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
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
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress {
                  10.0.0.100
                  ^^^^^^^^^^ 10.0.0.100 is a /32 on lb2 but a /24 on lb1
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'No prefix means /32',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/32
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress {
                  10.0.0.100
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const router of sharedRouters(cluster)) {
      for (const [first, ...more] of grouped(prefixDifferences(router), ({ member }) => member)) {
        const { member, value, other, expected } = first;
        const [here, there] = [member.node.name, other.node.name];
        yield {
          at: value.at,
          message: `${value.address!.text} is a /${value.address!.prefix} on ${here} but a /${expected.address!.prefix} on ${there}`,
          label: value.address!.explicit
            ? `/${expected.address!.prefix} on ${there}`
            : 'no prefix is written',
          related: [
            { at: expected.at, note: `/${expected.address!.prefix} on ${there}` },
            ...more
              .slice(0, 5)
              .map((each) => ({ at: each.value.at, note: `and /${each.value.address!.prefix} here` })),
          ],
          help: `the routes of ${here} differ while it holds the address; write the same prefix on all nodes`,
        };
      }
    }
  },
});
