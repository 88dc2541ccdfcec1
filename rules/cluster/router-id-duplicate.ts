import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { tellsRouterId } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'cluster',
  id: 'router-id-duplicate',
  severity: 'warning',
  summary: 'Several nodes have the same router_id',
  why: `
\`router_id\` names the node in mails, in SNMP and in traps. With one name for both, the mail at night says that LVS_DEVEL has become
MASTER and not which machine that is. The election does not look at it: nothing fails because of it, and that is why it stays
unnoticed until somebody needs to know. While neither mail addresses nor SNMP are configured nobody sees it, and it is a remark
only.

Give each node a name of its own, or leave \`router_id\` out: then it is the host name.
`,
  sources: ['keepalived: global_data.c, lib/smtp.c, vrrp/vrrp_snmp.c', 'keepalived.conf(5), router_id'],
  bad: [
    {
      title: 'The file was copied whole',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              router_id LVS_DEVEL
              notification_email {
                  ops@example.com
              }
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
              router_id LVS_DEVEL
                        ^^^^^^^^^ router_id is LVS_DEVEL on lb1 and lb2
              notification_email {
                  ops@example.com
              }
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
    {
      title: 'Copied whole, where neither mails nor SNMP say the name',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              router_id LVS_DEVEL
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
              router_id LVS_DEVEL
                        ^^^^^^^^^ router_id is LVS_DEVEL on lb1 and lb2
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
      title: 'Names that differ in one letter, as they do',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              router_id edge_a
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
          global_defs {
              router_id edge_b
              enable_traps
          }
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
      title: 'One file for both nodes, without router_id: each uses its host name',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
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
  *check({ balancers }) {
    const named = balancers.flatMap(({ name, keepalived }) => {
      const { routerId } = keepalived?.globals ?? {};
      return keepalived && routerId ? [{ name, routerId, isTold: tellsRouterId(keepalived.globals) }] : [];
    });
    for (const [first, ...more] of grouped(named, ({ routerId }) => routerId.value)) {
      const isTold = [first, ...more].some((each) => each.isTold);
      for (const { name, routerId } of more) {
        yield {
          at: routerId.at,
          message: `router_id is ${routerId.value} on ${first.name} and ${name}`,
          label: `also on ${first.name}`,
          related: [{ at: first.routerId.at, note: `the same on ${first.name}` }],
          help: `${isTold ? 'mails and SNMP cannot' : 'mails and SNMP, once there are any, could not'} tell the nodes apart; give each node a name of its own`,
          severity: isTold ? 'warning' : 'info',
        };
      }
    }
  },
});
