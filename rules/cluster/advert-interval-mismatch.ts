import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { addressWords } from '../../src/model/keepalived/index.ts';
import { accepted, byVersion, deviations, type Member } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'advert-interval-mismatch',
  severity: 'error',
  summary: 'Nodes of one virtual router send their adverts at different intervals',
  why: `
VRRP version 2 requires the same \`advert_int\` on all nodes: an advert with another interval is dropped, each node takes the
other for dead, and both become MASTER. keepalived logs \`advertisement interval mismatch\` for each of them.

Version 3 takes the advert, and a backup goes by the interval of the master. There the difference is only a warning: how
long a takeover lasts then depends on which node was MASTER before.

Intervals are compared as keepalived uses them. Version 2 counts whole seconds, so that 0.5 and 1 are the same there, and 1
and 1.5 are not.
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_check_packet()', 'RFC 3768, section 7.1', 'RFC 5798, section 7.1'],
  bad: [
    {
      title: 'Version 2 drops the adverts',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              advert_int 1
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
              advert_int 3
                         ^ advert_int is 3 on lb2 but 1 on lb1
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'Version 3 goes by the master; a node without advert_int uses 1',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              version 3
              interface eth0
              virtual_router_id 51
              priority 150
              advert_int 0.2
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ advert_int is 1 on lb2 but 0.2 on lb1
              version 3
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
      title: 'The default on one node, written out on the other',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              advert_int 1
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
    {
      title: 'One number, written in two ways',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              version 3
              interface eth0
              virtual_router_id 51
              priority 150
              advert_int 0.5
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              version 3
              interface eth0
              virtual_router_id 51
              priority 100
              advert_int .50
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const members of sharedRouters(cluster).flatMap(byVersion)) {
      for (const { member, value, other, expected } of deviations(members, (each) =>
        accepted(each, each.instance.advertInterval),
      )) {
        const [here, there] = [member.node.name, other.node.name];
        const strict = member.instance.version.value === 2;
        yield {
          at: member.instance.advertInterval.at,
          message: `advert_int is ${value} on ${here} but ${expected} on ${there}`,
          label: origin(member),
          related: [{ at: other.instance.advertInterval.at, note: `${origin(other)} on ${there}` }],
          help: strict
            ? `${here} and ${there} drop each other's adverts: both become MASTER and hold ${addressWords(member.instance)}; give all nodes one advert_int`
            : 'the backup goes by the interval of the master, so that the time of a takeover depends on which node fails; give all nodes one advert_int',
          severity: strict ? 'error' : 'warning',
        };
      }
    }
  },
});

/** Where a node's interval comes from. */
function origin({ instance }: Member): string {
  const { written, stated, value } = instance.advertInterval;
  if (!written) return `no advert_int, which means ${value}`;
  return stated === value ? `${value}` : `${stated}, which version 2 rounds to ${value}`;
}
