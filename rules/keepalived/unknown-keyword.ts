import { isVerbatim, wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  type Guess,
  guessedIn,
  type Statement,
  strayIn,
  type WordProblem,
} from '../../src/model/keepalived/index.ts';
import { isRemnant } from '../../src/model/located.ts';

/** What became of the block: its lines are read as if they stood outside it (lib/parser.c, process_stream()). */
const lost = 'keepalived drops this line and reads what is in the braces as part of the block around it';

function message({ directive, context, guess }: Statement): string {
  const where = context === 'root' ? 'outside of all blocks' : `in ${context.split('.').at(-1)}`;
  if (guess?.kind === 'glued') return `a blank is missing after ${guess.word}`;
  if (guess?.kind === 'sign')
    return `keepalived takes no ${directive.source.text[guess.at.start]} ${guess.at.start === directive.name.start ? 'before' : 'after'} ${guess.word}`;
  if (guess?.kind === 'doubled') return `${guess.word} stands twice`;
  if (guess?.kind === 'swapped') return `${guess.word} stands behind its value`;
  if (guess?.kind === 'torn') return `the value of ${guess.word} stands on the next line`;
  if (guess?.kind === 'split') return `${guess.word} is written in several words`;
  // Between the braces of authentication any word may be the password.
  const secret = /\.auth/.test(context) && !guess?.certain;
  return `${secret ? 'this word' : directive.name.text} is no keyword ${where}`;
}

/** A word on a line of a list that is no option there, or an item that should have a line of its own. */
function ofItem(problem: WordProblem) {
  const { kind, at, item, written, subject, expected, meant, consequence, isDoubtful, edits } = problem;
  const crowded = kind === 'crowded';
  return {
    at,
    message: crowded
      ? `${written} needs a line of its own in ${expected}`
      : `${written} is no option in ${subject}`,
    ...(crowded ? { label: `after ${subject}` } : meant ? { label: `did you mean ${meant}?` } : {}),
    ...(consequence ? { help: consequence } : {}),
    ...(edits && item && isVerbatim(item)
      ? {
          fix: {
            title: crowded ? `put ${written} on a line of its own` : `replace it by ${meant}`,
            safe: !isDoubtful,
            edits,
          },
        }
      : {}),
  };
}

function fixOf(guess: Guess) {
  const titles: Partial<Record<Guess['kind'], string>> = {
    glued: 'put a blank there',
    sign: 'leave it out',
    doubled: 'leave one out',
    torn: 'put both on one line',
    swapped: `put ${guess.word} first`,
  };
  const title = titles[guess.kind] ?? `replace it by ${guess.word}`;
  return {
    title,
    safe: guess.kind !== 'content' && !guess.isDoubtful,
    edits: [{ ...guess.at, text: guess.text }],
  };
}

