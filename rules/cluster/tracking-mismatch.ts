import type { Finding } from '../../src/lint/rule.ts';
import { rule } from '../../src/lint/rule.ts';
import { type CheckDifference, checkDifferences } from '../../src/model/checks.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { addressWords } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'cluster',
  id: 'tracking-mismatch',
  severity: 'warning',
  summary: 'The nodes of one virtual router are watched by different health checks',
  why: `
What one node is checked for and another is not decides who ends up with the address. If nginx is checked on the first node only, the
second one keeps the address when its nginx dies; and the first gives it up to a node on which nobody knows whether
nginx runs at all.

Checks are compared by what they look at: a script by the name of its program, \`killall\`, \`pidof\` and \`pgrep\` by the process, \`curl\` and
\`wget\` by what they ask of the node itself. Names, paths, other arguments and the names of interfaces are free. Another weight, interval,
\`timeout\`, \`fall\`, \`rise\` or \`quorum\` is a remark only.
`,
  sources: [
    'keepalived.conf(5), track_script, track_process, track_interface, track_file',
    'keepalived: vrrp/vrrp.c, vrrp_set_effective_priority()',
    'keepalived issues 97 and 1884',
  ],
  bad: [
    {
      title: 'nginx is watched on one node only',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_instance VI_1 {
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
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ lb2 does not track nginx, and lb1 does
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
      title: 'Another program under the same name',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/usr/bin/pgrep nginx"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_script {
                  chk_nginx
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/usr/bin/pgrep haproxy"
                     ^^^^^^^^^^^^^^^^^^^^^^^^ chk_nginx looks at process haproxy on lb2 but process nginx on lb1
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_script {
                  chk_nginx
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'Another port of the node itself',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_web {
              script "/usr/bin/curl -fso /dev/null http://127.0.0.1:8080/health"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_script {
                  chk_web
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_script chk_web {
              script "/usr/bin/curl -fso /dev/null http://localhost:8081/health"
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ chk_web looks at localhost:8081/health on lb2 but localhost:8080/health on lb1
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_script {
                  chk_web
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'A check that two instances share is said once',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx { script "/usr/bin/pgrep nginx" }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_script { chk_nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance VI_2 {
              interface eth0
              virtual_router_id 52
              priority 150
              track_script { chk_nginx }
              virtual_ipaddress { 10.0.0.101/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
          ^^^^^^^^^^^^^^^^^^ lb2 does not track chk_nginx, and lb1 does
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance VI_2 {
              interface eth0
              virtual_router_id 52
              priority 100
              virtual_ipaddress { 10.0.0.101/24 }
          }
        `,
      },
    },
    {
      title: 'Each node asks another gateway',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script uplink {
              script "/usr/bin/ping -c 1 -W 1 10.0.0.254"
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
          vrrp_script uplink {
              script "/usr/bin/ping -c 1 -W 1 10.0.9.254"
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ uplink looks at ping 10.0.9.254 on lb2 but ping 10.0.0.254 on lb1
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
  ],
  good: [
    {
      title: 'The same page, each node by an address of its own or by the loopback',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_web {
              script "/usr/bin/curl -fso /dev/null http://127.0.0.1/health?by=lb1"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              unicast_src_ip 10.0.0.1
              unicast_peer { 10.0.0.2 }
              track_script {
                  chk_web
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_script chk_web {
              script "/usr/bin/curl -fso /dev/null 'http://10.0.0.2:80/health'"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              unicast_src_ip 10.0.0.2
              unicast_peer { 10.0.0.1 }
              track_script {
                  chk_web
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'Another name, path and tool for the same process, and arguments of the node',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/usr/bin/killall -0 nginx"
          }
          vrrp_script chk_peer {
              script "/etc/keepalived/ask-1.sh 10.0.0.2"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_script {
                  chk_nginx
                  chk_peer
              }
              track_interface { eth1 }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_script check_web {
              script "/usr/bin/pgrep nginx"
          }
          vrrp_script chk_peer {
              script "/usr/local/bin/ask-2.sh 10.0.0.1"
          }
          vrrp_instance VI_1 {
              interface ens3
              virtual_router_id 51
              priority 100
              track_interface { ens4 }
              track_script {
                  chk_peer
                  check_web
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    const told = new Map<string, CheckDifference[]>();
    const fresh = sharedRouters(cluster)
      .flatMap(checkDifferences)
      .map((differences) =>
        differences.filter((each) => {
          const [key, others] = [causeOf(each), told.get(causeOf(each))];
          if (others) others.push(each);
          else told.set(key, [each]);
          return !others;
        }),
      );
    for (const differences of fresh)
      if (differences.length > 0)
        yield finding(
          differences,
          differences.map((each) => told.get(causeOf(each))!),
        );
  },
});

/**
 * Several routers may track one thing: what is wrong with it is told once, and where another node of each comes first in
 * priority, too.
 */
function causeOf({ kind, member, other, name, what, grounds }: CheckDifference): string {
  const nodes = [member.node.name, other.node.name];
  if (kind === 'missing') return ['untracked', ...nodes, name].join(' ');
  if (kind === 'extra') return ['untracked', ...nodes.reverse(), name].join(' ');
  const places = grounds.map(({ source, start, lacks }) => `${source.path} ${start} ${lacks}`).sort();
  return [kind, what, ...places].join(' ');
}

function finding(
  differences: readonly CheckDifference[],
  everywhere: readonly (readonly CheckDifference[])[],
): Finding {
  const heavy = differences.filter(({ kind }) => kind !== 'setting');
  const [first, ...more] = heavy.length > 0 ? heavy : differences;
  const { kind, member, other, name, at, expected, what, values } = first!;
  const [here, there] = [member.node.name, other.node.name];
  const isThere = kind === 'missing';
  const also = everywhere[differences.indexOf(first!)]!.slice(1);
  return {
    at: isThere ? member.instance.head : at,
    message: {
      missing: `${here} does not track ${name}, and ${there} does`,
      extra: `${here} tracks ${name}, and ${there} does not`,
      other: `${name} looks at ${values[0]} on ${here} but ${values[1]} on ${there}`,
      setting: `${name} has ${what} ${values[0]} on ${here} but ${values[1]} on ${there}`,
    }[kind],
    related: [
      ...(kind === 'extra' ? [{ at: other.instance.head, note: `not tracked on ${there}` }] : []),
      ...(expected
        ? [{ at: expected, note: isThere ? `tracked on ${there}` : `${values[1]} on ${there}` }]
        : []),
      ...more.slice(0, 4).map((each) => ({ at: each.at, note: 'this differs too' })),
      ...also.slice(0, 4).map((each) => ({
        at: isThere || kind !== 'extra' ? each.member.instance.head : each.at,
        note: isThere ? 'nor does this one' : 'this one tracks it too',
      })),
    ],
    grounds: everywhere.flat().map(({ grounds }) => grounds),
    help:
      heavy.length > 0
        ? `a failure that one node notices and the other does not leaves ${addressWords(member.instance)} on the wrong node; check the same on all nodes`
        : 'the nodes notice the same failure at different times, or weigh it differently',
    severity: heavy.length > 0 ? 'warning' : 'info',
  };
}
