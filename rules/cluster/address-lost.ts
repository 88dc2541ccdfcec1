import { type LostAddress, lostAddresses } from '../../src/election/index.ts';
import { rule } from '../../src/lint/rule.ts';
import { addressWords } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'cluster',
  id: 'address-lost',
  severity: 'error',
  summary: 'Nobody carries the address, or nobody does after one node is gone',
  why: `
An instance in FAULT never becomes master. A check without a weight that asks whether the address is there can pass only on the master,
and no node becomes master before it passes: all of them wait for ever. A check that passes only while the address is *not* there does
the opposite, and the address comes and goes. A reversed check without a weight is FAULT while all is well.

Give such a check a weight, so that it prefers a node instead of excluding it, or let it test the service and not the address.
`,
  sources: [
    'keepalived: vrrp/vrrp_track.c, initialise_track_script_state(), and vrrp/vrrp.c, down_instance()',
    'a pair of keepalived 2.2.7 whose check needs the address: no holder, ever',
  ],
  bad: [
    {
      title: 'The check needs what it is to decide',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_vip {
              script "/bin/sh -c 'ip addr show eth0 | grep -q 10.0.0.100'"
              user root
          }
          vrrp_instance VI_1 {
              state MASTER
              interface eth0
              virtual_router_id 51
              priority 200
              track_script {
                  chk_vip
                  ^^^^^^^ nobody carries 10.0.0.100: chk_vip passes only where it already is
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_script chk_vip {
              script "/bin/sh -c 'ip addr show eth0 | grep -q 10.0.0.100'"
              user root
          }
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              virtual_router_id 51
              priority 150
              track_script {
                  chk_vip
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'A check that looks at the service',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/usr/bin/killall -0 nginx"
              user root
          }
          vrrp_instance VI_1 {
              state MASTER
              interface eth0
              virtual_router_id 51
              priority 200
              track_script {
                  chk_nginx
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/usr/bin/killall -0 nginx"
              user root
          }
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              virtual_router_id 51
              priority 150
              track_script {
                  chk_nginx
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const lost of lostAddresses(cluster)) {
      const { part, check, result } = lost;
      const { node, instance } = part.member;
      const when = result.steps.length > 0 ? `after ${result.steps[0]} nobody carries` : 'nobody carries';
      yield {
        at: check?.at ?? instance.unicastSource?.at ?? instance.head,
        message: `${when} ${addressWords(instance)}: ${reason(lost)}`,
        help: check
          ? `give ${check.name} a weight, or let it test the service and not the address`
          : `give ${node.name} the address, or name one that it has`,
      };
    }
  },
});

function reason({ kind, check, part: { candidate } }: LostAddress): string {
  switch (kind) {
    case 'wants-address':
      return `${check?.name} passes only where it already is`;
    case 'fails-with-address':
      return `${check?.name} fails wherever it is`;
    case 'bad-when-good':
      return `${check?.name} is reversed, so that all being well is FAULT`;
    default:
      return `${candidate.node} stays in FAULT, ${candidate.broken}`;
  }
}
