import { rule } from '../../src/lint/rule.ts';
import { stuckServers } from '../../src/model/forwarding.ts';

export default rule({
  scope: 'node',
  id: 'forwarding-off',
  severity: 'error',
  summary: 'An LVS director with NAT does not forward the answers of its real servers',
  why: `
With \`lb_kind NAT\` the real servers answer by way of the director, which puts the virtual address back and passes the packets on. That is
forwarding, and Linux does none unless \`net.ipv4.ip_forward\` is 1 (for IPv6 \`net.ipv6.conf.all.forwarding\`): connections arrive and never
open, while the health checks, which the director makes itself, find nothing wrong.

Where files of kernel settings are at hand and none of them speaks of forwarding, something else may switch it on, and the finding is a
warning.
`,
  sources: [
    'LVS-HOWTO, LVS-NAT: the director must forward',
    'Linux: Documentation/networking/ip-sysctl.rst, ip_forward and conf/all/forwarding',
  ],
  absence: true,
  bad: [
    {
      title: 'Switched off by hardening',
      files: {
        'lb1/keepalived.conf': `
          virtual_server 198.51.100.80 80 {
              lb_algo rr
              lb_kind NAT
              ^^^^^^^^^^^ net.ipv4.ip_forward is off: the answers of 198.51.100.80 stay on this node
              protocol TCP
              real_server 10.0.0.11 80 {
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
          }
        `,
        'lb1/etc/sysctl.d/60-hardening.conf': `
          net.ipv4.ip_forward = 0
          net.ipv4.conf.all.accept_redirects = 0
        `,
      },
    },
    {
      title: 'No file speaks of it',
      files: {
        'lb1/keepalived.conf': `
          virtual_server 198.51.100.80 80 {
              lb_algo rr
              lb_kind NAT
              ^^^^^^^^^^^ nothing sets net.ipv4.ip_forward: the answers of 198.51.100.80 may stay on this node
              protocol TCP
              real_server 10.0.0.11 80 {
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
          }
        `,
        'lb1/etc/sysctl.conf': `
          net.core.somaxconn = 4096
        `,
      },
    },
  ],
  good: [
    {
      title: 'Direct routing forwards nothing',
      files: {
        'lb1/keepalived.conf': `
          virtual_server 198.51.100.80 80 {
              lb_algo rr
              lb_kind DR
              protocol TCP
              real_server 198.51.100.11 80 {
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
          }
        `,
        'lb1/etc/sysctl.conf': `
          net.ipv4.ip_forward = 0
        `,
      },
    },
    {
      title: 'NAT, and the switch by its other name',
      files: {
        'lb1/keepalived.conf': `
          virtual_server 198.51.100.90 80 {
              lb_algo rr
              lb_kind NAT
              protocol TCP
              real_server 10.0.0.11 80 {
                  TCP_CHECK {
                      connect_timeout 3
                  }
              }
          }
        `,
        'lb1/etc/sysctl.conf': `
          net.ipv4.conf.all.forwarding = 1
        `,
      },
    },
  ],
  *check(node) {
    for (const { at, address, key, set } of stuckServers(node)) {
      yield {
        at,
        message: set
          ? `${key} is off: the answers of ${address} stay on this node`
          : `nothing sets ${key}: the answers of ${address} may stay on this node`,
        related: set ? [{ at: set, note: 'switched off here' }] : [],
        help: `write \`${key} = 1\` into a file of /etc/sysctl.d on every director`,
        severity: set ? 'error' : 'warning',
      };
    }
  },
});
