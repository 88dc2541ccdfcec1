import { rule } from '../../src/lint/rule.ts';
import { virtualInterfaceFaults } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'virtual-interface-conflict',
  severity: 'error',
  summary: 'Settings of a VMAC, an IPVLAN or a VRF do not go together',
  why: `
keepalived reports an error and goes its own way: an IPVLAN for IPv4 without an address to send from stays in FAULT, a second name or
an unfit MAC address is dropped, \`vrf\` beside \`interface\` is dropped. \`promote_secondaries\` beside \`use_vmac\` is refused because it
is on anyway: a warning.
`,
  sources: [
    'keepalived: vrrp_vmac_handler(), vrrp_ipvlan_handler(), vrrp_vrf_handler(), vrrp_complete_instance()',
  ],
  bad: [
    {
      title: 'An IPVLAN that cannot send, and names and addresses that are dropped',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            use_ipvlan ipvl51
            ^^^^^^^^^^ use_ipvlan with IPv4 has no address to send from
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            use_ipvlan ipvl52 ipvl53 10.0.0.2
                              ^^^^^^ use_ipvlan names a second interface, ipvl53
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
        vrrp_instance VI_3 {
            interface eth0
            virtual_router_id 53
            use_vmac vrrp.53 01:00:5e:00:01:35 vrrp.54
                             ^^^^^^^^^^^^^^^^^ 01:00:5e:00:01:35 is a multicast MAC address
                                               ^^^^^^^ use_vmac names a second interface, vrrp.54
            promote_secondaries
            ^^^^^^^^^^^^^^^^^^^ promote_secondaries is on anyway with use_vmac
            virtual_ipaddress {
                10.0.0.102/24
            }
        }
        vrrp_instance VI_4 {
            interface eth0
            vrf blue
            ^^^ vrf stands beside interface, which has its own
            virtual_router_id 54
            virtual_ipaddress {
                10.0.0.103/24
            }
        }
      `,
    },
    {
      title: 'An option that the daemon takes for a name',
      facts: { keepalived: '2.2.7' },
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            use_vmac vrrp.51 group 7
                             ^^^^^ group of use_vmac came with keepalived 2.3.0
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A name, a MAC address of its own, an address to send from',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            use_vmac vrrp.51 02:00:5e:00:01:33
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            use_ipvlan ipvl52 10.0.0.2 bridge
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
        vrrp_instance VI_3 {
            interface eth0
            virtual_router_id 53
            use_ipvlan
            virtual_ipaddress {
                fe80::100/64
            }
        }
      `,
    },
  ],
  *check({ instances, version }) {
    for (const instance of instances) {
      for (const { at, message, help, harmless } of virtualInterfaceFaults(instance, version)) {
        yield { at, message, help, ...(harmless ? { severity: 'warning' } : {}) };
      }
    }
  },
});
