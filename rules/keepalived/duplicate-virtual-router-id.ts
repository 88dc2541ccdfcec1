import { rule } from '../../src/lint/rule.ts';
import { sharesAdverts } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'duplicate-virtual-router-id',
  severity: 'error',
  summary: 'Two instances of one node have the same virtual_router_id on one interface',
  why: `
Adverts carry the virtual_router_id and nothing else that tells instances apart. keepalived refuses to start with two of the same
number, family and multicast group on one interface, or of the same number and a common unicast peer. Give each instance its own
number from 1 to 255, on every node the same.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, check_vrid_conflicts()',
    'RFC 5798, section 5.2.3',
    'keepalived 2.2.7 with -t',
  ],
  bad: [
    {
      title: 'Copied from the first instance',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 51
                              ^^ VI_1 has virtual_router_id 51 on eth0 too
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'IPv4 and IPv6, two interfaces, another multicast group, other unicast peers',
      files: `
        vrrp_instance VI_4 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_6 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                fe80::100/64
            }
        }
        vrrp_instance VI_other_interface {
            interface eth1
            virtual_router_id 51
            virtual_ipaddress {
                10.1.0.100/24
            }
        }
        vrrp_instance VI_other_group {
            interface eth0
            virtual_router_id 51
            mcast_dst_ip 224.0.0.19
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
        vrrp_instance VI_unicast {
            interface eth0
            virtual_router_id 51
            unicast_src_ip 10.0.0.1
            unicast_peer {
                10.0.0.2
            }
            virtual_ipaddress {
                10.0.0.102/24
            }
        }
        vrrp_instance VI_unicast_elsewhere {
            interface eth0
            virtual_router_id 51
            unicast_src_ip 10.0.0.1
            unicast_peer {
                10.0.0.3
            }
            virtual_ipaddress {
                10.0.0.103/24
            }
        }
      `,
    },
  ],
  *check({ instances, template }) {
    if (template) return;
    const before = new Map<number | undefined, (typeof instances)[number][]>();
    for (const instance of instances) {
      const id = instance.virtualRouterId;
      const alike = before.get(id.value) ?? [];
      before.set(id.value, alike);
      const other = alike.find((each) => sharesAdverts(each, instance));
      alike.push(instance);
      if (!other) continue;
      yield {
        at: id.at,
        message: `${other.name.value} has virtual_router_id ${id.value} on ${instance.interface.value} too`,
        related: [{ at: other.virtualRouterId.at, note: `here in ${other.name.value}` }],
        grounds: [[id.at, other.virtualRouterId.at]],
        help: 'keepalived does not start',
      };
    }
  },
});
