import { rule } from '../../src/lint/rule.ts';
import { familyConflicts } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'mixed-address-families',
  severity: 'error',
  summary: 'One instance has addresses of IPv4 and of IPv6',
  why: `
An instance speaks VRRP of one family, that of the first address it reads, be it virtual, a source or a peer. Addresses of the
other family are dropped with an error, so nobody holds them. Put them into an instance of their own (the virtual_router_id may be
the same) and tie both with a sync group, or into \`virtual_ipaddress_excluded\`, which takes either family.
`,
  sources: ['keepalived: vrrp/vrrp_data.c, alloc_vrrp_vip()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'Both in one list',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
                fd00::100/64
                ^^^^^^^^^^^^ fd00::100/64 is IPv6, and VI_1 is IPv4
            }
        }
      `,
    },
    {
      title: 'A peer of the other family',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            unicast_src_ip 10.0.0.1
            unicast_peer {
                10.0.0.2
                fd00::2
                ^^^^^^^ fd00::2 is IPv6, and VI_1 is IPv4
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Excluded addresses may be of either family',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress_excluded {
                fd00::100/64
                10.0.0.101/24
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const instance of instances) {
      for (const { at, text, family, first, of } of familyConflicts(instance)) {
        yield {
          at,
          message: `${text} is ${family}, and ${instance.name.value} is ${of}`,
          related: [{ at: first, note: `the first address is ${of}` }],
          help: 'keepalived drops it',
        };
      }
    }
  },
});
