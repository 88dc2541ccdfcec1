import { rule } from '../../src/lint/rule.ts';
import { missingKeywords } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'missing-keyword',
  severity: 'error',
  summary: 'A block lacks a keyword that it needs',
  why: `
A \`vrrp_script\` without \`script\`, an \`HTTP_GET\` without \`url\`, a sync group without \`group\`: keepalived drops the block, says so in
the log, and starts. What the block was to check or to tie together is then not checked and not tied. (keepalived 2.2.7 even crashes
on an \`HTTP_GET\` whose \`url\` has no \`path\`.)

A \`virtual_server\` has defaults for what it lacks, but they are reported as errors, and one of them surprises: without \`protocol\`
it balances UDP. These are warnings.

What an instance needs has rules of its own.
`,
  sources: [
    'keepalived: vrrp/vrrp_parser.c, check/check_parser.c, validate_check_config()',
    'keepalived 2.2.7 with -t',
  ],
  absence: true,
  bad: [
    {
      title: 'A script without a script, a check without a path',
      files: `
        vrrp_script chk_nginx {
        ^^^^^^^^^^^^^^^^^^^^^ vrrp_script has no script
            interval 2
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                chk_nginx
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
        virtual_server 10.0.0.100 80 {
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ virtual_server has no protocol
            lb_algo rr
            lvs_method NAT
            real_server 10.0.0.11 80 {
                HTTP_GET {
                    url {
                    ^^^ url has no path
                        status_code 200
                    }
                }
            }
        }
        garp_group {
        ^^^^^^^^^^ garp_group has no garp_interval or gna_interval
            interface eth0
        }
      `,
    },
  ],
  good: [
    {
      title: 'Synonyms, a forwarding method on every real server, a firewall mark that has its protocol',
      files: `
        bfd_instance core {
            neighbour_ip 10.0.0.254
        }
        virtual_server 10.0.0.100 80 {
            lvs_sched rr
            protocol TCP
            real_server 10.0.0.11 80 {
                lvs_method DR
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server fwmark 7 {
            lvs_sched rr
            lvs_method NAT
            real_server 10.0.0.11 80 {
                MISC_CHECK {
                    misc_path "/usr/local/bin/check 10.0.0.11"
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { block, at, lacking, consequence, mild } of missingKeywords(model)) {
      yield {
        at,
        message: `${block} has no ${lacking}`,
        help: consequence,
        grounds: [[{ ...at, lacks: lacking }]],
        ...(mild ? { severity: 'warning' as const } : {}),
      };
    }
  },
});
