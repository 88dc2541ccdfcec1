import { rule } from '../../src/lint/rule.ts';

/** Bytes of an Ethernet frame that adverts share with headers (vrrp_complete_instance()). */
const mtu = 1500;

export default rule({
  scope: 'keepalived',
  id: 'too-many-virtual-addresses',
  severity: 'warning',
  summary: 'An instance has more virtual addresses than one advert carries',
  why: `
An advert has room for 255 IPv4 addresses, or for 89 IPv6 addresses on Ethernet. keepalived moves the rest to the excluded list,
which is not compared between the nodes, and reports an error. Put what need not be in adverts into \`virtual_ipaddress_excluded\`
yourself: the nodes then cut at the same place.
`,
  sources: ['keepalived: vrrp/vrrp.c, vrrp_complete_instance()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'Ninety addresses of IPv6',
      files: `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
    ^^^^^^^^^^^^^^^^^ 90 virtual addresses: one advert carries 89
${Array.from({ length: 90 }, (_, i) => `        fe80::${(i + 1).toString(16)}/64`).join('\n')}
    }
}
`,
    },
  ],
  good: [
    {
      title: 'Twenty-one, which an old limit would not have allowed',
      files: `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
${Array.from({ length: 21 }, (_, i) => `        10.0.0.${i + 100}/24`).join('\n')}
    }
}
`,
    },
  ],
  *check({ instances }) {
    for (const { addresses, addressList, family } of instances) {
      const most = family === 'inet6' ? Math.floor((mtu - 14 - 40 - 8) / 16) : 255;
      if (addresses.length <= most) continue;
      yield {
        at: addressList,
        message: `${addresses.length} virtual addresses: one advert carries ${most}`,
        help: 'keepalived moves the rest to virtual_ipaddress_excluded',
      };
    }
  },
});
