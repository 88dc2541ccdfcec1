import { grouped } from '../../grammar/group-by.ts';
import type { Finding } from '../../src/lint/rule.ts';
import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { addressWords, checksumOf, transportOf, unicastStatement } from '../../src/model/keepalived/index.ts';
import { byVersion, type Deviation, deviations, type Member } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'transport-mismatch',
  severity: 'error',
  summary: 'Nodes of one virtual router send their adverts in ways that do not meet',
  why: `
Adverts go to the peers of \`unicast_peer\`, or to a multicast group: \`mcast_dst_ip\`, \`vrrp_mcast_group4\` or \`vrrp_mcast_group6\`, else
224.0.0.18 and ff02::12. A node that sends to peers does not hear multicast, and the other way round; two groups do not hear each
other either. keepalived logs nothing at all: each node is alone and becomes MASTER.

With version 3 over IPv4 the checksum covers a pseudo header unless \`v3_checksum_as_v2\` is on. It has to be the same on all
nodes, or each drops the other's adverts.

Use one transport, one group and one checksum on all nodes.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_complete_instance(), open_vrrp_read_socket() and vrrp_check_packet()',
    'keepalived.conf(5), unicast_peer, mcast_dst_ip, vrrp_mcast_group4, v3_checksum_as_v2',
  ],
  bad: [
    {
      title: 'Unicast on one node only',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_src_ip 10.0.0.1
              unicast_peer {
                  10.0.0.2
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ adverts go by multicast on lb2 but by unicast on lb1
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
    {
      title: 'Another multicast group',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              vrrp_mcast_group4 224.0.0.81
          }
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
              vrrp_mcast_group4 224.0.0.18
                                ^^^^^^^^^^ adverts go to 224.0.0.18 on lb2 but to 224.0.0.81 on lb1
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
      title: 'The standard group written on one node, and left out on the other',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              vrrp_mcast_group4 224.0.0.18
          }
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
              interface ens3
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
  *check(cluster) {
    for (const router of sharedRouters(cluster)) {
      // unicast without peers is multicast, and another finding says so; and peers may stand in what could not be read.
      const members = router.members.filter(
        (member) =>
          transport(member).kind === 'unicast' ||
          (!unicastStatement(member.instance) && member.node.keepalived!.complete),
      );
      for (const each of deviations(members, transport, ({ kind }) => kind)) {
        yield finding(each, (here, there) => [
          `adverts go by ${each.value.kind} on ${here} but by ${each.expected.kind} on ${there}`,
          each.value.kind,
          each.expected.kind,
        ]);
      }
      const groups = members.filter((member) => transport(member).kind === 'multicast');
      for (const each of deviations(
        groups,
        (member) => transport(member).group,
        ({ value }) => value,
      )) {
        yield finding(each, (here, there) => [
          `adverts go to ${each.value.value} on ${here} but to ${each.expected.value} on ${there}`,
          each.value.value,
          each.expected.value,
        ]);
      }
      for (const alike of byVersion(router).flatMap((same) =>
        grouped(same, (member) => transport(member).kind),
      )) {
        for (const each of deviations(alike, checksum, ({ value }) => value)) {
          yield finding(each, (here, there) => [
            `the checksum is made ${each.value.value} on ${here} but ${each.expected.value} on ${there}`,
            each.value.value,
            each.expected.value,
          ]);
        }
      }
    }
  },
});

const transport = ({ node, instance }: Member) => transportOf(node.keepalived!, instance);
const checksum = ({ node, instance }: Member) => checksumOf(node.keepalived!, instance);

function finding<T extends Pick<Finding, 'at'>>(
  { member, value, other, expected }: Deviation<T>,
  words: (here: string, there: string) => readonly [message: string, here: string, there: string],
): Finding {
  const [here, there] = [member.node.name, other.node.name];
  const [message, mine, theirs] = words(here, there);
  return {
    at: value.at,
    message,
    label: `${mine} here`,
    related: [{ at: expected.at, note: `${theirs} on ${there}` }],
    help: `${here} and ${there} do not hear each other: both become MASTER and hold ${addressWords(member.instance)}`,
  };
}
