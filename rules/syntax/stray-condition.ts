import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'stray-condition',
  severity: 'error',
  summary: 'An @ makes a line of keepalived one for other machines, or for none',
  why: `
A line that begins with \`@lb1\` is for the machine lb1 only, one that begins with \`@^lb1\` for all others; everywhere else keepalived
drops it without a word. So it does with \`@priority 100\`, which is a line for the machine "priority", and with \`@192.0.2.2\`, which has
nothing for any machine. After \`@!lb1\` it sees nothing at all, as \`!\` begins a comment.
`,
  sources: ['keepalived: lib/parser.c, read_line()', 'keepalived 2.2.7 with -t, which says nothing'],
  bad: [
    {
      title: 'Before a keyword, before a line of a list, and with another sign for all others',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            @priority 100
            ^^^^^^^^^ this line is for the machine "priority" only
            @!lb1 nopreempt
            ^^^^^ the ! begins a comment: no machine reads this line
            unicast_peer {
                192.0.2.2
                @192.0.2.3
                ^^^^^^^^^^ nothing stands behind it: keepalived drops this line
                @lb1192.0.2.4
                ^^^^ a blank is missing after @lb1
            }
            @virtual_ipaddress {
            ^^^^^^^^^^^^^^^^^^ this line is for the machine "virtual_ipaddress" only
                192.0.2.10/24
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            @^lb1 nopreempt
            unicast_peer {
                192.0.2.2
                192.0.2.3
                @lb1 192.0.2.4
            }
            virtual_ipaddress {
                192.0.2.10/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Machines, also with the name of a keyword, and lines that are left over',
      files: `
        vrrp_instance VI_1 {
            state BACKUP
            interface eth0
            virtual_router_id 51
            @host priority 100
            @^host priority 90
            @host
            @spare # priority 80
            @^spare $CHECK
            unicast_peer {
                @host 192.0.2.2
                @^host 192.0.2.1
            }
            virtual_ipaddress {
                192.0.2.10/24
            }
        }
      `,
    },
  ],
  *check(syntax) {
    for (const { at, what, edits } of ofKind(syntax, 'stray-condition')) {
      const written = at.source.text.slice(at.start, at.end);
      const message =
        what === 'comment'
          ? 'the ! begins a comment: no machine reads this line'
          : what === 'glued'
            ? `a blank is missing after ${written}`
            : what === 'nothing'
              ? 'nothing stands behind it: keepalived drops this line'
              : `this line is for the machine "${written.slice(1)}" only`;
      const title =
        what === 'comment'
          ? `replace it by @^${written.slice(2)}`
          : what === 'glued'
            ? 'put a blank there'
            : 'leave the @ out';
      yield { at, message, fix: { title, safe: false, edits: edits! } };
    }
  },
});
