import { grouped } from '../../grammar/group-by.ts';
import type { Finding } from '../../src/lint/rule.ts';
import { rule } from '../../src/lint/rule.ts';
import { type Cluster, sharedRouters } from '../../src/model/cluster.ts';
import { addressWords, type HmacFault, hmacFault, isSigning } from '../../src/model/keepalived/index.ts';
import { byVersion, deviations, type Member } from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'authentication-mismatch',
  severity: 'error',
  summary: 'Nodes of one virtual router do not accept each other’s authentication',
  why: `
A node drops adverts whose authentication is not its own: another \`auth_type\`, another \`auth_pass\`, or one of them on one side
only. Each node then takes the other for dead and both become MASTER; the log says \`invalid passwd\` or \`received a N auth\`.

What counts is what reaches the wire. Only the first 8 bytes of \`auth_pass\` do, so two long passwords with the same beginning are
equal. A block without \`auth_type\` or without \`auth_pass\` is no authentication at all, and strict mode drops the whole block.
Version 3 has none either; when the versions differ, that is the finding, and this one waits.

From 2.4.0 on adverts can be signed instead, with \`auth_hmac\`. Every node needs the key that another one signs with, under the same
number; a node without the block drops signed adverts as too long.

lbcheck prints neither the passwords nor anything about them.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_check_packet() and vrrp_complete_instance()',
    'keepalived: vrrp/vrrp_parser.c, vrrp_auth_pass_handler()',
  ],
  bad: [
    {
      title: 'Different passwords',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              authentication {
                  auth_type PASS
                  auth_pass edge-7
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              authentication {
                  auth_type PASS
                  auth_pass edge-8
                  ^^^^^^^^^ auth_pass differs between lb2 and lb1
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'Authentication on one node only: without auth_type there is none',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              authentication {
                  auth_type PASS
                  auth_pass edge-7
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              authentication {
              ^^^^^^^^^^^^^^ authentication is none on lb2 but PASS on lb1
                  auth_pass edge-7
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'A signature whose key the other node does not have',
      facts: { keepalived: '2.4.0' },
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              auth_hmac {
                  key 2 fedcba9876543210fedcba9876543210
                  active_key 2
              }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              auth_hmac {
              ^^^^^^^^^ lb1 signs with key 2, which lb2 does not have
                  key 1 0123456789abcdef0123456789abcdef
                  active_key 1
              }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'A new key is known everywhere before it signs',
      facts: { keepalived: '2.4.0' },
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              auth_hmac {
                  key 1 0123456789abcdef0123456789abcdef
                  key 2 fedcba9876543210fedcba9876543210
                  active_key 2
              }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              auth_hmac {
                  active_key 1
                  key 2 fedcba9876543210fedcba9876543210
                  key 1 0123456789abcdef0123456789abcdef
              }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
    {
      title: 'None on both',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
    {
      title: 'One password, quoted on one node',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              authentication {
                  auth_type PASS
                  auth_pass "edge-7"
              }
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              authentication {
                  auth_pass edge-7
                  auth_type PASS
              }
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    yield* signatureFaults(cluster);
    for (const members of sharedRouters(cluster).flatMap(byVersion)) {
      const type = ({ instance }: Member) => instance.authentication.type;
      for (const { member, value, other, expected } of deviations(members, type)) {
        yield {
          at: member.instance.authentication.at,
          message: `authentication is ${value} on ${member.node.name} but ${expected} on ${other.node.name}`,
          label: member.instance.authentication.dropped ?? `${value} here`,
          related: [
            {
              at: other.instance.authentication.at,
              note: other.instance.authentication.dropped ?? `${expected} on ${other.node.name}`,
            },
          ],
          help: consequence(member, other),
        };
      }
      for (const alike of grouped(members, type)) {
        const secret = ({ instance }: Member) => instance.authentication.secret?.value;
        for (const { member, other } of deviations(alike, secret)) {
          yield {
            at: place(member),
            message: `auth_pass differs between ${member.node.name} and ${other.node.name}`,
            label: `not as on ${other.node.name}`,
            related: [{ at: place(other), note: `another one on ${other.node.name}` }],
            help: consequence(member, other),
          };
        }
      }
    }
  },
});

/** Nodes that drop the signed adverts of another, each once. */
function* signatureFaults(cluster: Cluster): Generator<Finding> {
  for (const { members } of sharedRouters(cluster)) {
    const said = new Set<Member>();
    for (const sender of members.filter(({ instance }) => isSigning(instance))) {
      for (const receiver of members) {
        const fault =
          sender !== receiver && receiver.node.keepalived!.complete
            ? hmacFault(sender.instance, receiver.instance)
            : undefined;
        if (!fault || said.has(receiver) || said.has(sender)) continue;
        said.add(receiver);
        const [here, there] = [receiver.node.name, sender.node.name];
        yield {
          at: fault.at,
          message: signatureWords(fault, here, there),
          label: {
            none: 'unsigned here',
            'unknown-key': `without key ${fault.key}`,
            'other-key': `not as on ${there}`,
          }[fault.kind],
          related: [{ at: fault.expected, note: `${there} signs with it` }],
          help: consequence(receiver, sender),
        };
      }
    }
  }
}

function signatureWords({ kind, key }: HmacFault, here: string, there: string): string {
  if (kind === 'none') return `${there} signs its adverts with auth_hmac, and ${here} has none`;
  return kind === 'unknown-key'
    ? `${there} signs with key ${key}, which ${here} does not have`
    : `key ${key} of auth_hmac differs between ${here} and ${there}`;
}

const place = ({ instance: { authentication } }: Member) => authentication.secretKeyword ?? authentication.at;

const consequence = (member: Member, other: Member): string =>
  `${member.node.name} and ${other.node.name} drop each other's adverts: both become MASTER and hold ${addressWords(member.instance)}; write the same authentication on all nodes`;
