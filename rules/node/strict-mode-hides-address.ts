import { grouped } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { hidesAddress } from '../../src/model/keepalived/index.ts';
import { doorsOf, doorTo } from '../../src/model/serving.ts';

export default rule({
  scope: 'node',
  id: 'strict-mode-hides-address',
  severity: 'warning',
  summary: 'In strict mode the virtual address answers nothing',
  why: `
With \`vrrp_strict\` keepalived follows the letter of the standard: a master that does not own the address must not accept packets
for it. It adds firewall rules that drop them. The address is on the interface, adverts flow, and neither ping nor TCP gets an
answer. This is the most frequent surprise of keepalived’s sample configuration. Remove \`vrrp_strict\`, or use version 3 and
write \`accept\`.

Where nginx of the same node listens on the address, nobody reaches it, and the finding is an error. A router that only forwards may
do without an answer.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_complete_instance()',
    'RFC 5798, section 6.1, Accept_Mode',
    'keepalived.conf(5), vrrp_strict',
  ],
  bad: [
    {
      title: 'From the sample file',
      files: `
        global_defs {
            vrrp_strict
            ^^^^^^^^^^^ in strict mode 10.0.0.100 answers neither ping nor TCP
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
      title: 'With nginx behind the address',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              strict_mode
              ^^^^^^^^^^^ in strict mode 10.0.0.100 answers neither ping nor TCP
              track_process {
                  nginx
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 80;
                  location / {
                      return 204;
                  }
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Switched off, made to accept, or asked for',
      files: `
        global_defs {
            vrrp_strict
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            strict_mode off
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        vrrp_instance VI_2 {
            version 3
            accept
            interface eth0
            virtual_router_id 52
            virtual_ipaddress {
                10.0.0.101/24
            }
        }
        vrrp_instance VI_3 {
            no_accept
            interface eth0
            virtual_router_id 53
            virtual_ipaddress {
                10.0.0.102/24
            }
        }
      `,
    },
  ],
  *check(node) {
    if (!node.keepalived) return;
    const doors = doorsOf(node);
    const hidden = node.keepalived.instances.filter(
      (instance) => hidesAddress(instance) && instance.addresses.length > 0,
    );
    // One word in global_defs is one cause, however many instances it reaches.
    for (const sharing of grouped(hidden, ({ strict: { at } }) => `${at.source.path} ${at.start}`)) {
      const [{ strict, addresses, head }, ...others] = sharing;
      const address = addresses[0]!.address?.text;
      if (address === undefined) continue;
      const [door] = sharing.flatMap((each) =>
        each.addresses.flatMap(({ address: own }) => (own && doorTo(doors, own)) ?? []),
      );
      yield {
        at: strict.at,
        message: `in strict mode ${address} answers neither ping nor TCP`,
        related: [
          ...(strict.written ? [] : [{ at: head, note: 'this instance' }]),
          ...others.map((other) => ({ at: other.head, note: 'and this one' })),
          ...(door ? [{ at: door.listen.at, note: 'nginx waits here in vain' }] : []),
        ],
        help: 'remove vrrp_strict, or use version 3 and write accept in the instance',
        severity: door ? 'error' : 'warning',
      };
    }
  },
});
