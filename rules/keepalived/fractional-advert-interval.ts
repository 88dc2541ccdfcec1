import type { Span } from '../../grammar/text.ts';
import { rule } from '../../src/lint/rule.ts';
import { isRejected } from '../../src/model/keepalived/index.ts';
import { groundOf } from '../../src/model/located.ts';

export default rule({
  scope: 'keepalived',
  id: 'fractional-advert-interval',
  severity: 'warning',
  summary: 'VRRP version 2 has no fractions of a second',
  why: `
Version 2 carries the interval in whole seconds, and keepalived rounds: 0.5 becomes 1, 1.5 becomes 2, with an error in the log. The
failover is not as fast as the number suggests, and two nodes whose fractions round to different numbers reject each other’s adverts.
Version 3 counts in hundredths, from 0.01 to 40.95: \`vrrp_version 3\` on every node.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_complete_instance()',
    'RFC 3768, section 5.3.7',
    'RFC 5798, section 5.2.7',
  ],
  bad: [
    {
      title: 'Half a second, which it will not be',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            advert_int 0.5
                       ^^^ VRRP version 2 has whole seconds only: 0.5 becomes 1
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            version 3
            interface eth0
            virtual_router_id 52
            advert_int 60
                       ^^ VRRP version 3 counts in steps of 0.01 s up to 40.95: 60 becomes 40.95
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Version 3, and IPv6, which always uses it',
      files: `
        vrrp_instance VI_4 {
            version 3
            interface eth0
            virtual_router_id 51
            advert_int 0.25
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_6 {
            interface eth0
            virtual_router_id 51
            advert_int .5
            virtual_ipaddress {
                fe80::100/64
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            advert_int 2.0
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
  ],
  *check({ instances, invalidValues }) {
    for (const { advertInterval, version } of instances) {
      const { value, stated, at, written } = advertInterval;
      if (!written || value === undefined || stated === undefined || value === stated) continue;
      if (isRejected({ invalidValues }, version) || invalidValues.some((each) => isSame(each.at, at)))
        continue;
      const rule =
        version.value === 3
          ? 'version 3 counts in steps of 0.01 s up to 40.95'
          : 'version 2 has whole seconds only';
      const grounds = [[at, groundOf(version, 'vrrp_version')]];
      yield { at, message: `VRRP ${rule}: ${stated} becomes ${value}`, grounds };
    }
  },
});

const isSame = (a: Span, b: Span): boolean => a.source === b.source && a.start === b.start;
