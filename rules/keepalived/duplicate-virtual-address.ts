import { rule } from '../../src/lint/rule.ts';
import { dropsRepeatedAddresses, repeatedAddresses } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'duplicate-virtual-address',
  severity: 'warning',
  summary: 'A virtual address is listed twice',
  why: `
Twice in one instance it is a slip: keepalived below 2.3.3 says nothing and advertises the address twice, so that the other node,
which lists it once, drops the adverts and becomes master too; from 2.3.3 on it is an error, and the second one is dropped. In two
instances the address is added by whichever becomes master and removed by whichever stops being it: it can vanish while one of the
two is still master, or be held by two nodes at once.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vip_is_duplicate() (2.3.3), vrrp_check_packet()',
    'keepalived 2.2.7 with -t',
  ],
  bad: [
    {
      title: 'In one list, and in two instances',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
                10.0.0.101/24
                10.0.0.100/32
                ^^^^^^^^^^^^^ 10.0.0.100 is listed twice in VI_1
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            virtual_ipaddress {
                10.0.0.101/24
                ^^^^^^^^^^^^^ 10.0.0.101 is also an address of VI_1
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Link-local addresses are one per link',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                fe80::100/64
            }
        }
        vrrp_instance VI_2 {
            interface eth1
            virtual_router_id 52
            virtual_ipaddress {
                fe80::100/64
            }
        }
      `,
    },
  ],
  *check({ instances, version, template }) {
    if (template) return;
    for (const { at, text, first, lists, owner, other } of repeatedAddresses(instances)) {
      const dropped = owner === other && dropsRepeatedAddresses(version);
      yield {
        at,
        message:
          owner === other ? `${text} is listed twice in ${owner}` : `${text} is also an address of ${other}`,
        related: [{ at: first, note: 'first here' }],
        grounds: [[at, first, ...lists.map((list) => ({ ...list, lacks: 'address' }))]],
        ...(dropped ? { severity: 'error' as const, help: 'keepalived drops this one' } : {}),
      };
    }
  },
});
