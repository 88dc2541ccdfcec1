import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { type SettingDifference, settingDifferences } from '../../src/model/instance-settings.ts';

export default rule({
  scope: 'cluster',
  id: 'instance-setting-mismatch',
  severity: 'warning',
  summary: 'The nodes of a virtual router behave differently as master, or wait for another time',
  why: `
One instance on two machines is one router for its clients, so what it does as master should not depend on the machine. With
\`use_vmac\` on one node only the MAC address of the virtual address changes with every failover, which is what a virtual MAC is there
to prevent; with \`no_accept\` on one only the address answers here and is silent there. A node with \`dont_track_primary\` stays
master on a link that is down, and one with other \`down_timer_adverts\` takes a living master for dead before the others do.

The rest of what nodes have to share has rules of its own. What each may have as it likes, such as how often it sends gratuitous ARP,
is not compared, nor is the name that \`use_vmac\` gives the interface.
`,
  sources: [
    'keepalived.conf(5), vrrp_instance: use_vmac, use_ipvlan, no_accept, dont_track_primary, down_timer_adverts',
    'keepalived: vrrp/vrrp.c, vrrp_complete_instance()',
  ],
  bad: [
    {
      title: 'A virtual MAC on one node',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              use_vmac vrrp51
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ use_vmac of VI_1 is on lb1 but not on lb2
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
    {
      title: 'A node with less patience',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              down_timer_adverts 4
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              down_timer_adverts 1
              ^^^^^^^^^^^^^^^^^^^^ down_timer_adverts of VI_1 is 1 on lb2 but 4 on lb1
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  good: [
    {
      title:
        'A name of its own for the virtual interface, gratuitous ARP as each likes, and a default that is written',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              use_vmac vrrp51
              vmac_xmit_base
              garp_master_refresh 60
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              use_vmac
              vmac_xmit_base
              down_timer_adverts 3
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    const found = sharedRouters(cluster).flatMap(settingDifferences);
    // Whoever forgot it in one instance mostly forgot it in all.
    const cause = ({ member, other, name, here, there }: SettingDifference): string =>
      [member.node.name, other.node.name, name, here, there].join();
    for (const [first, ...more] of grouped(found, cause)) {
      const { member, other, name, here, there, at, expected } = first;
      const [node, like] = [member.node.name, other.node.name];
      const subject = `${name} of ${member.instance.name.value}`;
      const [holder, lacking] = here === undefined ? [like, node] : [node, like];
      yield {
        at,
        message:
          here === undefined || there === undefined
            ? `${subject} is on ${holder} but not on ${lacking}`
            : `${subject} is ${here} on ${node} but ${there} on ${like}`,
        related: [
          {
            at: expected ?? other.instance.head,
            note: there === undefined ? `not on ${like}` : `on ${like}`,
          },
          ...more.slice(0, 4).map((each) => ({ at: each.at, note: 'here too' })),
        ],
        grounds: [first, ...more].map(({ grounds }) => grounds),
        help: 'after a failover the router behaves differently for its clients; write the same on all nodes',
      };
    }
  },
});
