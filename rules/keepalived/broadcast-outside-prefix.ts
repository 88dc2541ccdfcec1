import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'keepalived',
  id: 'broadcast-outside-prefix',
  severity: 'warning',
  summary: 'The broadcast address of a virtual address lies outside of its network',
  why: `
keepalived and the kernel take any broadcast address. One of another network is what remains when an address was changed and its
\`brd\` was not, or when the prefix length is wrong. Leave \`brd\` out, or write \`brd +\` for the highest address of the network.
`,
  sources: ['keepalived.conf(5), virtual_ipaddress', 'ip-address(8), broadcast'],
  bad: [
    {
      title: 'The address moved, its broadcast did not',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24 brd 192.168.1.255 dev eth0
                                  ^^^^^^^^^^^^^ 192.168.1.255 is not in the network of 10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The kernel’s choice, and a host address beside a network that is known elsewhere',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24 brd 10.0.0.255
                10.0.0.101/24 brd +
                10.0.0.102/32 brd 10.0.0.102
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const { addresses, excluded } of instances) {
      for (const { text, broadcast } of [...addresses, ...excluded]) {
        if (broadcast?.value !== 'outside') continue;
        const { source, start, end } = broadcast.at;
        yield {
          at: broadcast.at,
          message: `${source.text.slice(start, end)} is not in the network of ${text}`,
        };
      }
    }
  },
});
