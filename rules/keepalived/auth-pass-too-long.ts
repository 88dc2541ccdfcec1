import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'keepalived',
  id: 'auth-pass-too-long',
  severity: 'warning',
  summary: 'Only the first 8 bytes of a password count',
  why: `
VRRP has a field of 8 bytes. keepalived cuts the rest off and reports an error, so that \`secretpw1\` and \`secretpw2\` are one and the
same password. Write 8 characters at most; fewer if some are not ASCII.
`,
  sources: ['keepalived: vrrp/vrrp_parser.c, vrrp_auth_pass_handler()', 'RFC 2338, section 5.3.10'],
  bad: [
    {
      title: 'Eleven characters',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass k9-Vrx2q-77
                ^^^^^^^^^ this auth_pass is longer than 8 bytes: the rest does not count
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
      title: 'Eight in quotes',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass "k9-Vrx#q"
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ instances }) {
    for (const { authentication } of instances) {
      if (!authentication.truncated || !authentication.secretKeyword) continue;
      yield {
        at: authentication.secretKeyword,
        message: 'this auth_pass is longer than 8 bytes: the rest does not count',
      };
    }
  },
});
