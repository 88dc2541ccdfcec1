import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'keepalived',
  id: 'comment-inside-word',
  severity: 'warning',
  summary: 'A # or ! in the middle of a word makes a comment of the rest',
  why: `
In keepalived both \`#\` and \`!\` begin a comment anywhere outside of double quotes, also inside a word. \`auth_pass v!p$%\` sets the
password \`v\`: short, and different from what the other node has if somebody put quotes there. Single quotes do not help, and a
backslash before the mark is only taken away; double quotes do help.
`,
  sources: ['keepalived: lib/parser.c, decomment()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'A password and a path',
      files: `
        vrrp_script check {
            script /usr/local/bin/check#2.sh
                   ^^^^^^^^^^^^^^^^^^^^^^^^^ the # begins a comment: the word ends before it
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass v!p$%
                          ^^^^^ the ! begins a comment: the word ends before it
            }
            track_script {
                check
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
      fixed: `
        vrrp_script check {
            script "/usr/local/bin/check#2.sh"
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass "v!p$%"
            }
            track_script {
                check
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'A backslash before the mark, as for a shell',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass ab\\!cd
                          ^^^^^^ the ! begins a comment: the word ends before it
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass "ab!cd"
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
      title: 'A comment that lacks a blank, and marks inside of double quotes',
      files: `
        global_defs {
            router_id lb1# the first of two
            notification_email_from "lb#1@example.com"
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51#office
            priority 100!
            garp_master_delay 5 \\# seconds
            authentication {
                auth_type PASS#clear
                auth_pass "v!p$%" # as on lb2
            }
            virtual_ipaddress {
                10.0.0.100/24#service
            }
        }
      `,
    },
  ],
  *check({ cutWords }) {
    for (const { at, mark, statement, backslash } of cutWords) {
      const { text } = at.source;
      const whole = text.slice(at.start, at.end);
      // Around the word, not instead of it: it may be a password, and edits are printed.
      const edits = whole.includes('"')
        ? undefined
        : [at.start, at.end].map((offset) => ({ source: at.source, start: offset, end: offset, text: '"' }));
      if (backslash) edits?.splice(1, 0, { ...backslash, text: '' });
      yield {
        at,
        message: `the ${mark} begins a comment: the word ends before it`,
        help: `if it belongs to ${statement.keyword!.name}, put the word in double quotes; if not, put a blank before it`,
        ...(edits ? { fix: { title: 'put it in double quotes', safe: false, edits } } : {}),
      };
    }
  },
});
