import { headSpan } from '../../grammar/tree.ts';
import { type Fix, rule } from '../../src/lint/rule.ts';
import { endsLate, guessedIn, type Statement, strayBeside } from '../../src/model/keepalived/index.ts';

const place = (context: string): string =>
  context === 'root' ? 'outside of all blocks' : `in ${context.split('.').at(-1)}`;

export default rule({
  scope: 'keepalived',
  id: 'misplaced-keyword',
  severity: 'error',
  summary: 'A keyword stands in a block that does not know it',
  why: `
To keepalived it is an unknown word there: the line is dropped, and of a block only the first line is, so that the rest is
read as part of the block around it. Move the line to the block named in the message; often a \`}\` before it is missing or
one too many. Where whole blocks of the file stand at the end of another block, the \`}\` of that one comes too late.
`,
  sources: ['keepalived: lib/parser.c, process_stream()', 'keepalived.conf(5)'],
  bad: [
    {
      title: 'The authentication block was forgotten',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            auth_type PASS
            ^^^^^^^^^ auth_type is not known in vrrp_instance but in authentication
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'Two blocks that end together',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        vrrp_instance VI_2 {
        ^^^^^^^^^^^^^ vrrp_instance VI_1 is still open here: its } comes too late
            interface eth0
            virtual_router_id 52
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
    {
      title: 'A block of the file that was written into another one',
      files: `
        global_defs {
            router_id lb1
            linkbeat_interfaces {
            ^^^^^^^^^^^^^^^^^^^ linkbeat_interfaces is not known in global_defs but outside of all blocks
                eth0
            }
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'A block of the file between lines of another',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            vrrp_script chk_nginx {
            ^^^^^^^^^^^ vrrp_script is not known in vrrp_instance but outside of all blocks
                script "/usr/bin/pgrep nginx"
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
      title: 'Keywords that several blocks know',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            weight -60
            user root
        }
        vrrp_sync_group VG_1 {
            group {
                VI_1
                VI_2
            }
            track_script {
                chk_nginx
            }
        }
      `,
    },
  ],
  *check({ statements }) {
    const told = new Set<Statement>();
    for (const statement of guessedIn(statements)) {
      const { guess, directive, context } = statement;
      if (guess.kind !== 'misplaced') continue;
      const late = endsLate(statements, statement);
      if (late) {
        if (told.has(late)) continue;
        told.add(late);
        const { source, close } = late.directive;
        const [head, end] = [headSpan(late.directive), { source, start: close, end: close + 1 }];
        yield {
          at: guess.at,
          message: `${source.text.slice(head.start, head.end)} is still open here: its } comes too late`,
          related: [
            { at: head, note: 'opened here' },
            { at: end, note: 'closed only here' },
          ],
          fix: closedBefore(statement, late),
        };
        continue;
      }
      const known = guess.contexts.map((each) => place(each));
      const some = known.length > 3 ? `${known.slice(0, 3).join(', ')} and elsewhere` : known.join(' or ');
      yield {
        at: guess.at,
        message: `${directive.name.text} is not known ${place(context)} but ${some}`,
        grounds: [[guess.at, ...strayBeside(statements, statement)]],
      };
    }
  },
});

/** Moves the `}` of a block to before a statement. */
function closedBefore({ directive: { source, name } }: Statement, { directive: { close } }: Statement): Fix {
  const line = /(?<=\n)[ \t]*\}[ \t\r]*(?:\n|$)/y;
  line.lastIndex = source.text.lastIndexOf('\n', close) + 1;
  const [whole] = line.exec(source.text) ?? [];
  const end =
    whole === undefined
      ? { source, start: close, end: close + 1 }
      : { source, start: line.lastIndex - whole.length, end: line.lastIndex };
  const start = { source, start: name.start, end: name.start };
  return {
    title: 'close it before this line',
    safe: false,
    edits: [
      { ...start, text: '}\n' },
      { ...end, text: '' },
    ],
  };
}
