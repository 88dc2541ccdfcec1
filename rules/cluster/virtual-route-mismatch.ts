import type { Finding } from '../../src/lint/rule.ts';
import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { routeList } from '../../src/model/keepalived/index.ts';
import { type RouteDifference, routeDifferences } from '../../src/model/routes.ts';

export default rule({
  scope: 'cluster',
  id: 'virtual-route-mismatch',
  severity: 'warning',
  summary: 'Nodes of one virtual router set different routes or policy rules when they become MASTER',
  why: `
\`virtual_routes\` and \`virtual_rules\` are set by whoever is MASTER. No advert speaks of them, so keepalived cannot see that the nodes
disagree. After a failover the route that only the other node has is missing: the address moved, and packets go elsewhere or nowhere.

The order of the lines, the order of the words and the names of interfaces are free.
`,
  sources: [
    'keepalived.conf(5), virtual_routes and virtual_rules',
    'keepalived: vrrp/vrrp_iproute.c, alloc_route()',
  ],
  bad: [
    {
      title: 'Another gateway',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
              virtual_routes {
                  default via 10.0.0.1 dev eth0
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
              virtual_routes {
                  default via 10.0.0.254 dev eth0
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ virtual route to default differs between lb2 and lb1
              }
          }
        `,
      },
    },
    {
      title: 'A rule on one node only',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
              virtual_rules {
                  from 10.0.0.100 table 100 preference 100
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ virtual rule from 10.0.0.100 is on lb1 but not on lb2
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
      title: 'Another order, another spelling, another interface name',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
              virtual_routes {
                  0.0.0.0/0 via 10.0.0.1 dev eth0 metric 10
                  172.16.0.0/12 via 10.0.0.2 dev eth0
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface ens3
              virtual_router_id 51
              priority 100
              virtual_ipaddress {
                  10.0.0.100/24
              }
              virtual_routes {
                  172.16.0.0/12 dev ens3 via 10.0.0.2
                  default dev ens3 via 10.0.0.1 metric 10
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const router of sharedRouters(cluster)) {
      for (const difference of routeDifferences(router)) yield finding(difference);
    }
  },
});

function finding({ kind, member, other, extra, missing }: RouteDifference): Finding {
  const [here, there] = [member.node.name, other.node.name];
  const what = kind === 'route' ? 'virtual route to' : 'virtual rule';
  const changed = extra.find((each) => missing.some(({ subject }) => subject === each.subject));
  const only = extra[0] ?? missing[0]!;
  const subject = (changed ?? only).subject;
  const count = new Set([...extra, ...missing].map((each) => each.subject)).size;
  return {
    at: (changed ?? extra[0])?.at ?? routeList(member.instance, kind),
    message:
      count > 1
        ? `${count} virtual ${kind}s differ between ${here} and ${there}`
        : changed
          ? `${what} ${subject} differs between ${here} and ${there}`
          : `${what} ${subject} is on ${extra[0] ? here : there} but not on ${extra[0] ? there : here}`,
    grounds: [
      [
        ...[...extra, ...missing].map(({ at }) => at),
        { ...(extra[0] ? other : member).instance.head, lacks: `virtual_${kind}s` },
      ],
    ],
    related: [
      ...extra
        .filter((each) => each !== (changed ?? only))
        .slice(0, 5)
        .map(({ at }) => ({ at, note: `only on ${here}` })),
      ...missing.slice(0, 5).map(({ at }) => ({ at, note: `only on ${there}` })),
    ],
    help: `after a failover the MASTER sets other ${kind}s, and keepalived logs nothing; write the same on all nodes`,
  };
}
