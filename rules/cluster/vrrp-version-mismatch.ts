import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { addressWords } from '../../src/model/keepalived/index.ts';
import { groundOf } from '../../src/model/located.ts';
import { accepted, type Deviation, deviations, type Member } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'vrrp-version-mismatch',
  severity: 'error',
  summary: 'Nodes of one virtual router speak different versions of VRRP',
  why: `
A node drops every advert of another VRRP version before it looks at anything else in it, so each takes the other for dead and
both become MASTER. The log says \`wrong VRRP version\`.

The version comes from \`version\` in the instance, else from \`vrrp_version\` in \`global_defs\`, else it is 2. For IPv6 it is 3
whatever \`global_defs\` says. Changing one node at a time means two masters until the last one is changed: change both within
one restart. Version 3 has no passwords; an \`authentication\` block is ignored there.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_check_packet()',
    'keepalived: vrrp/vrrp.c, vrrp_complete_instance()',
    'keepalived.conf(5), vrrp_version and version',
  ],
  bad: [
    {
      title: 'Only one node was changed to version 3',
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
          global_defs {
              vrrp_version 3
                           ^ VRRP version is 3 on lb2 but 2 on lb1
          }
          vrrp_instance VI_1 {
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
      title: 'Version 3 from global_defs on one node, from the instance on the other',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              vrrp_version 3
              enable_traps
          }
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
              version 3
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
      title: 'IPv6 is version 3 anyway',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip fe80::1 }
          vrrp_instance VI_6 {
              version 3
              interface eth0
              virtual_router_id 51
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { fe80::100/64 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip fe80::1 }
          vrrp_instance VI_6 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { fe80::100/64 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    const found = sharedRouters(cluster).flatMap(({ members }) =>
      deviations(members, (each) => accepted(each, each.instance.version)),
    );
    // The version of a node is mostly said once, for all its instances.
    const pair = ({ member, other }: Deviation<unknown>): string =>
      [member.node.name, other.node.name].sort().join();
    for (const [{ member, value, other, expected }, ...more] of grouped(found, pair)) {
      const [here, there] = [member.node.name, other.node.name];
      yield {
        at: member.instance.version.at,
        message: `VRRP version is ${value} on ${here} but ${expected} on ${there}`,
        label: origin(member),
        related: [
          { at: other.instance.version.at, note: `${origin(other)} on ${there}` },
          ...more.slice(0, 4).map((each) => ({
            at: each.member.instance.version.at,
            note: `${each.member.instance.name.value} has ${each.value} on ${each.member.node.name}`,
          })),
        ],
        grounds: [
          [member, other, ...more.map((each) => each.member)].flatMap(({ node, instance }) =>
            [instance.version, ...(instance.version.written ? [] : [node.keepalived!.globals.version])].map(
              (version) => groundOf(version, 'vrrp_version'),
            ),
          ),
        ],
        help: `${here} and ${there} drop each other's adverts: both become MASTER and hold ${addressWords(member.instance)}; give all nodes one version`,
      };
    }
  },
});

/** Where a node's version comes from. */
const origin = ({ instance: { version } }: Member): string =>
  version.written ? `version ${version.value}` : `no version, which means ${version.value}`;
