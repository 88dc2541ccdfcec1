import { rule } from '../../src/lint/rule.ts';
import { offThatMeansOn } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'off-means-on',
  severity: 'warning',
  summary: 'A keyword is switched on although off is written',
  why: `
keepalived below 2.3.0 takes \`vrrp_strict\` and \`vrrp_skip_check_adv_addr\` in \`global_defs\` for flags: the word alone switches them on,
and what follows is not looked at. \`vrrp_strict off\` is strict mode, with all that belongs to it: no authentication, no answer from
the virtual address. Remove the line. \`skip_check_adv_addr\` in an instance is so in every release, and so is every keyword that
takes no word at all: \`nopreempt off\` is nopreempt, and \`preempt off\` preempts.
`,
  sources: ['keepalived: core/global_parser.c', 'keepalived 2.2.7: `vrrp_strict off` drops authentication'],
  bad: [
    {
      title: 'Off is on',
      facts: { keepalived: '2.2.7' },
      files: `
        global_defs {
            vrrp_strict off
                        ^^^ vrrp_strict is on: this release does not read the word after it
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
      title: 'A switch has no off',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            nopreempt off
                      ^^^ nopreempt is on: it takes no word, and off is not read
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'It depends',
      files: `
        global_defs {
            vrrp_skip_check_adv_addr no
                                     ^^ vrrp_skip_check_adv_addr is on before keepalived 2.3.0: no is not read
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
  ],
  good: [
    {
      title: 'In an instance strict mode has been a switch all along',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            strict_mode off
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'A release that reads it',
      facts: { keepalived: '2.3.1' },
      files: `
        global_defs {
            vrrp_strict off
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
  ],
  *check(model) {
    for (const { at, name, word, certain, isFlag } of offThatMeansOn(model)) {
      yield {
        at,
        message: isFlag
          ? `${name} is on: it takes no word, and ${word} is not read`
          : certain
            ? `${name} is on: this release does not read the word after it`
            : `${name} is on before keepalived 2.3.0: ${word} is not read`,
        help: name === 'preempt' ? 'write nopreempt' : 'remove the line',
        ...(isFlag || (certain && name === 'vrrp_strict') ? { severity: 'error' as const } : {}),
      };
    }
  },
});
