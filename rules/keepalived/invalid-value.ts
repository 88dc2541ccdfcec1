import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'keepalived',
  id: 'invalid-value',
  severity: 'error',
  summary: 'A value is not one that the keyword takes',
  why: `
keepalived logs the line and goes on with the default or the value it had before: \`state BACKUIP\` starts as BACKUP,
\`priority 300\` runs with 100. A bad \`virtual_router_id\` leaves none, and the daemon does not start. Values are case sensitive:
\`backup\` is not \`BACKUP\`.
`,
  sources: ['keepalived: vrrp/vrrp_parser.c, lib/parser.c read_int_func()', 'keepalived.conf(5)'],
  bad: [
    {
      title: 'A misspelt state',
      files: `
        vrrp_instance VI_1 {
            state BACKUIP
                  ^^^^^^^ state is BACKUIP, not MASTER or BACKUP
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            state BACKUP
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'Out of range',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 300
                              ^^^ virtual_router_id is 300, not a whole number from 1 to 255
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Leading zeros, a quoted number, fractions of a second',
      files: `
        vrrp_instance VI_1 {
            version 3
            interface eth0
            virtual_router_id 051
            priority "120"
            advert_int .5
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ invalidValues }) {
    for (const { keyword, at, written, expected, meant, consequence } of invalidValues) {
      yield {
        at,
        message: `${keyword.name} is ${written}, not ${expected}`,
        ...(meant ? { label: `did you mean ${meant}?` } : {}),
        ...(consequence ? { help: consequence } : {}),
        // The daemon goes on with another value than the one that is then written: a person should look.
        ...(meant
          ? { fix: { title: `replace it by ${meant}`, safe: false, edits: [{ ...at, text: meant }] } }
          : {}),
      };
    }
  },
});
