import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'trailing-backslash',
  severity: 'error',
  summary: 'A backslash ends a line of keepalived, as if the next line belonged to it',
  why: `
A shell joins such a line with the next one, keepalived does not: only in the value of a definition (\`$NAME= \\\`) a backslash says that
lines follow. Anywhere else it becomes the last letter of the word before it, so \`51 \\\` is no number any more, and a line that is all
comment turns into the unknown word \`\\\`: the backslash counts even there. Lines one below the other are told of once.
`,
  sources: ['keepalived: lib/parser.c, decomment(), read_line()', 'keepalived.conf(5), CONFIGURATION PARSER'],
  bad: [
    {
      title: 'A list in the manner of a shell, and a comment',
      files: `
        # the pair at the edge \\
                               ^ nothing joins lines here: the backslash is read as a word
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51 \\
                                 ^ nothing joins lines here: the backslash becomes part of the word before
            priority 150 \\ # of two
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
      fixed: `
        # the pair at the edge
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 150 # of two
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A definition of several lines, comments among them',
      files: `
        $INSTANCE= \\
            vrrp_instance VI_1 { \\
                interface eth0 # towards the clients \\
                advert_int 1 \\ # the same on both nodes
                # priority 150 \\
                virtual_router_id 51 \\
                virtual_ipaddress { \\
                    10.0.0.100/24 \\
                } \\
            }
        $INSTANCE
      `,
    },
  ],
  *check(syntax) {
    for (const { at, what, edits = [] } of ofKind(syntax, 'trailing-backslash')) {
      yield {
        at,
        message:
          what === 'alone'
            ? 'nothing joins lines here: the backslash is read as a word'
            : 'nothing joins lines here: the backslash becomes part of the word before',
        fix: { title: 'remove it', safe: true, edits },
      };
    }
  },
});
