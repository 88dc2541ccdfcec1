import { rule } from '../../src/lint/rule.ts';
import { edgeOf } from '../../src/model/net.ts';

export default rule({
  scope: 'keepalived',
  id: 'virtual-address-is-network',
  severity: 'error',
  summary: 'A virtual address is the broadcast address of its network, or the network itself',
  why: `
keepalived and the kernel take any address with any prefix length. But \`10.0.0.255/24\` is the broadcast address of its network:
every neighbour, the router too, has a route that says so, and refuses a connection to it (\`Network is unreachable\`).
\`10.0.0.0/24\` is the network itself. Linux before 5.14 and most other systems take that for a broadcast address, too.

Either a number is wrong, or the prefix length is: \`10.0.0.255/16\` is an address like any other, and so is \`10.0.0.255/32\`.
On \`lo\` a network is left alone: there it means that all of its addresses are the node's own.
`,
  sources: [
    'RFC 1122, section 3.2.1.3',
    'Linux: fib_add_ifaddr() in net/ipv4/fib_frontend.c, which adds the broadcast routes',
  ],
  bad: [
    {
      title: 'The highest and the lowest address of a network',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.255/24
                ^^^^^^^^^^^^^ no neighbour connects to 10.0.0.255: it is the broadcast address of its /24
                10.0.1.127/25 dev eth1
                ^^^^^^^^^^^^^ no neighbour connects to 10.0.1.127: it is the broadcast address of its /25
            }
            virtual_ipaddress_excluded {
                10.0.2.0/24
                ^^^^^^^^^^^ 10.0.2.0 is the /24 itself, and to many systems a broadcast address
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Larger and smaller networks in which they are addresses like others',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.255/16
                10.0.3.255/32
                10.0.4.0/31
                10.0.5.128/24
                10.0.6.0/24 dev lo
                10.0.7.255
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const { addresses, excluded } of instances) {
      for (const { address, at, dev } of [...addresses, ...excluded]) {
        const edge = address && dev?.value !== 'lo' ? edgeOf(address) : undefined;
        if (!address || !edge) continue;
        const { text, prefix } = address;
        if (edge === 'network') {
          const message = `${text} is the /${prefix} itself, and to many systems a broadcast address`;
          yield { at, message, severity: 'info' };
        } else {
          const message = `no neighbour connects to ${text}: it is the broadcast address of its /${prefix}`;
          yield { at, message };
        }
      }
    }
  },
});
