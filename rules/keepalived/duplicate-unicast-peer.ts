import { rule } from '../../src/lint/rule.ts';
import { dropsRepeatedAddresses, repeatedPeers } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'duplicate-unicast-peer',
  severity: 'warning',
  summary: 'A peer is listed twice',
  why: `
keepalived below 2.3.3 says nothing and sends that peer each advert twice; from 2.3.3 on it is an error, and the second one is
dropped. Usually the line was copied for a third node and not changed: that one hears nothing and becomes master too.
`,
  sources: [
    'keepalived: vrrp/vrrp_parser.c, vrrp_unicast_peer_handler() (2.3.3)',
    'keepalived 2.2.7 with -t, which says nothing',
  ],
  bad: [
    {
      title: 'Copied, not changed',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            unicast_src_ip 10.0.0.11
            unicast_peer {
                10.0.0.12
                10.0.0.12
                ^^^^^^^^^ 10.0.0.12 is already a peer of VI_1
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
      title: 'The peers of two instances',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            unicast_src_ip 10.0.0.11
            unicast_peer {
                10.0.0.12
                10.0.0.13
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            unicast_src_ip 10.0.0.11
            unicast_peer {
                10.0.0.12
                10.0.0.13
            }
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
  ],
  *check({ instances, version, template }) {
    if (template) return;
    for (const instance of instances) {
      for (const { at, first, text } of repeatedPeers(instance)) {
        yield {
          at,
          message: `${text} is already a peer of ${instance.name.value}`,
          related: [{ at: first, note: 'first here' }],
          ...(dropsRepeatedAddresses(version)
            ? { severity: 'error' as const, help: 'keepalived drops this one' }
            : {}),
        };
      }
    }
  },
});
