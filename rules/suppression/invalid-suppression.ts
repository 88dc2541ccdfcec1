import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'suppression',
  id: 'invalid-suppression',
  severity: 'warning',
  summary: 'A comment for lbcheck gives no reason, names no rule or asks for something unknown',
  why: `
A comment that allows a finding names the rule and says why: \`# lbcheck: allow RULE -- reason\`. The reason is for whoever
meets the line in two years, so it is required, and a comment without one hides nothing; \`--fix\` takes it out. A rule that
is misspelt is hidden nowhere either.
`,
  sources: ['lbcheck: docs/fixing.md, Allowing a finding'],
  bad: [
    {
      title: 'No reason',
      files: `
        global_defs {
            router_idd lb1 # lbcheck: allow unknown-keyword
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this comment gives no reason, so it allows nothing
        }
      `,
      fixed: `
        global_defs {
            router_idd lb1
        }
      `,
    },
    {
      title: 'A misspelt rule',
      files: `
        global_defs {
            router_idd lb1 # lbcheck: allow unknown-keywrd -- our build has it
                                            ^^^^^^^^^^^^^^ there is no rule unknown-keywrd
        }
      `,
      fixed: `
        global_defs {
            router_idd lb1 # lbcheck: allow unknown-keyword -- our build has it
        }
      `,
    },
    {
      title: 'Words of other tools',
      files: `
        ! lbcheck: ignore unknown-keyword -- our build has it
                   ^^^^^^ ignore is not something lbcheck can be asked for
        ! lbcheck: allow -- our build has it
          ^^^^^^^^^^^^^^ this comment names no rule
      `,
    },
  ],
  good: [
    {
      title: 'A rule and a reason, also after another comment; a word in quotes is no comment',
      files: `
        global_defs {
            router_idd lb1 # of the old rack # lbcheck: allow unknown-keyword -- our build has it
            notification_email_from "ops # lbcheck: ignore this"
        }
      `,
    },
  ],
  *check({ at, instruction, rules, hasReason, removal }) {
    const { text, meant } = instruction;
    if (text !== 'allow' && text !== 'allow-file') {
      yield {
        at: text === '' ? at : instruction.at,
        message:
          text === '' ? 'this comment asks for nothing' : `${text} is not something lbcheck can be asked for`,
        ...(meant
          ? {
              fix: {
                title: `replace it by ${meant}`,
                safe: true,
                edits: [{ ...instruction.at, text: meant }],
              },
            }
          : { help: 'write # lbcheck: allow RULE -- reason' }),
      };
    } else if (rules.length === 0) {
      yield { at, message: 'this comment names no rule', help: 'write # lbcheck: allow RULE -- reason' };
    } else if (!hasReason) {
      yield {
        at,
        message: 'this comment gives no reason, so it allows nothing',
        label: 'write -- and the reason',
        fix: { title: 'remove the comment', safe: true, edits: [removal] },
      };
    } else {
      for (const { id, at, known, meant } of rules) {
        if (known) continue;
        yield {
          at,
          message: `there is no rule ${id}`,
          ...(meant
            ? { fix: { title: `replace it by ${meant}`, safe: true, edits: [{ ...at, text: meant }] } }
            : { help: 'lbcheck rules lists them all' }),
        };
      }
    }
  },
});
