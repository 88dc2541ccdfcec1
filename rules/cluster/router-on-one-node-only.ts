import { rule } from '../../src/lint/rule.ts';
import { loneRouters, nodeNames } from '../../src/model/cluster.ts';
import { addressWords } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'cluster',
  id: 'router-on-one-node-only',
  severity: 'warning',
  summary: 'A virtual router is on one node of the cluster only',
  why: `
The nodes share other virtual routers, but no other node has an instance for this one: neither one with its addresses, nor with its
VRID, nor with its name. When the node dies, nobody takes the address.

An instance that one of them should have may have been forgotten, or is commented out. An address that is to stay on one
machine needs no VRRP.
`,
  sources: ['RFC 5798, 1.1: a virtual router is what a group of routers serves together'],
  absence: true,
  bad: [
    {
      title: 'The second instance was added on one node',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance VI_2 {
          ^^^^^^^^^^^^^^^^^^ VI_2 with 10.0.0.200 is on lb1 only
              interface eth0
              virtual_router_id 52
              priority 100
              virtual_ipaddress { 10.0.0.200/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'A chain of three nodes, where each router has two of them',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress { 10.0.0.100/24 }
          }
          vrrp_instance VI_2 {
              interface eth0
              virtual_router_id 52
              priority 150
              virtual_ipaddress { 10.0.0.200/24 }
          }
        `,
        'lb3/keepalived.conf': `
          vrrp_instance VI_2 {
              interface eth0
              virtual_router_id 52
              priority 100
              virtual_ipaddress { 10.0.0.200/24 }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const member of loneRouters(cluster)) {
      const { node, instance } = member;
      yield {
        at: instance.head,
        message: `${instance.name.value} with ${addressWords(instance)} is on ${nodeNames([member])} only`,
        help: `when ${node.name} dies, nobody takes ${addressWords(instance)}`,
      };
    }
  },
});
