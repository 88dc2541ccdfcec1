import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { nodeNames, sharedMembers } from '../../src/model/cluster.ts';
import { addressWords, alarmsOf } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'cluster',
  id: 'no-alarm',
  severity: 'info',
  summary: 'Nobody is told when an address moves from one node to another',
  why: `
A failover that works is silent: the service goes on, on one node instead of two. Without an alarm nobody repairs the first
node, and the next fault takes the service away. A split brain is worse: clients notice it, and all that the nodes do about it is
write to their logs.

Any of these is an alarm: a \`notify\` script (or \`notify_master\`, \`notify_backup\`, \`notify_fault\`) in the instance or its sync group; mails, which need
\`notification_email\` **and** \`smtp_alert\`; SNMP traps, D-Bus or a \`vrrp_notify_fifo\` that something reads.

Mails are the trap: \`smtp_alert\` is on by default for real servers and **off for VRRP**. With \`notification_email\` alone keepalived sends nothing when
a node becomes MASTER. Write \`smtp_alert\` (or \`smtp_alert_vrrp\`) in \`global_defs\`; \`smtp_server\` is this host unless it says otherwise.

What the files cannot tell is whether something outside watches the nodes: a monitoring system that reads the logs or looks for
the address on two hosts at once. If so, allow this finding and name it in the reason.
`,
  sources: [
    'keepalived.conf(5), smtp_alert, smtp_alert_vrrp and notify',
    'keepalived: check/check_data.c, validate_check_config(); vrrp/vrrp_notify.c',
  ],
  absence: true,
  bad: [
    {
      title: 'Recipients to whom nothing is sent',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              notification_email {
                  ops@example.com
              }
              smtp_server 10.0.0.25
          }
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ notification_email is set, but without smtp_alert no mail tells of VRRP
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
              notification_email {
                  ops@example.com
              }
              smtp_server 10.0.0.25
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
      title: 'Nothing at all',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ nobody is told when 10.0.0.100 moves between lb1 and lb2
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
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Mails that are sent, through this host',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              notification_email { ops@example.com }
              smtp_alert
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
              notification_email { ops@example.com }
              smtp_alert
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
      title: 'The sync group speaks for its instances',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              enable_script_security
              script_user root
          }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_sync_group edge {
              group {
                  inside
                  outside
              }
              notify "/usr/local/sbin/page-somebody"
              track_bfd { gateway }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 10.0.1.100/24 }
          }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 52
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs {
              enable_script_security
              script_user root
          }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_sync_group edge {
              group {
                  inside
                  outside
              }
              notify "/usr/local/sbin/page-somebody"
              track_bfd { gateway }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 10.0.1.100/24 }
          }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 52
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    const members = sharedMembers(cluster);
    const [first, ...more] = grouped(members, ({ node }) => node).map(([member]) => member);
    const alarms = members.map(({ node, instance }) => alarmsOf(node.keepalived!, instance));
    if (!first || alarms.some(({ work }) => work)) return;
    const recipients = [...new Set(alarms.flatMap(({ unusedRecipients }) => unusedRecipients.slice(0, 1)))];
    yield {
      at: first.instance.head,
      message:
        recipients.length > 0
          ? 'notification_email is set, but without smtp_alert no mail tells of VRRP'
          : `nobody is told when ${addressWords(first.instance)} ${first.instance.addresses.length > 1 ? 'move' : 'moves'} between ${nodeNames([first, ...more])}`,
      related: recipients.map(({ at }) => ({ at, note: 'gets no mail about VRRP' })),
      help:
        recipients.length > 0
          ? 'smtp_alert is off by default for VRRP; write it in global_defs, or name a notify script in the instance'
          : 'name a notify script in the instance, or write notification_email and smtp_alert in global_defs',
    };
  },
});