export default rule({
  scope: 'keepalived',
  id: 'unknown-keyword',
  severity: 'error',
  summary: 'keepalived does not know a word that begins a line',
  why: `
keepalived drops a line whose first word it does not know, writes one line to the log and starts. For a setting that means
its default. For a block it is worse: the braces stay, so the lines in it are read as part of the block around it, and the
\`}\` closes that block too early.

- \`vrrp_instace VI_1 {\`: there is no instance at all. The daemon runs, holds no address and takes part in no election.
- \`autentication {\` inside an instance: the instance ends at this block's \`}\`. What follows, often \`virtual_ipaddress\`, is
  lost: the node can become MASTER without an address to hold.
- \`smtp-server\`: mail goes to the default server, and nobody is told of the failover.

On the lines of a list, such as \`virtual_ipaddress\` or \`track_script\`, the first word is the item and the rest are its
options: a second item on the line is an unknown option. keepalived drops the word, and of \`track_script\` the whole line.

\`keepalived -t\` says so too, up to four times for one word, followed by everything that it then misunderstands.
`,
  sources: ['keepalived: lib/parser.c, process_stream()', 'keepalived.conf(5)'],
  bad: [
    {
      title: 'A word for a flag, which is given a value',
      files: `
        global_defs {
            script_user root
            script_security deny
            ^^^^^^^^^^^^^^^ script_security is no keyword in global_defs
        }
      `,
    },
    {
      title: 'Marks that other languages put behind a word, a netmask, and a quote without its blank',
      files: `
        vrrp_script chk_web {
            script"/usr/bin/pgrep nginx"
                  ^ a blank is missing after script
            interval. 2
                    ^ keepalived takes no . after interval
        }
        vrrp_instance VI_1 {
            interface, eth0
                     ^ keepalived takes no , after interface
            virtual_router_id 51
            preempt delay 60
            ^^^^^^^^^^^^^ preempt_delay is written in several words
            track_script = {
                         ^ keepalived takes no = after track_script
                chk_web
            }
            virtual_ipaddress; {
                             ^ keepalived takes no ; after virtual_ipaddress
                192.0.2.10 255.255.255.0 dev eth0
                ^^^^^^^^^^^^^^^^^^^^^^^^ 255.255.255.0 is no option in virtual_ipaddress
                192.0.2.11 / 24
                ^^^^^^^^^^^^^^^ / is no option in virtual_ipaddress
            }
        }
        vrrp_group VI_2 {
        ^^^^^^^^^^ vrrp_group is no keyword outside of all blocks
            interface eth0
            virtual_router_id 52
            virtual_ipaddress {
                192.0.2.20/24
            }
        }`,
      fixed: `
        vrrp_script chk_web {
            script "/usr/bin/pgrep nginx"
            interval 2
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            preempt_delay 60
            track_script {
                chk_web
            }
            virtual_ipaddress {
                192.0.2.10/24 dev eth0
                192.0.2.11/24
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            virtual_ipaddress {
                192.0.2.20/24
            }
        }`,
    },
    {
      title: 'A blank one letter off, where one reading is what keepalived takes',
      files: `
        vrrp_instance VI_1 {
            stat eBACKUP
            ^^^^^^^^^^^^ stat is no keyword in vrrp_instance
            interface eth0
            virtual_router_i d51
            ^^^^^^^^^^^^^^^^^^^^ virtual_router_i is no keyword in vrrp_instance
            priorit y120
            ^^^^^^^^^^^^ priorit is no keyword in vrrp_instance
            virtual_ip address {
            ^^^^^^^^^^^^^^^^^^ virtual_ipaddress is written in several words
                192.0.2.10/24
            }
        }`,
      fixed: `
        vrrp_instance VI_1 {
            state BACKUP
            interface eth0
            virtual_router_id 51
            priority 120
            virtual_ipaddress {
                192.0.2.10/24
            }
        }`,
    },
    {
      title: 'A letter or number that may belong to the word behind it is for somebody to look at',
      files: `
        vrrp_instanceV I_1 {
        ^^^^^^^^^^^^^^^^^^ vrrp_instanceV is no keyword outside of all blocks
            interfacee th0
            ^^^^^^^^^^ interfacee is no keyword in vrrp_instance
            virtual_router_id5 1
            ^^^^^^^^^^^^^^^^^^^^ virtual_router_id5 is no keyword in vrrp_instance
            priority1 20
            ^^^^^^^^^^^^ priority1 is no keyword in vrrp_instance
            virtual_ipaddress {
                192.0.2.10/24
            }
        }`,
      fixed: `
        vrrp_instance VI_1 {
            interface th0
            virtual_router_id 51
            priority 120
            virtual_ipaddress {
                192.0.2.10/24
            }
        }`,
    },
    {
      title: 'The plural of a keyword, and a word after a name that is none',
      files: `
        vrrp_script chk_web {
            script /usr/bin/true
            user root
        }
        vrrp_script chk_dns {
            script /usr/bin/true
            user root
        }
        vrrp_instances VI_1 {
        ^^^^^^^^^^^^^^ vrrp_instances is no keyword outside of all blocks
            interface eth0
            virtual_router_id 51
            track_script {
                chk_web yes
                        ^^^ yes is no option in track_script
                chk_dns
            }
            virtual_ipaddress {
                192.0.2.10/24
            }
        }`,
    },
    {
      title: 'In a definition, where nothing can be mended at its use',
      files: `
        $TIMERS= \\
            advert int 2 \\
            garp_master_delay 3
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            $TIMERS
            ^^^^^^^ advert_int is written in several words
            virtual_ipaddress {
                192.0.2.10/24
            }
        }`,
    },
    {
      title: 'A sign before the keyword, as of a list',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            - priority 150
            ^ keepalived takes no - before priority
            - virtual_ipaddress {
            ^ keepalived takes no - before virtual_ipaddress
                192.0.2.10/24
            }
        }`,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 150
            virtual_ipaddress {
                192.0.2.10/24
            }
        }`,
    },
    {
      title: 'A value on the line below its keyword',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority
            ^^^^^^^^ the value of priority stands on the next line
            150
            authentication {
                auth_type PASS
                auth_pass
                ^^^^^^^^^ the value of auth_pass stands on the next line
                k9-Vrx2q
            }
            virtual_ipaddress {
                192.0.2.10/24
            }
        }
        vrrp_instance
        ^^^^^^^^^^^^^ the value of vrrp_instance stands on the next line
        VI_2 {
            interface eth0
            virtual_router_id 52
            virtual_ipaddress {
                192.0.2.11/24
            }
        }`,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 150
            authentication {
                auth_type PASS
                auth_pass k9-Vrx2q
            }
            virtual_ipaddress {
                192.0.2.10/24
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            virtual_ipaddress {
                192.0.2.11/24
            }
        }`,
    },
    {
      title: 'The article that started this tool: one letter each',
      files: `
        global_defs {
            router_id lb1
            smtp-server 10.0.0.1
            ^^^^^^^^^^^ smtp-server is no keyword in global_defs
        }
        vrrp_instace VI_1 {
        ^^^^^^^^^^^^ vrrp_instace is no keyword outside of all blocks
            interface eth0
            virtual_router_id 51
            autentication {
            ^^^^^^^^^^^^^ autentication is no keyword in vrrp_instance
                auth_type PASS
                auth_pass k9-Vrx2q
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
      fixed: `
        global_defs {
            router_id lb1
            smtp_server 10.0.0.1
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass k9-Vrx2q
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'A name that resembles nothing, over lines that only an instance has',
      files: `
        vrrp VI_1 {
        ^^^^ vrrp is no keyword outside of all blocks
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
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
      `,
    },
    {
      title: 'A blank too many, a blank too few',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual router_id 51
            ^^^^^^^^^^^^^^^^^ virtual_router_id is written in several words
            priority100
                    ^ a blank is missing after priority
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'A keyword twice, a keyword behind its value',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id virtual_router_id 51
                             ^^^^^^^^^^^^^^^^^^ virtual_router_id stands twice
            100 priority
            ^^^^^^^^^^^^ priority stands behind its value
            stat e BACKUP
            ^^^^^^ state is written in several words
            advert_int1
                      ^ a blank is missing after advert_int
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            state BACKUP
            advert_int 1
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'Signs of YAML and of INI files',
      files: `
        vrrp_instance VI_1 {
            interface = eth0
                      ^ keepalived takes no = after interface
            virtual_router_id=51
                             ^ keepalived takes no = after virtual_router_id
            priority: 100
                    ^ keepalived takes no : after priority
            virtual_ipaddress: {
                             ^ keepalived takes no : after virtual_ipaddress
                10.0.0.100/24
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'A blank too many or too few in the line of a list, and words that are left out',
      files: `
        vrrp_script service {
            script /usr/bin/true
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                service weight=-20
                        ^^^^^^^^^^ weight=-20 is no option in track_script
            }
            track_interface {
                eth1 10
                     ^^ 10 is no option in track_interface
            }
            virtual_ipaddress {
                10.0.0.100 /24
                ^^^^^^^^^^^^^^ /24 is no option in virtual_ipaddress
                10.0.0.101/24 eth0
                              ^^^^ eth0 is no option in virtual_ipaddress
                10.0.0.102/24 deveth0
                              ^^^^^^^ deveth0 is no option in virtual_ipaddress
            }
        }
      `,
      fixed: `
        vrrp_script service {
            script /usr/bin/true
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                service weight -20
            }
            track_interface {
                eth1 weight 10
            }
            virtual_ipaddress {
                10.0.0.100/24
                10.0.0.101/24 dev eth0
                10.0.0.102/24 dev eth0
            }
        }
      `,
    },
    {
      title: 'One item per line, and options spelt right',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_interface {
                eth1 eth2
                     ^^^^ eth2 needs a line of its own in track_interface
                eth 3
                    ^ 3 is no option in track_interface
            }
            virtual_ipaddress {
                10.0.0.100/24 10.0.0.101/24
                              ^^^^^^^^^^^^^ 10.0.0.101/24 needs a line of its own in virtual_ipaddress
                10.0.0.102/24 lable eth0:2
                              ^^^^^ lable is no option in virtual_ipaddress
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_interface {
                eth1
                eth2
                eth3
            }
            virtual_ipaddress {
                10.0.0.100/24
                10.0.0.101/24
                10.0.0.102/24 label eth0:2
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Names, addresses and mail addresses are not keywords, whatever they look like',
      files: `
        global_defs {
            notification_email {
                priority@example.com
                state
            }
            router_id vrrp_instace
        }
      `,
    },
  ],
  *check({ statements, wordProblems }) {
    for (const problem of wordProblems) {
      if (problem.kind === 'unknown-option' || problem.kind === 'crowded') yield ofItem(problem);
    }
    for (const statement of guessedIn(statements)) {
      const { guess, directive } = statement;
      if (guess.kind === 'misplaced') continue;
      const joins = guess.kind === 'glued' || guess.kind === 'sign';
      const isTorn = guess.kind === 'torn';
      const isSaid = joins || isTorn || guess.kind === 'doubled' || guess.kind === 'swapped';
      yield {
        at: isTorn
          ? wordSpan(directive, directive.name)
          : joins
            ? { ...guess.at, end: guess.at.start + 1 }
            : guess.at,
        message: message(statement),
        ...(guess.word && !isSaid ? { label: `did you mean ${guess.word}?` } : {}),
        grounds: [[guess.at, ...(isRest(statement) ? strayIn(statements, statement, '') : [])]],
        ...(directive.body ? { help: lost } : {}),
        // What a definition stands for is mended where it is defined.
        ...(guess.certain && guess.word && isVerbatim(directive) ? { fix: fixOf(guess) } : {}),
      };
    }
  },
});

/** A line that lost its keyword may be whatever its block lacks. */
const isRest = ({ guess, directive: { name, args, body } }: Statement): boolean =>
  !guess?.certain && !body && isRemnant(name.text, args);
