import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  definitionsFor,
  isTorn,
  joined,
  meantName,
  type Reference,
  strayIn,
} from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'undefined-reference',
  severity: 'error',
  summary: 'A list names a script, process, file, group or instance that does not exist',
  why: `
keepalived logs "not found, ignoring" and goes on without it. A check that is not found is not a check that fails: the node is
taken for healthy whatever happens to the service. A sync group loses the member, and the addresses come to lie on different
nodes. A \`virtual_server\` for a group that does not exist balances nothing.
`,
  sources: ['keepalived: vrrp/vrrp_track.c, vrrp/vrrp_sync.c, check/ipwrapper.c', 'keepalived 2.2.7 with -t'],
  absence: true,
  bad: [
    {
      title: 'One letter, and a member of which there is no trace',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            user root
        }
        vrrp_sync_group edge {
            group {
                VI_1
                VI_inner
                ^^^^^^^^ no vrrp_instance has the name VI_inner
            }
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_ngnix
                ^^^^^^^^^ no vrrp_script has the name chk_ngnix
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'A member in two words',
      files: `
        vrrp_sync_group edge {
            group {
                VI 1
                ^^^^ a blank tears the name VI_1 in two
                VI_2
            }
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth1
            virtual_router_id 52
            virtual_ipaddress {
                10.1.0.100/24
            }
        }
      `,
      fixed: `
        vrrp_sync_group edge {
            group {
                VI_1
                VI_2
            }
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth1
            virtual_router_id 52
            virtual_ipaddress {
                10.1.0.100/24
            }
        }
      `,
    },
    {
      title: 'Servers of a group that is not there',
      files: `
        virtual_server group web {
                             ^^^ no virtual_server_group has the name web
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.11 80 {
                FILE_CHECK {
                    track_file maintenance
                               ^^^^^^^^^^^ no track_file has the name maintenance
                }
            }
        }
      `,
    },
    {
      title: 'An unknown check of a virtual server hides nothing of the instances',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_process {
                nginx
                ^^^^^ no vrrp_track_process has the name nginx
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        virtual_server 10.0.0.101 80 {
            lb_algo rr
            lb_kind NAT
            protocol TCP
            real_server 10.0.0.11 80 {
                GOPHER_PROBE {
                    connect_timeout 3
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title:
        'The group stands before its members, the servers’ group after its use, and a file under its old name',
      files: `
        vrrp_track_file drain {
            file "/run/drain"
        }
        vrrp_sync_group edge {
            group {
                VI_1
                VI_2
            }
            track_file {
                drain weight 0
            }
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            interface eth1
            virtual_router_id 52
            virtual_ipaddress {
                10.1.0.100/24
            }
        }
        virtual_server group web {
            lb_algo rr
            lb_kind NAT
            protocol TCP
            real_server 10.1.0.11 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server_group web {
            10.0.0.100 80
        }
      `,
    },
    {
      title: 'A file of groups, for another file to include',
      files: `
        vrrp_sync_group edge {
            group {
                VI_1
                VI_2
            }
        }
      `,
    },
  ],
  *check({ references, statements, wordProblems }) {
    // What goes on behind it, or is only a sign before a name in a list of one name for each line, has its finding.
    const isJoined = ({ name: { at, value } }: Reference): boolean =>
      wordProblems.some(
        ({ kind, item, meant }) =>
          kind === 'unknown-option' &&
          item?.source === at.source &&
          item.name.start === at.start &&
          meant?.startsWith(value) === true,
      );
    const isSign = ({ kind, name: { at, value } }: Reference): boolean =>
      kind !== 'vrrp_instance' &&
      /^\W+$/.test(value) &&
      /^[ \t]+\w/.test(at.source.text.slice(at.end, at.end + 99));
    const undefinedUses = references.uses.filter(
      (use) =>
        definitionsFor(references, use).length === 0 &&
        !isTorn(references, use) &&
        !isSign(use) &&
        !isJoined(use),
    );
    const halves = new Set<Reference>();
    for (const [index, use] of undefinedUses.entries()) {
      const next = undefinedUses[index + 1];
      const name = next && joined(references, use, next);
      if (name === undefined) continue;
      halves.add(use).add(next!);
      const at = { ...use.name.at, end: next!.name.at.end };
      yield {
        at,
        message: `a blank tears the name ${name} in two`,
        help: 'keepalived ignores both words',
        fix: { title: `replace it by ${name}`, safe: true, edits: [{ ...at, text: name }] },
      };
    }
    const whole = undefinedUses.filter((use) => !halves.has(use));
    for (const [use, ...more] of grouped(whole, ({ kind, name }) => `${kind} ${name.value}`)) {
      const { kind, name, statement } = use;
      // A group without any instance is a fragment: its members are elsewhere.
      if (kind === 'vrrp_instance' && !references.definitions.some((each) => each.kind === kind)) continue;
      const meant = meantName(references, use);
      yield {
        at: name.at,
        message: `no ${kind} has the name ${name.value}`,
        grounds: [[name.at, ...strayIn(statements, statement, name.value)]],
        ...(meant ? { label: `did you mean ${meant}?` } : {}),
        ...(more.length > 0
          ? { related: more.slice(0, 4).map((each) => ({ at: each.name.at, note: 'nor for this' })) }
          : {}),
        help: statement.keyword!.name.startsWith('track_')
          ? 'keepalived goes on without this check'
          : `keepalived ignores it`,
        // A name with a blank or a brace lost a quote where it is given.
        ...(meant && !/[\s{}"]/.test(meant)
          ? {
              fix: {
                title: `replace it by ${meant}`,
                safe: false,
                edits: [use, ...more].map((each) => ({ ...each.name.at, text: meant })),
              },
            }
          : {}),
      };
    }
  },
});
