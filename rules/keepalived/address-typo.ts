import { isVerbatim } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { strayIn } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'address-typo',
  severity: 'error',
  summary: 'An address cannot be read as one',
  why: `
keepalived drops an address that it cannot read, logs a line and starts. A virtual address is then held by nobody; a peer hears
no adverts and takes over; a whole \`virtual_server\` block is skipped. Addresses are read by \`inet_pton()\`: four decimal numbers
without leading zeros, no host names, no brackets, and a prefix length instead of a netmask. With a bad prefix length the
address becomes a /32, which is seldom what a network of /24 needs.
`,
  sources: [
    'keepalived: vrrp/vrrp_ipaddress.c, parse_ipaddress(); lib/utils.c, inet_stosockaddr()',
    'inet_pton(3)',
  ],
  bad: [
    {
      title: 'Letters for digits, a netmask, a number above 255, a blank',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            unicast_src_ip 10.0.0.1
            unicast_peer {
                10.0.0. 2
                ^^^^^^^^^ 10.0.0. 2 is no address: a number is missing beside a dot
                10.0.0.3-5
                ^^^^^^^^^^ 10.0.0.3-5 is no address: it is a range
            }
            virtual_ipaddress {
                10.0.0.1OO/24
                ^^^^^^^^^^^^^ 10.0.0.1OO/24 is no address: it has letters for digits
                10.0.0.101/255.255.255.0
                ^^^^^^^^^^^^^^^^^^^^^^^^ 10.0.0.101/255.255.255.0: the prefix length is not a number from 0 to 32
                10.0.0.300/24
                ^^^^^^^^^^^^^ 10.0.0.300/24 is no address: 300 is above 255
                10.0.0.102/24 brd 10.0.0.255/24
                                  ^^^^^^^^^^^^^ 10.0.0.255/24 is no address: a prefix has no place here
            }
            virtual_routes {
                10.9.0.0/16 via 10.0.0.254/24 dev eth0
                                ^^^^^^^^^^^^^ 10.0.0.254/24 is no address: a prefix has no place here
            }
        }
      `,
    },
    {
      title: 'Other signs for dots and slashes, and what was copied along',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                192.0.2;10/24
                ^^^^^^^^^^^^^ 192.0.2;10/24 is no address: it cannot be read as one
                192.0.2-11/24
                ^^^^^^^^^^^^^ 192.0.2-11/24 is no address: it cannot be read as one
                192.0.2.12,/24
                ^^^^^^^^^^^^^^ 192.0.2.12,/24 is no address: it cannot be read as one
                192.0.2.13.24
                ^^^^^^^^^^^^^ 192.0.2.13.24 is no address: it has 5 numbers, not 4
                http://192.0.2.14/24
                ^^^^^^^^^^^^^^^^^^^^ http://192.0.2.14/24 is no address: it cannot be read as one
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                192.0.2.10/24
                192.0.2.11/24
                192.0.2.12/24
                192.0.2.13/24
                192.0.2.14/24
            }
        }
      `,
    },
    {
      title: 'The port belongs apart',
      files: `
        virtual_server 10.0.0.100:80 {
                       ^^^^^^^^^^^^^ 10.0.0.100:80 is no address: the port is a word of its own
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
      fixed: `
        virtual_server 10.0.0.100 80 {
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
    },
  ],
  good: [
    {
      title: 'Every form of IPv6, a peer with a prefix length, a mail server by name, ranges of servers',
      files: `
        global_defs {
            smtp_server mail.example.com 25
        }
        virtual_server_group web {
            10.0.1.1-20 80
            10.0.2.0/24 80
            fwmark 7
        }
        vrrp_instance VI_6 {
            interface eth0
            virtual_router_id 51
            unicast_src_ip fe80::1
            unicast_peer {
                fe80::2/64
            }
            virtual_ipaddress {
                fe80::100/64
                ::ffff:10.0.0.1/128
                2001:DB8:0:0:0:0:0:64/64
            }
        }
      `,
    },
  ],
  *check({ statements, wordProblems }) {
    for (const { kind, at, statement, item, written, expected, meant, consequence } of wordProblems) {
      if (kind !== 'address') continue;
      const prefix = expected.startsWith('the prefix');
      const what = written !== undefined && written.length <= 40 ? written : 'this';
      yield {
        at,
        grounds: [[at, ...(written ? strayIn(statements, statement, written) : [])]],
        message: prefix ? `${what}: ${expected}` : `${what} is no address: ${expected}`,
        ...(meant ? { label: `did you mean ${meant}?` } : {}),
        ...(prefix
          ? { help: 'keepalived takes the whole address as prefix: /32 or /128' }
          : consequence
            ? { help: consequence }
            : {}),
        ...(meant && isVerbatim(item ?? statement.directive)
          ? { fix: { title: `replace it by ${meant}`, safe: false, edits: [{ ...at, text: meant }] } }
          : {}),
      };
    }
  },
});
