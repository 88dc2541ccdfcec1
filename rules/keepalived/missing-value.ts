import { rule } from '../../src/lint/rule.ts';
import { commentInsteadOf, strayIn } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'missing-value',
  severity: 'error',
  summary: 'A keyword stands alone where it needs a value',
  why: `
For most keywords a missing word is not one bad line but the end of the reading: \`priority\` without a number makes keepalived
stop there with exit status 2, and nothing below is ever looked at, by the daemon or by \`keepalived -t\`. An option of an address
or a route without its value drops that address or route.

A frequent cause is a value that begins with \`#\` or \`!\`: both start a comment, in a password too. Put it in double quotes.
`,
  sources: [
    'keepalived: lib/parser.c, strvec_slot() and null_strvec()',
    'keepalived 2.2.7, exit status 2 of -t',
  ],
  bad: [
    {
      title: 'No number',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority
            ^^^^^^^^ priority has no value
            virtual_ipaddress {
                10.0.0.100/24 dev
                              ^^^ dev has no value
            }
        }
      `,
    },
    {
      title: 'Quotes that stand twice',
      files: `
        vrrp_script chk_web {
            script ""/usr/bin/pgrep nginx""
                   ^^ script has no value
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_web
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'A password that is a comment',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass #k9vrx2q
                ^^^^^^^^^ auth_pass has no value: the # after it begins a comment
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'What a route is to do stands before its destination',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
            virtual_routes {
                blackhole 10.8.0.0/16 no_track
                10.9.0.0/16 unreachable no_track
                            ^^^^^^^^^^^ the destination behind unreachable is missing
            }
        }
      `,
    },
    {
      title: 'No braces at all',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_interface eth1
            ^^^^^^^^^^^^^^^ the { } of track_interface is missing
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Keywords that need none, or may go without',
      files: `
        global_defs {
            dynamic_interfaces
            vrrp_skip_check_adv_addr
            max_auto_priority
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            nopreempt
            use_vmac
            vmac_xmit_base
            notify_deleted
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ statements, wordProblems }) {
    for (const { kind, statement, item, subject, at, expected, consequence } of wordProblems) {
      if (kind !== 'missing') continue;
      const comment = item ? undefined : commentInsteadOf(statement.directive);
      const mark = comment?.source.text[comment.start];
      const plain = subject.startsWith('the ');
      const name = statement.keyword?.name;
      yield {
        at,
        ...(name === undefined ? {} : { grounds: [[at, ...strayIn(statements, statement, name)]] }),
        message: plain
          ? `${subject} is missing`
          : `${subject} has no value${mark ? `: the ${mark} after it begins a comment` : ''}`,
        ...(expected && !plain && !mark ? { label: `${expected} is missing` } : {}),
        ...(mark ? { help: 'put the value in double quotes' } : consequence ? { help: consequence } : {}),
      };
    }
  },
});
