import { rule } from '../../src/lint/rule.ts';
import { bfdConflicts } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'bfd-conflict',
  severity: 'error',
  summary: 'A BFD session excludes another one, or cannot have its source or its hops',
  why: `
keepalived reports an error and drops the \`bfd_instance\`: there is one session for a pair of neighbor and source, and both are of one
address family. What tracks the dropped session then tracks nothing. Packets that live for \`ttl\` hops cannot come from further
away than that: a larger \`max_hops\` is lowered.
`,
  sources: ['keepalived: bfd/bfd_parser.c', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'Two sessions with one neighbor, and a source of another family',
      files: `
        bfd_instance gateway {
            neighbor_ip 10.0.0.1
        }
        bfd_instance router {
            neighbor_ip 10.0.0.1
                        ^^^^^^^^ gateway has a session with 10.0.0.1 already
        }
        bfd_instance uplink {
            neighbor_ip 10.0.0.2
            source_ip fd00::11
                      ^^^^^^^^ fd00::11 is of another address family than the neighbor 10.0.0.2
        }
        bfd_instance far {
            neighbor_ip 10.0.0.3
            max_hops 5
                     ^ max_hops is 5, and packets live for 3
            ttl 3
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_bfd {
                gateway
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'One neighbor from two sources',
      files: `
        bfd_instance a {
            neighbor_ip 10.0.0.1
            source_ip 10.0.0.11
        }
        bfd_instance b {
            neighbor_ip 10.0.0.1
            source_ip 10.0.0.12
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_bfd {
                a
                b
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check({ statements }) {
    for (const { at, message, related, help } of bfdConflicts(statements)) {
      yield {
        at,
        message,
        related: [{ at: related, note: 'the other half' }],
        help,
      };
    }
  },
});
