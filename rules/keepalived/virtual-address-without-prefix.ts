import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'keepalived',
  id: 'virtual-address-without-prefix',
  severity: 'info',
  summary: 'A virtual address has no prefix length, which makes it a host address',
  why: `
Without \`/24\` or the like keepalived adds the address as /32 (IPv6: /128). That is right, and often wanted, when the node has
another address in the same network. Where the virtual address is the only one of its network, there is no route to the
neighbours: they reach the node, and its answers find no way.
`,
  sources: ['keepalived: vrrp/vrrp_ipaddress.c, parse_ipaddress()', 'keepalived.conf(5), virtual_ipaddress'],
  bad: [
    {
      title: 'No prefix',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100
                ^^^^^^^^^^ 10.0.0.100 has no prefix and becomes a /32
            }
        }
      `,
    },
    {
      title: 'Nothing behind the slash',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/
                ^^^^^^^^^^^ 10.0.0.100/ has prefix length 0, which no network has
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A /32 that says so, next to an address of the network',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24 dev eth0
                10.0.0.101/32 dev eth0
                10.0.0.102
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const { addresses, excluded } of instances) {
      for (const { address, at, text } of [...addresses, ...excluded]) {
        if (!address?.explicit || address.prefix !== 0) continue;
        yield {
          at,
          severity: 'warning',
          message: `${text} has prefix length 0, which no network has`,
          help: `nothing behind the / counts as 0: write the length of the network's prefix`,
        };
      }
      // Beside an address that has one it is evidently deliberate.
      if (addresses.some(({ address }) => address?.explicit)) continue;
      const bare = addresses.find(({ address }) => address !== undefined);
      if (bare?.address) {
        const { text, prefix } = bare.address;
        yield { at: bare.at, message: `${text} has no prefix and becomes a /${prefix}` };
      }
    }
  },
});
