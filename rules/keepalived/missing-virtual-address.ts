import { rule } from '../../src/lint/rule.ts';
import { guessedIn, holdsForeignComment, lacks, looksLikeAddress } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'missing-virtual-address',
  severity: 'error',
  summary: 'An instance has no virtual address',
  why: `
With VRRP version 3 or in strict mode keepalived does not start; with version 2 it complains and elects a master that holds
nothing. An instance of version 2 that runs a script when it becomes master may be meant so, as where the address is moved by a
cloud's own interface: that is a warning. Addresses of \`virtual_ipaddress_excluded\` do not count: adverts carry none of them. An instance that is meant to run
scripts or to move routes only says so with \`no_virtual_ipaddress\` (keepalived 2.2.8 and later).
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_complete_instance()', 'keepalived 2.2.7 with -t'],
  absence: true,
  bad: [
    {
      title: 'No list, and an empty one',
      files: `
        vrrp_instance VI_1 {
        ^^^^^^^^^^^^^^^^^^ VI_1 has no virtual address
            interface eth0
            virtual_router_id 51
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            virtual_ipaddress {
            ^^^^^^^^^^^^^^^^^ virtual_ipaddress of VI_2 is empty
            }
        }
      `,
    },
    {
      title: 'A script moves the address of a cloud',
      files: `
        vrrp_instance VI_1 {
        ^^^^^^^^^^^^^^^^^^ VI_1 has no virtual address
            interface eth0
            virtual_router_id 51
            unicast_src_ip 10.0.0.11
            unicast_peer {
                10.0.0.12
            }
            notify_master /usr/local/bin/take-elastic-address
        }
      `,
    },
  ],
  good: [
    {
      title: 'Deliberately without',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            no_virtual_ipaddress
            notify /usr/local/bin/role-changed
        }
      `,
    },
  ],
  *check({ instances, statements }) {
    // An address that stands where it means nothing has its finding, and may be the one.
    const isAstray = guessedIn(statements).some(
      ({ guess, directive }) => guess.kind === 'unknown' && looksLikeAddress(directive.name.text),
    );
    for (const { statement, head, name, addresses, addressList, version, strict, notifiers } of instances) {
      if (addresses.length > 0 || !lacks(statement, 'no_virtual_ipaddress')) continue;
      const scripted = notifiers.length > 0 && version.value === 2 && !strict.value;
      const grade = scripted ? { severity: 'warning' as const } : {};
      if (!lacks(statement, 'virtual_ipaddress')) {
        if (addressList === head || isAstray || holdsForeignComment(statement)) continue;
        yield { at: addressList, message: `virtual_ipaddress of ${name.value} is empty`, ...grade };
      } else {
        const grounds = [[{ ...head, lacks: 'virtual_ipaddress' }]];
        yield { at: head, message: `${name.value} has no virtual address`, grounds, ...grade };
      }
    }
  },
});
