import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'keepalived',
  id: 'authentication-header-type',
  severity: 'warning',
  summary: 'auth_type AH is deprecated',
  why: `
IPsec’s authentication header left the VRRP standard in 2004. It needs IPv4 and version 2, cannot start with \`state MASTER\` (keepalived
clears it with an error), is dropped by most firewalls and clouds (protocol 51), and brings sequence numbers that can keep a
restarted node unheard. \`auth_type PASS\` keeps strangers of the same virtual_router_id apart just as well; against people who can
listen, use unicast over an encrypted path, or \`auth_hmac\` of keepalived 2.4.
`,
  sources: [
    'RFC 3768, section 10',
    'keepalived: vrrp/vrrp.c, vrrp_complete_instance()',
    'keepalived.conf(5), auth_type',
  ],
  bad: [
    {
      title: 'AH',
      files: `
        vrrp_instance VI_1 {
            state MASTER
            priority 150
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type AH
                          ^^ auth_type AH is deprecated, and clears state MASTER
                auth_pass k9-Vrx2q
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
      title: 'PASS',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass k9-Vrx2q
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const { authentication, state } of instances) {
      if (authentication.type !== 'AH') continue;
      const cleared = state.value === 'MASTER' ? ', and clears state MASTER' : '';
      yield { at: authentication.at, message: `auth_type AH is deprecated${cleared}` };
    }
  },
});
