import { rule } from '../../src/lint/rule.ts';
import { addressWords, idleTrackers, unwatchedInstances } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'node',
  id: 'no-health-check',
  severity: 'warning',
  summary: 'keepalived does not watch the service that the address is for',
  why: `
VRRP notices when a host or its link dies. When nginx alone dies, keepalived goes on sending adverts, and the address stays on
the node where nobody answers: connection refused, with a healthy second node idle beside it.

Let the instance track the process:

\`\`\`
vrrp_track_process nginx {
    process nginx
}
vrrp_instance VI_1 {
    track_process {
        nginx
    }
    ...
}
\`\`\`

\`track_process\` (keepalived 2.0.11 and later) costs no fork and no script user, and notices at once; it is what the maintainer advises. A \`vrrp_script\`
that asks for a page notices a hanging nginx too. In either case leave the weight out at first: a failure is then FAULT, and
the other node takes over whatever the priorities are.

What counts is any tracked script, process, file or BFD session of the instance or of its sync group. Without an nginx
configuration at hand this is only a note, for the address may belong to a router that has nothing to watch.
`,
  sources: ['keepalived.conf(5), vrrp_track_process and track_process', 'keepalived issues 2184 and 2599'],
  absence: true,
  bad: [
    {
      title: 'nginx and keepalived know nothing of each other',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ no instance tracks nginx: 10.0.0.100 stays here when nginx dies
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 80;
                  location / {
                      return 204;
                  }
              }
          }
        `,
      },
    },
    {
      title: 'Only one of two instances is watched, and no sync group ties them',
      files: {
        'keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_instance VI_4 {
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
          vrrp_instance VI_6 {
          ^^^^^^^^^^^^^^^^^^ VI_6 tracks nothing: fe80::100 stays here when the service dies
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  fe80::100/64
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'The sync group watches for its instances',
      files: {
        'keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_sync_group edge {
              group {
                  VI_4
                  VI_6
              }
              track_process {
                  nginx
              }
          }
          vrrp_instance VI_4 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
          vrrp_instance VI_6 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  fe80::100/64
              }
          }
        `,
      },
    },
    {
      title: 'A director that balances in the kernel has no process to watch',
      files: {
        'keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind NAT
              protocol TCP
              real_server 10.0.0.11 80 {
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
          }
        `,
      },
    },
  ],
  *check({ keepalived, nginx }) {
    // What is defined and not tracked has its finding.
    if (!keepalived || idleTrackers(keepalived.references).length > 0) return;
    const proxy = nginx.length > 0;
    // Its checkers watch the real servers, and the kernel that balances does not die alone.
    if (!proxy && keepalived.virtualServers.length > 0) return;
    const [first, ...more] = unwatchedInstances(keepalived);
    if (!first) return;
    const all = more.length + 1 === keepalived.instances.length;
    const what = proxy ? 'nginx' : 'the service';
    const service = proxy ? 'nginx' : 'haproxy';
    const addresses = addressWords(first);
    const stays = `${addresses} ${/ and /.test(addresses) ? 'stay' : 'stays'} here when ${what} dies`;
    yield {
      at: first.head,
      message: all ? `no instance tracks ${what}: ${stays}` : `${first.name.value} tracks nothing: ${stays}`,
      related: more.map(({ head }) => ({ at: head, note: 'nor does this one' })),
      help: `write \`vrrp_track_process ${service} { process ${service} }\` before the instance, and \`track_process { ${service} }\` in it`,
      severity: proxy ? 'warning' : 'info',
      grounds: [first, ...more].map(({ head }) => [
        { ...head, lacks: 'tracker' },
        { ...head, lacks: 'sync group' },
      ]),
    };
  },
});
