import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { versionSkew } from '../../src/model/skew.ts';

export default rule({
  scope: 'cluster',
  id: 'daemon-version-skew',
  severity: 'info',
  summary: 'The nodes run versions of keepalived between which something changed that they rely on',
  why: `
While one node is upgraded and another is not, they may judge the same advert differently:

- Since **2.3.3** an advert with other virtual addresses is logged and accepted; before, it is dropped. An address that is added while the
  versions differ makes the older node MASTER beside the newer one.
- Since **2.4.0** there is \`auth_hmac\`; an older node drops signed adverts, as they are too long for it.
- Since **1.3.7** the checksum of version 3 over IPv4 unicast is made as the RFC says; an older node needs
  \`old_unicast_checksum\` on the newer one.

Nothing is wrong yet, or another finding says so. Finish the upgrade before changing addresses.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_check_packet(); commit af103930, first in 2.3.3',
    'keepalived issues 642, 929 and 1175',
  ],
  bad: [
    {
      title: 'One node was upgraded',
      files: {
        'lbcheck.yaml': `
          clusters:
            edge:
              nodes:
                lb1: { files: [lb1], facts: { keepalived: '2.2.7' } }
                lb2: { files: [lb2], facts: { keepalived: '2.3.4' } }
        `,
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ keepalived is 2.3.4 on lb2 but 2.2.7 on lb1: they treat other addresses differently
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Two versions that agree',
      files: {
        'lbcheck.yaml': `
          clusters:
            edge:
              nodes:
                lb1: { files: [lb1], facts: { keepalived: '2.2.4' } }
                lb2: { files: [lb2], facts: { keepalived: '2.2.7' } }
        `,
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    const said = new Set<string>();
    for (const { member, value, other, expected, change } of sharedRouters(cluster).flatMap(versionSkew)) {
      const [here, there] = [member.node.name, other.node.name];
      // A node has one daemon, whatever number of routers.
      if (said.has(here)) continue;
      said.add(here);
      yield {
        at: member.instance.head,
        message: `keepalived is ${value} on ${here} but ${expected} on ${there}: ${change.effect}`,
        related: [{ at: other.instance.head, note: `${expected} on ${there}` }],
        help: `the behaviour changed in ${change.since}; upgrade both nodes before anything else is changed`,
      };
    }
  },
});
