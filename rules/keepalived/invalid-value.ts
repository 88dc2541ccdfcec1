import { isVerbatim } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'keepalived',
  id: 'invalid-value',
  severity: 'error',
  summary: 'A value is not one that the keyword takes',
  why: `
keepalived logs the line and goes on with the default or the value it had before: \`state BACKUIP\` starts as BACKUP,
\`priority 300\` runs with 100. A bad \`virtual_router_id\` leaves none, and the daemon does not start. A bad weight on a line of
\`track_script\` drops the whole line, and with it the check. Values are case sensitive: \`backup\` is not \`BACKUP\`.

A refused value that is the default anyway, such as the \`vrrp_garp_interval 0\` of the sample file, does no harm but makes
\`keepalived -t\` fail: a warning.
`,
  sources: ['keepalived: vrrp/vrrp_parser.c, lib/parser.c read_int_func()', 'keepalived.conf(5)'],
  bad: [
    {
      title: 'A misspelt state',
      files: `
        vrrp_instance VI_1 {
            state BACKUIP
                  ^^^^^^^ state is BACKUIP, not MASTER or BACKUP
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            state BACKUP
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'Quotes and brackets of other languages, units, a letter for a digit, blanks in the middle',
      files: `
        vrrp_instance VI_1 {
            state BACK UP
                  ^^^^^^^ state is BACK UP, not MASTER or BACKUP
            interface 'eth0'
                      ^^^^^^ interface is 'eth0', not the name of an interface
            virtual_router_id [51]
                              ^^^^ virtual_router_id is [51], not a whole number from 1 to 255
            priority 15O
                     ^^^ priority is 15O, not a whole number from 1 to 255
            version 3
            advert_int 500ms
                       ^^^^^ advert_int is 500ms, not a number of seconds from 0.01 to 255
            virtual_ipaddress {
                192.0.2.10/24
            }
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            state BACKUP
            interface eth0
            virtual_router_id 51
            priority 150
            version 3
            advert_int 0.5
            virtual_ipaddress {
                192.0.2.10/24
            }
        }
      `,
    },
    {
      title: 'Signs that keepalived takes for a part of a name, and words of a remark among addresses',
      files: `
        global_defs {
            router_id lb1;
                      ^^^^ router_id is lb1;, not a name that ends in no ;, comma or quote
            notification_email {
                ops@example.com -- at night
                                ^^ notification_email is --, not an address for mail
            }
            notification_email_from lb1@example.com.
                                    ^^^^^^^^^^^^^^^^ notification_email_from is lb1@example.com., not an address that ends in no ;, comma, dot or quote
            smtp_server 192.0.2.l0
                        ^^^^^^^^^^ smtp_server is 192.0.2.l0, not an address or a host name
            script_user root（系统）
                        ^^^^^^^^ script_user is root（系统）, not the name of an account
        }
        vrrp_track_process web {
            process 'nginx'
                    ^^^^^^^ process is 'nginx', not a name that ends in no ;, comma or quote
        }
        vrrp_instance VI_1 {
            interface eth0.
                      ^^^^^ interface is eth0., not the name of an interface, which ends in no ;, comma or dot
            virtual_routes {
                198.51.100.0/24 no_track nexthop via 192.0.2.7 weight 300 nexthop via 192.0.2.8 dev eth0
                                                                      ^^^ weight of nexthop is 300, not a whole number from 1 to 256
                198.51.101.0/24 dev ethO
                                    ^^^^ dev is ethO, not the name of an interface, which ends in a number
            }
            virtual_router_id 51
            track_process {
                web
            }
            track_interface {
                eth1
                weight -10
                ^^^^^^ track_interface is weight, not the name of an interface
            }
            virtual_ipaddress {
                192.0.2.10/24
            }
        }
      `,
    },
    {
      title: 'A path that no server understands, and a mark that is none',
      files: `
        virtual_server fwmark 0 {
                              ^ fwmark is 0, not a whole number of at least 1
            lb_algo rr
            lb_kind NAT
            protocol TCP
            persistence_timeout 60
            real_server 10.0.0.11 80 {
                HTTP_GET {
                    url {
                        path health
                             ^^^^^^ path is health, not a path that begins with /
                    }
                    url {
                        path /health;
                             ^^^^^^^^ path is /health;, not a path of ASCII characters that ends in no ; or comma
                        status_code 200
                    }
                }
            }
        }
      `,
    },
    {
      title: 'Out of range, a semicolon from another language, and a weight that drops the check',
      files: `
        global_defs {
            smtp_server 10.0.0.300
                        ^^^^^^^^^^ smtp_server is 10.0.0.300, not an address or a host name
            notification_email {
                ops@example.com
            }
        }
        vrrp_track_process nginx {
            process nginx
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 300
                              ^^^ virtual_router_id is 300, not a whole number from 1 to 255
            priority 100;
                     ^^^^ priority is 100;, not a whole number from 1 to 255
            track_process {
                nginx weight 300
                             ^^^ weight is 300, not a whole number from -254 to 254
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'Accounts that no host has: a slip, and a number',
      files: `
        global_defs {
            enable_script_security
            script_user rooot
                        ^^^^^ script_user is rooot, not the name of an account
        }
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            user 1000
                 ^^^^ user is 1000, not the name of an account
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
      `,
    },
    {
      title: 'From the sample file',
      files: `
        global_defs {
            vrrp_garp_interval 0
                               ^ vrrp_garp_interval is 0, not a number of seconds from 0.000001 to 4294.967295
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
      title: 'Options of a line, and a blank in a name',
      files: `
        vrrp_instance VI_1 {
            interface eth 0
                      ^^^^^ interface is eth 0, not one word
            virtual_router_id 51
            virtual_ipaddress {
                fd00::100/64 label eth0:1
                             ^^^^^ label is an option of IPv4 addresses, this one is of IPv6
            }
            virtual_routes {
                default via fd00::1 dev eth0 metric high
                                                    ^^^^ metric is high, not a whole number
            }
        }
      `,
    },
    {
      title: 'What no host can do',
      files: `
        global_defs {
            umask 999
                  ^^^ umask is 999, not an octal number such as 022, or words such as IWGRP|IWOTH
            lvs_sync_daemon eth0 group 10.0.0.1
                                       ^^^^^^^^ group of lvs_sync_daemon is 10.0.0.1, not a multicast address
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            use_vmac vrrp/51
                     ^^^^^^^ use_vmac is vrrp/51, not a name that an interface can have
            virtual_ipaddress {
                10.0.0.100/32 brd -
                                  ^ brd is -, not possible: a network of /32 has no broadcast address
                10.0.0.101/31 broadcast -
                                        ^ brd is -, not possible: a network of /31 has no broadcast address
            }
            virtual_rules {
                from 10.0.0.0/8 goto 60 preference 70
                                     ^^ goto is 60, not a preference after its own, 70
            }
        }
        virtual_server 10.0.0.100 80 {
            lb_algo rr
            lb_kind TUN type gue
                             ^^^ type of lb_kind is gue, not enough without its port
            protocol TCP
            real_server 10.0.0.11 80 {
                HTTP_GET {
                    url {
                        path /
                        status_code 299-200
                                    ^^^^^^^ status_code is 299-200, not a status from 100 to 999, or a range of them
                    }
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Accounts of a directory, and a group of the same name',
      files: `
        global_defs {
            enable_script_security
            script_user svc-keepalived@example.com svc-keepalived
        }
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            user nobody nogroup
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
      `,
    },
    {
      title: 'Leading zeros, a quoted number, fractions of a second, a scope as a number',
      files: `
        vrrp_instance VI_1 {
            version 3
            interface eth0
            virtual_router_id 051
            priority "120"
            advert_int .5
            virtual_ipaddress {
                10.0.0.100/24 dev eth0 label eth0:1 scope 200
                10.0.0.101/24 brd + preferred_lft forever
            }
        }
      `,
    },
  ],
  *check({ wordProblems }) {
    for (const problem of wordProblems) {
      const { kind, statement, item, subject, at, written, expected, meant, consequence } = problem;
      if (kind !== 'invalid') continue;
      const what = written === undefined ? `the value of ${subject} is` : `${subject} is ${written},`;
      const family = /^an option of (IPv[46])$/.exec(expected)?.[1];
      yield {
        at,
        message:
          item && family
            ? `${written} is an option of ${family === 'IPv6' ? 'IPv4' : 'IPv6'} addresses, this one is of ${family}`
            : `${what} not ${expected}`,
        ...(meant ? { label: `did you mean ${meant}?` } : {}),
        ...(problem.harmless
          ? {
              severity: 'warning' as const,
              help: `${written} is what keepalived uses anyway: remove the line`,
            }
          : problem.isTaken
            ? { severity: 'warning' as const }
            : consequence
              ? { help: consequence }
              : {}),
        // The daemon goes on with another value than the one that is then written: a person should look.
        ...(meant && isVerbatim(item ?? statement.directive)
          ? { fix: { title: `replace it by ${meant}`, safe: false, edits: [{ ...at, text: meant }] } }
          : {}),
      };
    }
  },
});
