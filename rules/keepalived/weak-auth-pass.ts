import { rule } from '../../src/lint/rule.ts';

/** Passwords of the manual, of tutorials and of keyboards, compared without case. */
const common = new Set(
  '1111 1234 12345 123456 1234567 12345678 0000 1212 2222 8888 9999 666666 888888 123123 654321 abc123 abcd1234 password passw0rd passwd pass secret changeme admin admin123 root test keepalived keepaliv vrrp qwerty k@l!ve1 mypass 42'.split(
    ' ',
  ),
);

export default rule({
  scope: 'keepalived',
  id: 'weak-auth-pass',
  severity: 'info',
  risk: 3.1,
  summary: 'The password is one that everybody copies',
  why: `
\`auth_pass\` goes over the wire in clear text and keeps nobody out who can listen. What it does is keep two clusters apart that
share a virtual_router_id by accident, and for that it must differ from what the neighbour copied from the same tutorial.
lbcheck never prints a password.
`,
  sources: ['RFC 3768, section 10', 'keepalived.conf(5), auth_pass'],
  bad: [
    {
      title: 'From the manual page',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass 1234
                ^^^^^^^^^ this auth_pass is one that everybody copies from tutorials
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
      title: 'A word of its own, and a blank to be filled in',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              authentication {
                  auth_type PASS
                  auth_pass 1234-edg
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  *check({ instances }) {
    for (const { authentication } of instances) {
      const { type, secret } = authentication;
      if (type === 'PASS' && secret?.value !== undefined && common.has(secret.value.toLowerCase())) {
        // At the keyword: the columns of the password would tell its length.
        yield {
          at: authentication.secretKeyword ?? secret.at,
          message: 'this auth_pass is one that everybody copies from tutorials',
        };
      }
    }
  },
});
