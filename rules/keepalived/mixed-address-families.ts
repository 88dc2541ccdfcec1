import { rule } from '../../src/lint/rule.ts';
import { familyConflicts, lateVersion, valueSpan } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'mixed-address-families',
  severity: 'error',
  summary: 'One instance has addresses of IPv4 and of IPv6',
  why: `
An instance speaks VRRP of one family, that of the first address it reads, be it virtual, a source or a peer. Addresses of the
other family are dropped with an error, so nobody holds them. Put them into an instance of their own (the virtual_router_id may be
the same) and tie both with a sync group, or into \`virtual_ipaddress_excluded\`, which takes either family.

The first address of IPv6 makes the version 3, and a \`version 2\` behind it is ignored with an error.
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
      title: 'A version behind the addresses that decide it',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                fe80::100/64
            }
            version 2
                    ^ version 2 comes too late: VI_1 is IPv6, which made it 3
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
      title: 'The version before the addresses',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            version 2
            virtual_ipaddress {
                fe80::100/64
            }
        }
      `,
    },
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
      const late = lateVersion(instance.statement.body);
      if (late) {
        yield {
          at: valueSpan(late.statement),
          message: `version 2 comes too late: ${instance.name.value} is IPv6, which made it 3`,
          related: [{ at: late.first, note: 'this makes it IPv6' }],
          help: 'keepalived ignores it: put it before the addresses, or leave it out',
        };
      }
    }
  },
});
