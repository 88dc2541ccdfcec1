import { rule } from '../../src/lint/rule.ts';
import { routeGaps } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'route-without-interface',
  severity: 'warning',
  summary: 'A route has no interface, so keepalived does not watch it',
  why: `
keepalived restores routes that somebody deletes, and leaves the master role when it cannot, as long as it knows their interface.
Without \`dev\` it reports an error, "cannot track route", and adds the route all the same. Write \`dev\`, or \`no_track\` if nobody needs to
watch it, as with \`blackhole\`.
`,
  sources: ['keepalived: vrrp/vrrp_iproute.c, alloc_route()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'Only a gateway',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
            virtual_routes {
                10.9.0.0/16 via 10.0.0.1
                ^^^^^^^^^^^^^^^^^^^^^^^^ this route has neither dev nor no_track: nobody watches it
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Watched, and deliberately not',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
            virtual_routes {
                10.9.0.0/16 via 10.0.0.1 dev eth0
                blackhole 10.8.0.0/16 no_track
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const at of routeGaps(model)) {
      yield {
        at,
        message: 'this route has neither dev nor no_track: nobody watches it',
        help: 'write dev and the interface, or no_track',
      };
    }
  },
});
