import { rule } from '../../src/lint/rule.ts';
import { ruleGaps } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'incomplete-rule',
  severity: 'error',
  summary: 'A policy rule has no action or no preference',
  why: `
A rule without an action (\`table\`, \`lookup\`, \`goto\`, \`blackhole\`, \`prohibit\`, \`unreachable\`, \`l3mdev\`) is ignored. One without
\`preference\` gets a number from 16384 downwards in the order of the file, and keepalived says that this is probably not what was meant:
where it stands among the other rules of the machine then depends on how many there are. That is a warning. With \`goto\` the target
has to come after the rule itself, so keepalived drops one that has no number.
`,
  sources: ['keepalived: vrrp/vrrp_iprule.c, alloc_rule()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'Where to, and in which order',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
            virtual_rules {
                from 10.9.0.0/16 preference 100
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this rule has no action: keepalived ignores it
                from 10.8.0.0/16 table 100
                ^^^^^^^^^^^^^^^^^^^^^^^^^^ this rule has no preference: keepalived chooses one
                from 10.7.0.0/16 goto 500
                ^^^^^^^^^^^^^^^^^^^^^^^^^ this rule has goto and no preference: keepalived drops it
            }
        }
      `,
    },
    {
      title: 'A line that keepalived does not read at all has its own finding',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
            virtual_rules {
                from 10.9.0./16 table 100
                from 10.8.0.0/16 table 100
                ^^^^^^^^^^^^^^^^^^^^^^^^^^ this rule has no preference: keepalived chooses one
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Other words for the same',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
            virtual_rules {
                from 10.9.0.0/16 lookup 100 priority 100
                to 10.8.0.0/16 prohibit order 101
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, lacking } of ruleGaps(model)) {
      if (lacking === 'one-action') {
        yield { at, message: 'this rule has several actions: keepalived drops it' };
        continue;
      }
      if (lacking === 'preference-for-goto') {
        yield { at, message: 'this rule has goto and no preference: keepalived drops it' };
        continue;
      }
      const mild = lacking === 'preference';
      yield {
        at,
        message: `this rule has no ${lacking}: keepalived ${mild ? 'chooses one' : 'ignores it'}`,
        ...(mild ? { severity: 'warning' as const } : {}),
      };
    }
  },
});
