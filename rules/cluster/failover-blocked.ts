import { type BlockedFailover, blockedFailovers } from '../../src/election/index.ts';
import { rule } from '../../src/lint/rule.ts';
import { priorityGrounds, trackedAt } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'failover-blocked',
  severity: 'error',
  summary: 'A failed check leaves the address on the node whose check failed',
  why: `
A weight does not make a node resign. It changes the priority that the node advertises, and another node takes over only when
that falls **below** its own: a tie moves nothing. With a weight that is smaller than the gap between the priorities the service
is dead, the check knows it, and the address stays where nobody answers. The log says only that the priority changed.

Either the weight is larger than the gap, or the check has no weight at all: its failure then is FAULT, and the master resigns
about three advert intervals sooner. The value in the help was tried by playing the election with it: the failure moves the
address, and its end brings it back.

Several weighted checks may be meant to move the
address only together; where they do, this is a note.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_set_effective_priority() and vrrp_state_backup()',
    'keepalived issue 2599',
    'a pair of keepalived 2.2.7: weights of 20 and 50 with a gap of 50 move nothing, 51 does',
  ],
  bad: [
    {
      title: 'The weight of a tutorial, with other priorities',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/usr/bin/pgrep nginx"
              weight -20
              user root
          }
          vrrp_instance VI_1 {
              state MASTER
              interface eth0
              virtual_router_id 51
              priority 200
              track_script {
                  chk_nginx
                  ^^^^^^^^^ when chk_nginx fails, 200 - 20 = 180 is still above 150 on lb2
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/usr/bin/pgrep nginx"
              weight -20
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
    {
      title: 'A tie, by an interface that is tracked',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              state MASTER
              interface eth0
              virtual_router_id 51
              priority 150
              track_interface {
                  eth1 weight -50
                  ^^^^ when eth1 fails, 150 - 50 = 100 is not below 100 on lb2
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              virtual_router_id 51
              priority 100
              track_interface {
                  eth1 weight -50
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'A weight that is added while all is well, and adds too little',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/usr/bin/pgrep nginx"
              weight 5
              user root
          }
          vrrp_instance VI_1 {
              state MASTER
              interface eth0
              virtual_router_id 51
              priority 110
              track_script {
                  chk_nginx
                  ^^^^^^^^^ when chk_nginx fails, 115 - 5 = 110 is still above 105 on lb2
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/usr/bin/pgrep nginx"
              weight 5
              user root
          }
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              virtual_router_id 51
              priority 100
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
  good: [
    {
      title: 'Two points that are just enough',
      files: {
        'lb1/keepalived.conf': `
          vrrp_script chk_nginx {
              script "/usr/bin/killall -0 nginx"
              weight 2
              user root
          }
          vrrp_instance VI_1 {
              state MASTER
              interface eth0
              virtual_router_id 51
              priority 101
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
              weight 2
              user root
          }
          vrrp_instance VI_1 {
              state BACKUP
              interface eth0
              virtual_router_id 51
              priority 100
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
    for (const blocked of blockedFailovers(cluster)) {
      const { holder, check, rival, against, moreWouldMove } = blocked;
      const [mine, its] = [holder.member.instance.priority, rival.member.instance.priority];
      yield {
        at: check.at,
        message: `when ${check.name} fails, ${arithmetic(blocked)} ${against} on ${rival.member.node.name}`,
        related: [
          { at: mine.at, note: `priority ${mine.value} on ${holder.member.node.name}` },
          { at: its.at, note: `priority ${its.value} on ${rival.member.node.name}` },
        ],
        // Where the rival tracks it, if nothing is wrong with that line.
        grounds: [[...priorityGrounds([holder.member, rival.member]), ...trackedAt(rival.member)]],
        help: helpFor(blocked),
        ...(moreWouldMove ? { severity: 'info' } : {}),
      };
    }
  },
});

/** `200 - 20 = 180 is still above`. */
function arithmetic({ loss, left, against }: BlockedFailover): string {
  const compared = left > against ? 'is still above' : 'is not below';
  return loss === 0 ? `${left} ${compared}` : `${left + loss} - ${loss} = ${left} ${compared}`;
}

function helpFor({ remedy, check }: BlockedFailover): string {
  if (remedy === undefined)
    return 'track it without a weight: its failure is then FAULT, and the master resigns';
  return remedy === 0
    ? `give ${check.name} no weight: its failure is then FAULT, and the master resigns`
    : `a weight of ${remedy} moves the address; so does none at all, and sooner`;
}
