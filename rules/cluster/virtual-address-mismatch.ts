import type { Finding } from '../../src/lint/rule.ts';
import { rule } from '../../src/lint/rule.ts';
import { sharedRouters } from '../../src/model/cluster.ts';
import { dropsOtherAddresses, type VirtualAddress } from '../../src/model/keepalived/index.ts';
import {
  type AddressDifference,
  addressDifferences,
  addressGrounds,
  type Member,
  slipBetween,
} from '../../src/model/router.ts';

export default rule({
  scope: 'cluster',
  id: 'virtual-address-mismatch',
  severity: 'error',
  summary: 'Nodes of one virtual router have different virtual addresses',
  why: `
An advert lists the addresses of its sender. What a difference does depends on the version of keepalived:

- **Before 2.3.3** a node drops every advert whose list is not its own, in any order. Each node takes the other for dead and both
  become MASTER; the log says \`address x not present in advert\` or \`unexpected ip number\`. \`skip_check_adv_addr\` does not help, because the
  first advert is checked all the same.
- **From 2.3.3 on** the difference is logged once and the election works. But the address that only one node has vanishes with
  that node: after the failover nobody answers for it.

Give all nodes the same addresses. Those that do not fit into an advert go to \`virtual_ipaddress_excluded\`, on all nodes too.
Say which version runs with \`--keepalived-version\`.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_check_packet(); commit af103930, first in 2.3.3',
    'keepalived issues 1515 and 2444',
  ],
  bad: [
    {
      title: 'Two digits swapped',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.169.253/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress {
                  10.0.169.235/24
                  ^^^^^^^^^^^^^^^ virtual address is 10.0.169.235 on lb2 but 10.0.169.253 on lb1
              }
          }
        `,
      },
    },
    {
      title: 'An address that was added on one node only, with a keepalived that goes on without it',
      facts: { keepalived: '2.3.4' },
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
                  10.0.0.101/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress {
              ^^^^^^^^^^^^^^^^^ virtual address 10.0.0.101 is on lb1 but not on lb2
                  10.0.0.100/24
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'The same addresses in another order and spelling',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip fe80::1 }
          vrrp_instance VI_6 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_bfd { gateway }
              virtual_ipaddress {
                  fe80::100/64
                  2001:db8::100/64
              }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip fe80::1 }
          vrrp_instance VI_6 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              virtual_ipaddress {
                  2001:DB8:0::100/64
                  fe80::100/64
              }
          }
        `,
      },
    },
    {
      title: 'Another interface and label on each node',
      files: {
        'lb1/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 dev eth0 label eth0:1 }
          }
        `,
        'lb2/keepalived.conf': `
          global_defs { enable_traps }
          bfd_instance gateway { neighbor_ip 10.0.0.1 }
          vrrp_instance VI_1 {
              interface ens3
              virtual_router_id 51
              priority 100
              track_bfd { gateway }
              virtual_ipaddress { 10.0.0.100/24 dev ens3 label ens3:1 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const router of sharedRouters(cluster)) {
      for (const difference of addressDifferences(router)) {
        if (isHarmless(difference)) continue;
        yield { ...finding(difference), grounds: addressGrounds(difference) };
      }
    }
  },
});

/** Both nodes hold the address, one without advertising it, and neither minds. */
const isHarmless = ({ member, other, extra, missing }: AddressDifference): boolean =>
  [member, other].every(({ node }) => dropsOtherAddresses(node.facts.keepalived) === false) &&
  missing.every((each) => excludedBy(member, each)) &&
  extra.every((each) => excludedBy(other, each));

const excludedBy = ({ instance }: Member, { address }: VirtualAddress): VirtualAddress | undefined =>
  instance.excluded.find((each) => each.address?.text === address?.text);

function finding(difference: AddressDifference): Finding {
  const { member, other, extra, missing } = difference;
  const [here, there] = [member.node.name, other.node.name];
  const help = consequence(difference);
  const [mine, theirs] = [extra[0], missing[0]];
  if (mine && theirs && extra.length === 1 && missing.length === 1) {
    const [a, b] = [textOf(mine), textOf(theirs)];
    return {
      at: mine.at,
      message: `virtual address is ${a} on ${here} but ${b} on ${there}`,
      label: slipBetween(a, b) ?? `${b} on ${there}`,
      related: [{ at: theirs.at, note: `${b} on ${there}` }],
      help,
    };
  }
  if (mine && theirs) {
    return {
      at: mine.at,
      message: `virtual addresses differ: ${extra.length} only on ${here}, ${missing.length} only on ${there}`,
      label: `only on ${here}`,
      related: [...places(extra.slice(1), here), ...places(missing, there)],
      help,
    };
  }
  if (mine) {
    return {
      at: mine.at,
      message: `${subject(extra)} on ${here} but not on ${there}`,
      label: `not on ${there}`,
      related: [...places(extra.slice(1), here), { at: other.instance.addressList, note: `not on ${there}` }],
      help,
    };
  }
  const excluded = missing.map((each) => excludedBy(member, each)).find((each) => each);
  return {
    at: excluded?.at ?? member.instance.addressList,
    message: `${subject(missing)} on ${there} but not ${excluded ? 'advertised ' : ''}on ${here}`,
    label: excluded
      ? 'excluded from the adverts here'
      : `without ${missing.map(textOf).slice(0, 2).join(' and ')}${missing.length > 2 ? ' and more' : ''}`,
    related: places(missing, there),
    help,
  };
}

const textOf = ({ address, text }: VirtualAddress): string => address?.text ?? text;

const subject = (addresses: readonly VirtualAddress[]): string =>
  addresses.length === 1
    ? `virtual address ${textOf(addresses[0]!)} is`
    : `${addresses.length} virtual addresses are`;

/** More lines than these nobody reads; the message counts all. */
const mostPlaces = 5;

const places = (addresses: readonly VirtualAddress[], node: string) =>
  addresses.slice(0, mostPlaces).map(({ at }) => ({ at, note: `only on ${node}` }));

function consequence({ member, other, extra, missing }: AddressDifference): string {
  const [here, there] = [member.node.name, other.node.name];
  const drops = [member, other].map(({ node }) => dropsOtherAddresses(node.facts.keepalived));
  const advice = 'list the same addresses on all nodes';
  const lost = [...(missing.length > 0 ? [here] : []), ...(extra.length > 0 ? [there] : [])].join(' or ');
  if (drops.every((each) => each === false)) {
    return `nobody answers for what only the other node has while ${lost} is MASTER; ${advice}`;
  }
  const both = `${here} and ${there} both become MASTER`;
  return drops.includes(true)
    ? `this keepalived drops adverts with other addresses: ${both}; ${advice}`
    : `keepalived before 2.3.3 drops adverts with other addresses: ${both}; from 2.3.3 on, what only one node has is lost with it; ${advice}`;
}
