import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { addressWords, definitionsNamed, isUsed } from '../../src/model/keepalived/index.ts';
import { deviations, type Member } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'instance-name-mismatch',
  severity: 'info',
  summary: 'One virtual router has different instance names on its nodes',
  why: `
The name after \`vrrp_instance\` never leaves the node, so nothing breaks. But it is what logs, mails and notify scripts say: the person
who follows a failover through the logs of two machines has to know that VI_1 here is VI_2 there, and a script that asks for
\`VI_1\` finds it on one node only. Use one name on all nodes.
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_build_vrrp_v2()', 'keepalived.conf(5), vrrp_instance'],
  bad: [
    {
      title: 'One router, two names',
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
          vrrp_instance VI_2 {
                        ^^^^ the instance of 10.0.0.100 is named VI_2 on lb2 but VI_1 on lb1
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
      title: 'Two routers, each with its own name',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 51
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 10.0.1.100/24 }
          }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 52
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 52
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.1.100/24 }
          }
        `,
      },
    },
    {
      title: 'The name in quotes',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance "web" {
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
          vrrp_instance web {
              interface eth0
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const { members } of sharedRouters(cluster)) {
      // Said once for a router: with a name per node, each would differ from each.
      const [deviation] = deviations(members, ({ instance }) => instance.name.value || undefined);
      if (!deviation) continue;
      const { member, value, other, expected } = deviation;
      if (isExplained(member, value, expected) || isExplained(other, expected, value)) continue;
      const [here, there] = [member.node.name, other.node.name];
      yield {
        at: member.instance.name.at,
        message: `the instance of ${addressWords(member.instance)} is named ${value} on ${here} but ${expected} on ${there}`,
        related: [{ at: other.instance.name.at, note: `${expected} on ${there}` }],
        help: 'harmless on the wire; one name on all nodes makes logs and scripts agree',
      };
    }
  },
});

/** The node names the instance as the other does elsewhere, or has another of that name: which its own finding tells. */
function isExplained({ node }: Member, name: string, expected: string): boolean {
  const { references } = node.keepalived!;
  const named = (wanted: string): number => definitionsNamed(references, 'vrrp_instance', wanted).length;
  return named(name) > 1 || (named(expected) === 0 && isUsed(references, 'vrrp_instance', expected));
}
