import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { hasArbiter, nodeNames, singlePath } from '../../src/model/cluster.ts';
import { addressWords } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'cluster',
  id: 'single-heartbeat-path',
  severity: 'info',
  summary: 'The nodes hear each other over one path, and nothing tells which of them was cut off',
  why: `
The adverts are the heartbeat: a node that hears none becomes MASTER. Here they take one interface, so one broken cable, switch
port or VLAN between two living nodes makes both of them MASTER. That is the first cause of split brain in every list of them.

What the files can tell is that there is one path and that no tracked script could be an arbiter. What they cannot tell is how
good the path is: a bond over two switches looks like any other interface, and so does a cable that is about to break; or whether
some other system watches the nodes and switches one of them off.

Three things help, and one of them is enough:

- **An arbiter.** Each node asks a third party, usually the gateway; the one that cannot reach it goes to FAULT and gives the
  address up. A \`vrrp_script\` with \`ping -c 1 -W 1 <gateway>\`, no weight and a \`fall\` of 2 or 3, or BFD to the router.
- **A second path.** keepalived sends the adverts of an instance over one interface. A second instance on another one, both in a
  \`vrrp_sync_group\`, makes the nodes hear each other twice; a bond does it one layer below, unseen by lbcheck.
- **Switching the other node off** (STONITH) before taking its addresses. keepalived has nothing for it: a cluster manager has.

This is said once for a cluster. Where it is said, \`no-arbiter\` keeps silent: an arbiter would answer both.
`,
  sources: [
    'keepalived: vrrp/vrrp_scheduler.c, vrrp_dispatcher_read_timeout()',
    'keepalived.conf(5), track_script, track_bfd and vrrp_sync_group',
  ],
  absence: true,
  bad: [
    {
      title: 'One interface, and a check of the service only',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ lb1 and lb2 hear each other over one path only: eth0
              interface eth0
              virtual_router_id 51
              priority 150
              track_process {
                  nginx
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_process {
                  nginx
              }
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
      title: 'A script that pings the gateway',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              enable_script_security
              script_user root
              enable_traps
          }
          vrrp_script uplink {
              script "/usr/bin/ping -c 1 -W 1 10.0.0.1"
              interval 2
              fall 2
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_script { uplink }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs {
              enable_script_security
              script_user root
              enable_traps
          }
          vrrp_script uplink {
              script "/usr/bin/ping -c 1 -W 1 10.0.0.1"
              interval 2
              fall 2
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_script { uplink }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
    {
      title: 'Two instances on two interfaces that move together',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          vrrp_track_process nginx { process nginx }
          vrrp_sync_group edge {
              group {
                  inside
                  outside
              }
              track_process { nginx }
              track_interface { eth2 }
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
          global_defs { enable_traps }
          vrrp_track_process nginx { process nginx }
          vrrp_sync_group edge {
              group {
                  inside
                  outside
              }
              track_process { nginx }
              track_interface { eth2 }
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
    const members = singlePath(cluster) ?? [];
    const [first, ...more] = grouped(members, ({ node }) => node).map(([member]) => member);
    if (!first || hasArbiter(members)) return;
    const nodes = [first, ...more];
    const interfaces = [...new Set(nodes.map(({ instance }) => instance.interface.value))].join(', ');
    yield {
      at: first.instance.head,
      message: `${nodeNames(nodes)} hear each other over one path only: ${interfaces}`,
      related: nodes.map(({ node, instance }) => ({
        at: instance.interface.at,
        note: `the adverts of ${node.name}`,
      })),
      help: `when that path breaks, each node becomes MASTER and holds ${addressWords(first.instance)}; track a script that pings the gateway, so that the node that was cut off gives up`,
    };
  },
});
