import { rule } from '../../src/lint/rule.ts';
import { idleTrackers } from '../../src/model/keepalived/index.ts';

/** The list that names what is defined. */
const lists: Readonly<Record<string, string>> = {
  vrrp_script: 'track_script',
  vrrp_track_process: 'track_process',
  track_file: 'track_file',
};

export default rule({
  scope: 'keepalived',
  id: 'unused-script',
  severity: 'warning',
  summary: 'A check is defined and nothing tracks it',
  why: `
A \`vrrp_script\` does nothing by itself: an instance or its sync group must name it in \`track_script { … }\`. keepalived removes an
unused one at start with a line in the log, and \`keepalived -t\` does not mention it. The service that it was meant to watch can
die without the address moving.
`,
  sources: [
    'keepalived: vrrp/vrrp.c, vrrp_complete_init(): "script … is not used"',
    'keepalived.conf(5), track_script',
  ],
  absence: true,
  bad: [
    {
      title: 'Defined, but not tracked',
      files: `
        vrrp_script chk_nginx {
                    ^^^^^^^^^ nothing tracks chk_nginx: it never runs
            script "/usr/bin/pgrep nginx"
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'Beside a block that keepalived does not know, in which nothing could track it either',
      files: `
        vrrp_script chk_nginx {
                    ^^^^^^^^^ nothing tracks chk_nginx: it never runs
            script "/usr/bin/pgrep nginx"
            user root
        }
        inventory {
            rack b7
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Tracked by the group, used by a checker, and a file of scripts that another file uses',
      files: {
        'keepalived.conf': `
          track_file drain {
              file "/run/drain"
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind NAT
              protocol TCP
              real_server 10.0.0.11 80 {
                  FILE_CHECK {
                      track_file drain
                  }
              }
          }
        `,
      },
    },
    {
      title: 'Only scripts: what tracks them is elsewhere',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            user root
        }
      `,
    },
  ],
  *check({ references, instances, virtualServers }) {
    if (instances.length === 0 && virtualServers.length === 0) return;
    for (const { kind, name, statement } of idleTrackers(references)) {
      const never = kind === 'vrrp_script' ? 'it never runs' : 'it has no effect';
      yield {
        at: name.at,
        grounds: [[name.at, ...instances.slice(0, 8).map(({ head }) => ({ ...head, lacks: 'tracker' }))]],
        message: `nothing tracks ${name.value}: ${never}`,
        help: `name it in ${lists[kind]} { } of a vrrp_instance below ${statement.keyword!.name}, or remove it`,
      };
    }
  },
});
