import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'keepalived',
  id: 'authentication-ignored',
  severity: 'warning',
  summary: 'An authentication block has no effect',
  why: `
VRRP version 3, which IPv6 always uses, knows no authentication: keepalived reports an error and sends adverts without. A
block without \`auth_type\` is dropped in silence, one without \`auth_pass\` with an error. A node on which the same password does count
rejects these adverts, and both become master.

Strict mode drops it too: see strict-mode-conflict.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_complete_instance()',
    'RFC 5798, section 9',
    'keepalived 2.2.7 with -t',
  ],
  bad: [
    {
      title: 'Version 3, and a password without a type',
      files: `
        vrrp_instance VI_1 {
            version 3
            interface eth0
            virtual_router_id 51
            authentication {
            ^^^^^^^^^^^^^^ this authentication has no effect: VRRP version 3 has none
                auth_type PASS
                auth_pass k9-Vrx2q
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            authentication {
            ^^^^^^^^^^^^^^ this authentication has no effect: it has no auth_type
                auth_pass k9-Vrx2q
            }
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Version 3 is the default of another instance',
      files: `
        global_defs {
            vrrp_version 3
        }
        vrrp_instance VI_1 {
            version 2
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
  ],
  *check({ instances }) {
    for (const { authentication, statement } of instances) {
      const { dropped } = authentication;
      if (dropped === undefined || /strict/.test(dropped)) continue;
      const block = statement.body.findLast(({ keyword }) => keyword?.name === 'authentication');
      if (!block) continue;
      // A word that is not known, or a value that is missing, is the cause where there is one.
      if (/auth_/.test(dropped) && !block.body.every(({ keyword, args }) => keyword && args.length > 0))
        continue;
      const { source, name } = block.directive;
      yield {
        at: { source, start: name.start, end: name.end },
        message: `this authentication has no effect: ${dropped}`,
        help: 'a node on which it does count rejects these adverts',
      };
    }
  },
});
