import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'suppression',
  id: 'unused-suppression',
  severity: 'warning',
  summary: 'A comment allows what is not found there',
  why: `
The mistake is gone, or has moved away from the comment, and the comment stays behind: it misleads whoever reads it and will
hide the mistake if it comes back. \`--fix\` takes such a comment out, or only the rule that is not needed.

A rule that had no chance to find anything does not count: one that is turned off or not among those of \`--only\`, one that
compares nodes where only one is given, one that claims something is missing where not every file could be read, and one
that finds something under another version of the daemon.
`,
  sources: ['lbcheck: docs/fixing.md, Allowing a finding'],
  bad: [
    {
      title: 'The keyword has been corrected since',
      files: `
        global_defs {
            # lbcheck: allow unknown-keyword -- our build has it
              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ allows unknown-keyword, which is not found here
            router_id lb1
        }
      `,
      fixed: `
        global_defs {
            router_id lb1
        }
      `,
    },
    {
      title: 'One of two rules is still needed',
      files: `
        global_defs {
            router_idd lb1 # lbcheck: allow unknown-keyword, ignored-words -- our build has it
                                                             ^^^^^^^^^^^^^ allows ignored-words, which is not found here
        }
      `,
      fixed: `
        global_defs {
            router_idd lb1 # lbcheck: allow unknown-keyword -- our build has it
        }
      `,
    },
    {
      title: 'Nothing of the kind in the whole file',
      files: `
        ! lbcheck: allow-file unknown-keyword -- patched build
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ allows unknown-keyword, which is not found in this file
        global_defs {
            router_id lb1
        }
      `,
      fixed: `
        global_defs {
            router_id lb1
        }
      `,
    },
  ],
  good: [
    {
      title: 'A comment above a block covers all of it, a comment on a line covers that line',
      files: `
        # lbcheck: allow unknown-keyword -- keywords of our own build
        global_defs {
            router_idd lb1
        }
        garp_group {
            garp_intervall 1 # lbcheck: allow unknown-keyword -- and this one
        }
      `,
    },
    {
      title: 'A rule that compares nodes has no chance while only one is given',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51 # lbcheck: allow virtual-router-id-mismatch -- moving to 51 this week
            priority 100
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'Another version of the daemon finds something',
      files: `
        # lbcheck: allow-file newer-keyword -- lb1 is upgraded first
        global_defs {
            router_id lb1
            max_auto_priority 50
        }
      `,
    },
  ],
  *check({ at, rules, wholeFile, removal }) {
    const idle = rules.filter(({ known, effect }) => known && effect === 'unused');
    const place = wholeFile ? 'in this file' : 'here';
    const isAll = idle.length === rules.length;
    if (idle.length > 0 && isAll) {
      const ids = idle.map(({ id }) => id).join(', ');
      yield {
        at,
        message: `allows ${ids}, which is not found ${place}`,
        fix: { title: 'remove the comment', safe: true, edits: [removal] },
      };
      return;
    }
    for (const { id, at } of idle) {
      // With the comma or blank that parts it from its neighbour.
      const next = rules[rules.findIndex((each) => each.at === at) + 1];
      const before = rules[rules.findIndex((each) => each.at === at) - 1];
      const edit = next ? { ...at, end: next.at.start } : { ...at, start: before!.at.end };
      yield {
        at,
        message: `allows ${id}, which is not found ${place}`,
        fix: { title: `remove ${id}`, safe: true, edits: [{ ...edit, text: '' }] },
      };
    }
  },
});
