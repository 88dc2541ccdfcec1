import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { nodeNames, sharedMembers, singlePath } from '../../src/model/cluster.ts';
import { addressWords, testsNetwork, trackersFor } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'cluster',
  id: 'no-arbiter',
  severity: 'info',
  summary: 'Nothing on the nodes tests the network around them',
  why: `
A node that no longer hears the others cannot know whether they are dead or whether it was cut off itself. It becomes MASTER
either way. An arbiter answers the question: a third party that both nodes can ask, usually the gateway. The node that gets no
answer goes to FAULT and gives the addresses up; the other one holds them alone.

keepalived watches the instance's own interface, which notices a pulled cable and not a dead switch behind it. Add a
\`vrrp_script\` that pings the gateway, \`track_bfd\` with the router as neighbour, or at least \`track_interface\` for the interfaces that the
service needs besides. Leave the weight out: a failure is then FAULT, whatever the priorities are.

What the files tell is what the nodes ask for, judged by names and commands: ping, gateway, arping, a curl to another host. What
a script with another name does, they do not tell; neither whether the gateway answers pings, nor whether some other system
watches the nodes.

This is said once for a cluster, and only where the nodes have two paths to each other. With one path \`single-heartbeat-path\` says more about
the same lack, and both together would be one note too many.
`,
  sources: [
    'keepalived.conf(5), track_script, track_bfd and track_interface',
    'keepalived: vrrp/vrrp_track.c, initialise_vrrp_tracking_priorities()',
  ],
  absence: true,
  bad: [
    {
      title: 'Two networks, and only the service is checked',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script check_nginx {
              script "/usr/bin/curl -fsS http://127.0.0.1/"
          }
          vrrp_sync_group edge {
              group {
                  inside
                  outside
              }
              track_script {
                  check_nginx
              }
          }
          vrrp_instance inside {
          ^^^^^^^^^^^^^^^^^^^^ nothing on lb1 and lb2 tests the network around them
              interface eth1
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.1.100/24
              }
          }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 52
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_script check_nginx {
              script "/usr/bin/curl -fsS http://127.0.0.1/"
          }
          vrrp_sync_group edge {
              group {
                  inside
                  outside
              }
              track_script {
                  check_nginx
              }
          }
          vrrp_instance inside {
              interface eth1
              virtual_router_id 51
              priority 100
              virtual_ipaddress {
                  10.0.1.100/24
              }
          }
          vrrp_instance outside {
              interface eth0
              virtual_router_id 52
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
      title: 'A script of unknown content whose name tells',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              enable_script_security
              script_user root
              enable_traps
          }
          vrrp_script check {
              script "/usr/local/sbin/check-gw"
              interval 2
              fall 2
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_script { check }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs {
              enable_script_security
              script_user root
              enable_traps
          }
          vrrp_script check {
              script "/usr/local/sbin/check-gw"
              interval 2
              fall 2
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_script { check }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
    {
      title: 'The interfaces of the service are tracked',
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
    const members = sharedMembers(cluster);
    const [first, ...more] = grouped(members, ({ node }) => node).map(([member]) => member);
    if (!first || singlePath(cluster)?.length !== 0) return;
    const tested = members.some(({ node, instance }) =>
      trackersFor(node.keepalived!, instance).some((tracker) => testsNetwork(node.keepalived!, tracker)),
    );
    if (tested) return;
    yield {
      at: first.instance.head,
      message: `nothing on ${nodeNames([first, ...more])} tests the network around them`,
      related: more.map(({ node, instance }) => ({ at: instance.head, note: `nor on ${node.name}` })),
      help: `a node that was cut off keeps ${addressWords(first.instance)}; track a script that pings the gateway, so that it gives up`,
    };
  },
});
