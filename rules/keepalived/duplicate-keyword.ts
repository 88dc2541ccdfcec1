import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { lostPolicies, repeatedKeywords } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'duplicate-keyword',
  severity: 'warning',
  summary: 'A setting is written twice in one block, and only one of them counts',
  why: `
For most keywords the last one wins without a word in the log: whoever edits the first wonders why nothing changes. For some,
such as \`notify_master\` or the \`group\` of a sync group, the first one counts and keepalived reports the second as an error.

Lists such as \`virtual_ipaddress\` add up and may be given several times.
`,
  sources: ['keepalived: vrrp/vrrp_parser.c, check/check_parser.c', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'In two blocks that add up to one',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass k9-Vrx2q
            }
            authentication {
                auth_type PASS
                auth_pass k9-Vrx2r
                ^^^^^^^^^ auth_pass is set twice: the last one counts
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'Two policies, of which there can be one',
      files: `
        global_defs {
            vrrp_rx_bufs_policy ADVERT
                                ^^^^^^ vrrp_rx_bufs_policy is MTU, too: ADVERT does not count
            vrrp_rx_bufs_policy MTU
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
      title: 'The last one counts',
      files: `
        vrrp_instance VI_1 {
            state BACKUP
            interface eth0
            virtual_router_id 51
            priority 150
            priority 100
            ^^^^^^^^ priority is set twice: 100 counts, 150 does not
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'The first one counts',
      files: `
        global_defs {
            enable_script_security
            script_user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            notify_master "/usr/local/bin/to-master"
            notify_master "/usr/local/bin/tell-master"
            ^^^^^^^^^^^^^ notify_master is set twice: the first one counts
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'Two names of one keyword, and globals in two blocks',
      files: `
        global_defs {
            vrrp_version 2
        }
        global_defs {
            vrrp_version 3
            ^^^^^^^^^^^^ vrrp_version is set twice: 3 counts, 2 does not
        }
        virtual_server 10.0.0.100 80 {
            lb_algo rr
            lvs_sched wlc
            ^^^^^^^^^ lvs_sched is set twice: wlc counts, rr does not
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
  ],
  good: [
    {
      title: 'Blocks that say the same again, or add up',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
                auth_type PASS
                auth_pass k9-Vrx2q
            }
            authentication {
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
                auth_type PASS
            }
            authentication {
                auth_pass k9-Vrx2q
            }
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
    {
      title: 'Lists add up, every node has its own line, and twice the same is one',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            advert_int 1
            advert_int 1
            @lb1 priority 150
            @lb2 priority 100
            virtual_ipaddress {
                10.0.0.100/24
            }
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
      `,
    },
    {
      title: 'A template has both and renders one',
      files: `
        vrrp_instance VI_1 {
            {% if first %}
            priority 150
            {% else %}
            priority 100
            {% endif %}
            interface {{ interface }}
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check(model) {
    // Where one of the two is no value, that is what there is to say.
    const faulty = new Set(model.wordProblems.map(({ statement: { directive } }) => directive));
    for (const { at, name, first, counts, values, refused, lines } of repeatedKeywords(model)) {
      if (lines.some((line) => faulty.has(line))) continue;
      const [older, newer] = values ?? [];
      const short = values && `${older}${newer}`.length < 40;
      const line = lines[counts === 'first' ? 0 : 1];
      const what =
        counts === 'first'
          ? 'the first one counts'
          : short
            ? `${newer} counts, ${older} does not`
            : 'the last one counts';
      yield {
        at,
        message: `${name} is set twice: ${what}`,
        // What differs from the other node because of it.
        grounds: [[at, ...line.args.slice(0, 1).map((word) => wordSpan(line, word))]],
        related: [{ at: first, note: counts === 'first' ? 'this one counts' : 'this one does not count' }],
        ...(refused ? { severity: 'error' as const } : {}),
      };
    }
    for (const { lost, kept } of lostPolicies(model.statements)) {
      yield {
        at: lost.at,
        message: `vrrp_rx_bufs_policy is ${kept.value}, too: ${lost.value} does not count`,
        related: [{ at: kept.at, note: 'this one counts' }],
        severity: 'error',
      };
    }
  },
});
