import { rule } from '../../src/lint/rule.ts';
import { multicastGroups } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'multicast-group-not-link-local',
  severity: 'warning',
  summary: 'Adverts go to an address that is no link-local multicast group',
  why: `
VRRP uses 224.0.0.18 and ff02::12. Groups within 224.0.0.0/24 and ff02::/16 are never forwarded and are flooded to all ports;
others are filtered by switches with IGMP or MLD snooping unless somebody asks for them, and may be routed elsewhere. An address
that is no multicast group at all is refused: an error.
`,
  sources: [
    'RFC 5771, section 4',
    'RFC 4291, section 2.7',
    'keepalived: vrrp/vrrp_parser.c',
    'keepalived 2.2.7 with -t',
  ],
  bad: [
    {
      title: 'A group of its own choice, and an address that is none',
      files: `
        global_defs {
            vrrp_mcast_group4 239.1.2.3
                              ^^^^^^^^^ 239.1.2.3 is not a link-local group: not in 224.0.0.0/24
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            mcast_dst_ip 10.0.0.2
                         ^^^^^^^^ 10.0.0.2 is not a multicast group
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Neighbours of the standard group',
      files: `
        global_defs {
            vrrp_mcast_group4 224.0.0.19
            vrrp_mcast_group6 ff02::13
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, text, fault } of multicastGroups(model)) {
      const range = text.includes(':') ? 'ff02::/16' : '224.0.0.0/24';
      yield {
        at,
        message:
          fault === 'scope'
            ? `${text} is not a link-local group: not in ${range}`
            : fault === 'family'
              ? `${text} is of the other address family`
              : `${text} is not a multicast group`,
        ...(fault === 'scope' ? {} : { severity: 'error' as const, help: 'keepalived ignores it' }),
      };
    }
  },
});
