import { rule } from '../../src/lint/rule.ts';
import { nodeNames } from '../../src/model/cluster.ts';
import { addressWords, dropsOtherAddresses } from '../../src/model/keepalived/index.ts';
import type { Member } from '../../src/model/router.ts';
import { collisions, type Sender } from '../../src/model/segment.ts';

export default rule({
  scope: 'fleet',
  id: 'virtual-router-id-collision',
  severity: 'error',
  summary: 'Unrelated virtual routers have one virtual_router_id on one network segment',
  why: `
VRRP knows a virtual router by its number and nothing else, and everybody copies 51 from the manual page. Two pairs with one number on
one segment hear each other's adverts:

- keepalived 2.3.3 and later accepts them even when the addresses differ. The pairs become one election, the node with the highest
  priority of all wins, and the other pair gives its address up: its service is gone.
- Earlier versions, nodes with another password and nodes with another VRRP version drop them and log each one
  (\`not present in MASTER advert\`, \`invalid passwd\`, once a second). Then it is a warning: the elections are mostly separate, until
  an upgrade makes one of them.
- With \`use_vmac\` both pairs have one MAC address, and the switch sends the packets of one to the other.

A segment is known where \`lbcheck.yaml\` names it, or where both pairs have addresses of one network. Pairs that hold the same address
cannot be in one place, and pairs that talk to \`unicast_peer\` only do not hear others.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_check_packet(): the VIP check counts for nothing since 2.3.3',
    'keepalived issue #2444',
    'RFC 5798, section 5.2.3: the VRID identifies the virtual router; section 7.3: its MAC address follows from it',
    'Seen with keepalived 2.2.7: two pairs on one bridge',
  ],
  bad: [
    {
      title: 'Two clusters that are said to live in one segment',
      files: {
        'lbcheck.yaml': `
          clusters:
            edge: { nodes: { lb1: [edge/lb1], lb2: [edge/lb2] }, segment: vlan-20 }
            data: { nodes: { db1: [data/db1], db2: [data/db2] }, segment: vlan-20 }
        `,
        'edge/lb1/keepalived.conf': pairOf('10.0.0.100', 150),
        'edge/lb2/keepalived.conf': pairOf('10.0.0.100', 100),
        'data/db1/keepalived.conf': pairOf(
          '10.8.0.200',
          150,
          '                    ^^ virtual_router_id 51 is also that of edge in the segment vlan-20',
        ),
        'data/db2/keepalived.conf': pairOf('10.8.0.200', 100),
      },
    },
    {
      title: 'Two pairs with addresses of one network',
      files: {
        'a1/keepalived.conf': pairOf('10.0.0.100/24', 150),
        'a2/keepalived.conf': pairOf('10.0.0.100/24', 100),
        'b1/keepalived.conf': pairOf(
          '10.0.0.200/24',
          150,
          '                    ^^ virtual_router_id 51 is also that of a1 and a2 in the network 10.0.0.0/24',
        ),
        'b2/keepalived.conf': pairOf('10.0.0.200/24', 100),
      },
    },
  ],
  good: [
    {
      title: 'The same number and the same networks at two sites',
      files: {
        'lbcheck.yaml': `
          clusters:
            berlin: { nodes: { lb1: [berlin/lb1], lb2: [berlin/lb2] }, segment: berlin-20 }
            madrid: { nodes: { lb1: [madrid/lb1], lb2: [madrid/lb2] }, segment: madrid-20 }
        `,
        'berlin/lb1/keepalived.conf': pairOf('10.0.0.100/24', 150),
        'berlin/lb2/keepalived.conf': pairOf('10.0.0.100/24', 100),
        'madrid/lb1/keepalived.conf': pairOf('10.0.0.200/24', 150),
        'madrid/lb2/keepalived.conf': pairOf('10.0.0.200/24', 100),
      },
    },
    {
      title: 'The same addresses: two sites, or a staging copy',
      files: {
        'lbcheck.yaml': `
          clusters:
            live: { nodes: { lb1: [live/lb1], lb2: [live/lb2] } }
            test: { nodes: { lb1: [test/lb1], lb2: [test/lb2] } }
        `,
        'live/lb1/keepalived.conf': pairOf('10.0.0.100/24', 150),
        'live/lb2/keepalived.conf': pairOf('10.0.0.100/24', 100),
        'test/lb1/keepalived.conf': pairOf('10.0.0.100/24', 150),
        'test/lb2/keepalived.conf': pairOf('10.0.0.100/24', 100),
      },
    },
  ],
  *check(fleet) {
    for (const { sender, other, segment, network } of collisions(fleet)) {
      const vrid = sender.member.instance.virtualRouterId;
      const names = whose(other);
      const dropped = dropsAdverts(sender.member, other.member);
      yield {
        at: vrid.at,
        message: `virtual_router_id ${vrid.value} is also that of ${names} in the ${
          network === undefined ? `segment ${segment}` : `network ${network}`
        }`,
        related: [{ at: other.member.instance.virtualRouterId.at, note: `${vrid.value} on ${names}` }],
        help: dropped
          ? `each logs and drops the other's adverts, once a second; give ${whose(sender)} a number of its own`
          : `they are one election: whoever wins it, ${addressWords(sender.member.instance)} or ${addressWords(other.member.instance)} is lost; give ${whose(sender)} a number of its own`,
        ...(dropped ? { severity: 'warning' } : {}),
      };
    }
  },
});

const whose = ({ cluster, router }: Sender): string => cluster.name ?? nodeNames(router.members);

/** Whether two nodes certainly do not accept each other's adverts. */
function dropsAdverts(a: Member, b: Member): boolean {
  const [x, y] = [a.instance, b.instance];
  const isMac = [x, y].some(({ statement }) =>
    statement.body.some(({ keyword }) => keyword?.name === 'use_vmac'),
  );
  if (isMac) return false;
  const [left, right] = [x.authentication, y.authentication];
  const differs = <T>(one: T | undefined, two: T | undefined): boolean =>
    one !== undefined && two !== undefined && one !== two;
  return (
    differs(x.version.value, y.version.value) ||
    differs(left.type, right.type) ||
    differs(left.secret?.value, right.secret?.value) ||
    [a, b].every(({ node }) => dropsOtherAddresses(node.facts.keepalived))
  );
}

/** One node of a pair in the examples, with a line of carets under the VRID. */
function pairOf(address: string, priority: number, carets?: string): string {
  return [
    'global_defs {',
    '  enable_traps',
    '}',
    'vrrp_instance VI_1 {',
    '  interface eth0',
    '  virtual_router_id 51',
    ...(carets === undefined ? [] : [`${carets}`]),
    `  priority ${priority}`,
    '  virtual_ipaddress {',
    `    ${address}`,
    '  }',
    '}',
    '',
  ].join('\n');
}
