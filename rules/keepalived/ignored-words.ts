import { isVerbatim, wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { tornName } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'ignored-words',
  severity: 'warning',
  summary: 'There are more words on a line than the keyword takes',
  why: `
keepalived takes the words it needs and drops the rest of the line without a message. \`state BACKUP or MASTER\` is BACKUP.
\`auth_type PASS auth_pass x\` on one line sets no password at all: every keyword needs a line of its own, so one that is dropped is
an error. A comment needs its \`#\` or \`!\`.

The name of an instance or of a group is stricter: with two words the whole block is skipped, which makes this an error there.
Names with blanks need double quotes.
`,
  sources: ['keepalived: lib/parser.c; vrrp/vrrp_parser.c, vrrp_handler()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'Two keywords on one line, and words that nobody reads',
      files: `
        vrrp_instance VI_1 {
            state BACKUP or MASTER
                         ^^^^^^^^^ state takes one word: "or MASTER" is ignored
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS auth_pass k9-Vrx2q
                               ^^^^^^^^^^^^^^^^^^ auth_pass is not read on the line of auth_type
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            state BACKUP or MASTER
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
      `.replace('state BACKUP or MASTER', 'state BACKUP # or MASTER'),
    },
    {
      title: 'Two keywords on one line, where the first may have options',
      files: `
        virtual_server 10.0.0.100 80 {
            lb_algo rr
            lb_kind NAT protocol TCP
                        ^^^^^^^^^^^^ protocol is not read on the line of lb_kind
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
    {
      title: 'A name that a blank tore in two, and a word that changes nothing',
      files: `
        vrrp_script chk _web {
                        ^^^^ vrrp_script takes one word: "_web" is ignored
            script "/usr/bin/killall -0 nginx"
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            nopreempt yes
                      ^^^ nopreempt takes no word: "yes" is ignored
            virtual_ipaddress {
                10.0.0.100/24
            }
            track_script {
                chk_web
            }
        }
      `,
      fixed: `
        vrrp_script chk_web {
            script "/usr/bin/killall -0 nginx"
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            nopreempt # yes
            virtual_ipaddress {
                10.0.0.100/24
            }
            track_script {
                chk_web
            }
        }
      `,
    },
    {
      title: 'A name of two words',
      files: `
        vrrp_instance VI 1 {
                         ^ vrrp_instance takes one word: "1" is one too many
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Keywords with several words',
      files: `
        global_defs {
            vrrp_garp_extra_if all 60
            smtp_server 10.0.0.5 25
            notification_email {
                ops@example.com night@example.com
            }
        }
        vrrp_track_process nginx {
            process nginx -g "daemon off;"
            weight -20 reverse
        }
        vrrp_instance "VI 1" {
            interface eth0 # the public one
            virtual_router_id 51
            track_process {
                nginx
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'A template that chooses one of two words, and a blank of two words',
      files: `
        vrrp_instance <instance name> {
            state {% if first %}MASTER{% else %}BACKUP{% endif %}
            priority {% if first %}150{% elif second %}{{ middle }}{% else %}100{% endif %}
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ wordProblems, references }) {
    for (const {
      kind,
      statement,
      subject,
      at,
      written,
      meant,
      expected,
      consequence,
      isDoubtful,
      edits,
    } of wordProblems) {
      if (kind !== 'surplus' && kind !== 'refused') continue;
      const { text } = at.source;
      const words = text.slice(at.start, at.end);
      const count = statement.keyword!.args.length;
      const torn = tornName(references, statement);
      const takes = count === 0 ? 'no word' : count === 1 ? 'one word' : `at most ${count} words`;
      // A secret may be among them.
      const named = written === undefined || words.length > 30 ? `the last ${expected}` : `"${words}"`;
      const verb = expected === 'words' && !named.startsWith('"') ? 'are' : 'is';
      const { directive, args } = statement;
      const read = args.findLast(({ end }) => end <= at.start);
      yield {
        at,
        // What is read of it may differ from the other node's.
        grounds: [[at, ...[directive.name, read].flatMap((word) => (word ? wordSpan(directive, word) : []))]],
        message:
          meant !== undefined
            ? `${meant} is not read on the line of ${subject}`
            : `${subject} takes ${takes}: ${named} ${verb} ${kind === 'refused' ? 'one too many' : 'ignored'}`,
        ...(kind === 'refused' || meant !== undefined || torn !== undefined
          ? { severity: 'error' as const }
          : count === 0 && /^(?:on|yes|true)$/i.test(words)
            ? { severity: 'info' as const }
            : {}),
        ...(consequence ? { help: consequence } : {}),
        ...(!isVerbatim(statement.directive)
          ? {}
          : torn !== undefined
            ? {
                fix: {
                  title: `write it as ${torn}, as it is called elsewhere`,
                  safe: true,
                  edits: [{ ...at, start: statement.args[0]!.start, text: torn }],
                },
              }
            : edits
              ? { fix: { title: `put ${meant} on a line of its own`, safe: true, edits } }
              : kind === 'surplus'
                ? {
                    fix: {
                      title: 'make a comment of it',
                      // What is cut off a secret is rather a part of it.
                      safe: written !== undefined && !isDoubtful,
                      edits: [{ ...at, end: at.start, text: '# ' }],
                    },
                  }
                : {}),
      };
    }
  },
});
