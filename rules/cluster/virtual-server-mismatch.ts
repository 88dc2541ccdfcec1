import type { Finding } from '../../src/lint/rule.ts';
import { rule } from '../../src/lint/rule.ts';
import { type Part, type ServerDifference, serverDifferences } from '../../src/model/virtual-servers.ts';

export default rule({
  scope: 'cluster',
  id: 'virtual-server-mismatch',
  severity: 'warning',
  summary: 'The nodes balance one virtual server differently',
  why: `
A \`virtual_server\` is set up in the kernel of every node. After a failover the connections go to the real servers that *this* node
lists, by its scheduler, its forwarding method and its checks. A real server that only one node knows gets no traffic any more;
another \`lb_kind\` may let nothing through at all; another \`persistence_timeout\` tears sessions apart.

Virtual servers are compared by address, port and protocol; the order of lines and a line that says the default are free, and
so are mails, notify scripts and the address that checks are sent from. The groups that virtual servers name are compared too, and
\`lvs_sync_daemon\`: it takes one on each side, and a node ignores the connections that another number announces.
`,
  sources: ['keepalived.conf(5), Virtual server(s)', 'keepalived: check/check_parser.c'],
  bad: [
    {
      title: 'A real server on one node only',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 80 { TCP_CHECK { connect_timeout 3 } }
              real_server 10.0.0.12 80 { TCP_CHECK { connect_timeout 3 } }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
          virtual_server 10.0.0.100 80 {
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ real_server 10.0.0.12 80 of 10.0.0.100 80 is on lb1 but not on lb2
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 80 { TCP_CHECK { connect_timeout 3 } }
          }
        `,
      },
    },
    {
      title: 'Another scheduler',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo wrr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 80 { TCP_CHECK { connect_timeout 3 } }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              ^^^^^^^^^^ lb_algo of 10.0.0.100 80 is rr on lb2 but wrr on lb1
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 80 { TCP_CHECK { connect_timeout 3 } }
          }
        `,
      },
    },
    {
      title: 'Connections that one side alone synchronises',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              lvs_sync_daemon eth1 VI_1 id 7
              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ lvs_sync_daemon is on lb1 but not on lb2
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 80 { TCP_CHECK { connect_timeout 3 } }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 80 { TCP_CHECK { connect_timeout 3 } }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Another order, an alias and a default that is written',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo wrr
              lb_kind DR
              protocol TCP
              real_server 10.0.0.11 80 { TCP_CHECK { connect_timeout 3 } }
              real_server 10.0.0.12 80 { TCP_CHECK { connect_timeout 3 } }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
          virtual_server 10.0.0.100 80 {
              real_server 10.0.0.12 80 { TCP_CHECK { connect_timeout 3 } }
              real_server 10.0.0.11 80 { TCP_CHECK { connect_timeout 3 } }
              protocol tcp
              quorum 1
              lvs_method DR
              lvs_sched wrr
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const difference of serverDifferences(cluster)) yield finding(difference);
  },
});

function finding({ node, other, server, at, kind, parts }: ServerDifference): Finding {
  const [here, there] = [node.name, other.name];
  if (kind !== 'changed') {
    const [holder, lacking] = kind === 'extra' ? [here, there] : [there, here];
    if (server === 'lvs_sync_daemon') {
      return {
        at,
        message: `${server} is on ${holder} but not on ${lacking}`,
        help: `one side alone synchronises nothing, so connections break with a failover; write it on all nodes`,
      };
    }
    return {
      at,
      message: `virtual server ${server} is on ${holder} but not on ${lacking}`,
      help: `${lacking} holds the address without balancing it after a failover; write the same virtual servers on all nodes`,
    };
  }
  const [first, ...more] = parts as [Part, ...Part[]];
  return {
    at: first.at ?? at,
    message:
      more.length > 0
        ? `virtual server ${server} differs in ${parts.length} places between ${here} and ${there}`
        : message(first),
    related: parts
      .flatMap((part) => [
        ...(part.at && part !== first ? [{ at: part.at, note: note(part.there, here) }] : []),
        ...(part.expected ? [{ at: part.expected, note: note(part.here, there) }] : []),
      ])
      .slice(0, 8),
    grounds: parts.flatMap(({ grounds }) => grounds),
    help: `after a failover ${server} is balanced differently; write the same virtual server on all nodes`,
  };

  function message({ name, here: mine, there: theirs }: Part): string {
    if (mine === undefined || theirs === undefined) {
      const [holder, lacking] = mine === undefined ? [there, here] : [here, there];
      return `${name} of ${server} is on ${holder} but not on ${lacking}`;
    }
    return mine === theirs
      ? `${name} of ${server} differs between ${here} and ${there}`
      : `${name} of ${server} is ${mine} on ${here} but ${theirs} on ${there}`;
  }
}

const note = (other: string | undefined, node: string): string =>
  other === undefined ? `only on ${node}` : `on ${node}`;
