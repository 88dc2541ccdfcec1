import { rule } from '../../src/lint/rule.ts';
import { ownsAddress, weightedTrackers } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'owner-without-address',
  severity: 'warning',
  summary: 'Priority 255 is for the router that owns the address',
  why: `
255 is not just very high. It says that the virtual address is a real address of this machine: the owner becomes master without
waiting, ignores the weights of its trackers, \`nopreempt\` and every advert of others. Use 254 or less for a machine that is merely
preferred.
`,
  sources: ['RFC 5798, section 5.2.4', 'keepalived: vrrp/vrrp.c, vrrp_complete_instance()'],
  bad: [
    {
      title: 'As high as it goes',
      files: `
        vrrp_instance VI_1 {
            state MASTER
            interface eth0
            virtual_router_id 51
            priority 255
                     ^^^ priority 255 is for the owner of the address: it waits for nobody
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The address is its own',
      files: `
        vrrp_instance VI_1 {
            state MASTER
            interface eth0
            virtual_router_id 51
            priority 255
            mcast_src_ip 10.0.0.1
            virtual_ipaddress {
                10.0.0.1/24
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const instance of model.instances) {
      const { priority } = instance;
      if (priority.value !== 255 || !priority.written || ownsAddress(model, instance)) continue;
      // The weights that it loses say more, and are an error.
      if (weightedTrackers(model, instance.trackers).length > 0) continue;
      yield {
        at: priority.at,
        message: 'priority 255 is for the owner of the address: it waits for nobody',
        help: 'use 254 or less for a machine that is merely preferred',
      };
    }
  },
});
