import { rule } from '../../src/lint/rule.ts';
import { guessedIn, strayBeside } from '../../src/model/keepalived/index.ts';

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
one too many.
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
    for (const statement of guessedIn(statements)) {
      const { guess, directive, context } = statement;
      if (guess.kind !== 'misplaced') continue;
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
