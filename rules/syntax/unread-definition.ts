import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'unread-definition',
  severity: 'error',
  summary: 'A definition of keepalived, or its use, is written so that the daemon does not read it',
  why: `
keepalived replaces \`$NAME\` only where a blank, a comma, a \`)\` or the end of the line follows; \`$VIP/24\` stays as it is, and is no address.
Anywhere else it takes braces: \`\${VIP}/24\`. A name that nothing defines stays as well, and so does \`$VIP = 192.0.2.10\`: before the \`=\` of a
definition no blank may stand, or the line is an unknown keyword and nothing is defined.
`,
  sources: [
    'keepalived: lib/parser.c, check_definition(), replace_param()',
    'keepalived.conf(5), CONFIGURATION PARSER',
  ],
  bad: [
    {
      title: 'A blank before the sign, and a slash behind a name',
      files: `
        $VIP = 192.0.2.10
        ^^^^^ a definition has no blank before its =
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                $VIP/24
                ^^^^ $VIP is not read here without braces
            }
        }
      `,
      fixed: `
        $VIP=192.0.2.10
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                \${VIP}/24
            }
        }
      `,
    },
    {
      title: 'A brace that is lost, and another letter case',
      files: `
        $VIP=192.0.2.10
        $iface=eth0
        vrrp_instance VI_1 {
            interface \${IFACE}
                      ^^^^^^^^ nothing defines \${IFACE}
            virtual_router_id 51
            virtual_ipaddress {
                \${VIP/24
                ^^^^^ \${VIP lacks its }
            }
        }
      `,
    },
    {
      title: 'A slip of the fingers',
      files: `
        $IFACE=eth0
        vrrp_instance VI_1 {
            interface $IFAC
                      ^^^^^ nothing defines $IFAC
            virtual_router_id 51
            virtual_ipaddress {
                192.0.2.10/24 dev $IFACE
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Read as they stand, another name, and a variable of the shell',
      files: `
        $VIP=192.0.2.10
        $PAIR=192.0.2.11
        $IFACE1=eth0
        vrrp_script chk_peers {
            script "/bin/sh -c 'for PAIR in a b; do ping -c 1 $PAIR; done'"
            user root
        }
        vrrp_instance VI_1 {
            interface $IFACE1
            virtual_router_id 51
            virtual_ipaddress {
                $VIP dev $IFACE1
                \${PAIR}/24
            }
            track_script {
                chk_peers
            }
        }
      `,
    },
  ],
  *check(syntax) {
    for (const { at, what, edits } of ofKind(syntax, 'unread-definition')) {
      const written = at.source.text.slice(at.start, at.end);
      const message =
        what === 'blank'
          ? 'a definition has no blank before its ='
          : what === 'glued'
            ? `${written} is not read here without braces`
            : what === 'open'
              ? `${written} lacks its }`
              : `nothing defines ${written}`;
      const title = what === 'blank' ? 'leave the blank out' : `replace it by ${edits![0]!.text}`;
      yield { at, message, fix: { title, safe: ['blank', 'glued', 'open'].includes(what), edits: edits! } };
    }
  },
});
