import { rule } from '../../src/lint/rule.ts';
import { replacedWords } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'deprecated-keyword',
  severity: 'info',
  summary: 'A keyword has a newer name',
  why: `
The old word still works. keepalived says so in the log, for some of them as a configuration error: those make \`keepalived -t\`
fail and are warnings here.
`,
  sources: ['keepalived: doc/keepalived.conf.SYNOPSIS, the deprecation messages of 2.2.7'],
  bad: [
    {
      title: 'An old name for a program’s time limit, and one that -t complains of',
      files: `
        global_defs {
            vrrp_rlimit_rtime 10000
            ^^^^^^^^^^^^^^^^^ vrrp_rlimit_rtime is now called vrrp_rlimit_rttime
        }
        virtual_server 10.0.0.100 80 {
            lb_algo rr
            lb_kind NAT
            protocol TCP
            real_server 10.0.0.11 80 {
                HTTP_GET {
                    url {
                        path /
                        status_code 200
                    }
                    nb_get_retry 3
                    ^^^^^^^^^^^^ nb_get_retry is now called retry
                }
            }
        }
      `,
      fixed: `
        global_defs {
            vrrp_rlimit_rttime 10000
        }
        virtual_server 10.0.0.100 80 {
            lb_algo rr
            lb_kind NAT
            protocol TCP
            real_server 10.0.0.11 80 {
                HTTP_GET {
                    url {
                        path /
                        status_code 200
                    }
                    retry 3
                }
            }
        }
      `,
    },
    {
      title: 'The gateway of a route',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
            virtual_routes {
                10.9.0.0/16 gw 10.0.0.1 dev eth0
                            ^^ gw is now called via
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Two names of one thing, both current',
      files: `
        virtual_server 10.0.0.100 80 {
            lvs_sched rr
            lvs_method NAT
            protocol TCP
            real_server 10.0.0.11 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, old, now, where, complains, sameWords } of replacedWords(model)) {
      const place = where === undefined ? '' : where === 'root' ? ', outside of all blocks' : `, in ${where}`;
      yield {
        at,
        message: where === undefined ? `${old} is now called ${now}` : `${old} is replaced by ${now}${place}`,
        ...(complains ? { severity: 'warning' as const, help: 'keepalived -t reports it as an error' } : {}),
        ...(sameWords
          ? { fix: { title: `replace it by ${now}`, safe: true, edits: [{ ...at, text: now }] } }
          : {}),
      };
    }
  },
});
