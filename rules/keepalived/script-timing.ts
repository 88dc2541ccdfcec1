import { rule } from '../../src/lint/rule.ts';
import { checkTimings } from '../../src/model/keepalived/index.ts';

/** Seconds as people write them. */
const show = (seconds: number): string => `${Math.round(seconds * 10) / 10} s`;

export default rule({
  scope: 'keepalived',
  id: 'script-timing',
  severity: 'info',
  summary: 'A check takes longer to notice a failure than the nodes take to notice a dead master',
  why: `
A failed service is noticed after \`interval\` × \`fall\`, while the other node notices a dead machine after three missed adverts and a
little. When the check is the slower of the two, most failures (a service that dies on a living host) last longer than the rarest
one. A \`timeout\` longer than \`interval\` × \`fall\` lets one hanging check delay the verdict by itself: runs do not overlap.
`,
  sources: ['keepalived: vrrp/vrrp_scheduler.c, vrrp_script_thread()', 'keepalived.conf(5), vrrp_script'],
  bad: [
    {
      title: 'Half a minute, and a timeout that is longer still',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            interval 10
                     ^^ a failure is noticed after 30 s, a dead master after 3.6 s
            fall 3
            user root
        }
        vrrp_script chk_page {
            script "/usr/bin/curl -sf http://127.0.0.1/"
            timeout 30
                    ^^ one hanging run of chk_page takes 30 s, longer than interval × fall (2 s)
            interval 2
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            track_script {
                chk_nginx
                chk_page
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Faster than the election',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            interval 1
            timeout 1
            fall 3
            user root
        }
        vrrp_instance VI_1 {
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
  ],
  *check(model) {
    for (const { name, interval, detection, detectedBy, masterDown, timeout } of checkTimings(model)) {
      if (timeout && timeout.value > detection) {
        yield {
          at: timeout.at,
          message: `one hanging run of ${name} takes ${show(timeout.value)}, longer than interval × fall (${show(detection)})`,
        };
      } else if (masterDown !== undefined && detection > 2 * masterDown) {
        yield {
          at: interval,
          message: `a failure is noticed after ${show(detection)}, a dead master after ${show(masterDown)}`,
          grounds: [detectedBy],
        };
      }
    }
  },
});
