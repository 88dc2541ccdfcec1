import { rule } from '../../src/lint/rule.ts';
import { serverConflicts } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'virtual-server-conflict',
  severity: 'error',
  summary: 'Settings of a virtual server do not go together',
  why: `
keepalived drops or changes what does not fit and starts: a real server of the other address family is not used, a port that differs
under direct routing is replaced, a quorum above all weights is lowered, a flag of another scheduler, or one that stands above
\`lb_algo\`, is ignored. What runs is then not what is written.

A \`protocol\` beside a firewall mark is ignored, too, and nothing is lost by it: that is a warning. So is a sorry server that is a
real server as well, and is treated otherwise when that one fails.
`,
  sources: [
    'keepalived: check/check_parser.c, check/check_data.c, validate_check_config()',
    'keepalived 2.2.7 with -t',
  ],
  absence: true,
  bad: [
    {
      title: 'Ports and families',
      files: `
        virtual_server 10.0.0.100 80 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            sh-port
            ^^^^^^^ sh-port is for the schedulers sh and mh, and lb_algo is rr
            ops
            ^^^ one-packet scheduling (ops) is for UDP, and protocol is TCP
            quorum 5
                   ^ the quorum is 5, and the weights of all real servers add up to 2
            real_server 10.0.0.11 8080 {
                        ^^^^^^^^^^^^^^ with DR the port cannot change from 80 to 8080
                TCP_CHECK {
                    connect_timeout 3
                }
            }
            real_server fd00::11 80 {
                        ^^^^^^^^^^^ fd00::11 is of another address family than 10.0.0.100
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
      `,
    },
    {
      title: 'Nothing behind it, and no port',
      files: `
        virtual_server 10.0.0.100 80 {
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this virtual server has no real servers
            lb_algo rr
            lb_kind NAT
            protocol TCP
        }
        virtual_server 10.0.0.101 {
        ^^^^^^^^^^^^^^^^^^^^^^^^^ without a port a virtual server needs persistence_timeout
            lb_algo rr
            lb_kind NAT
            protocol TCP
            real_server 10.0.0.11 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
      `,
    },
    {
      title: 'A protocol beside a firewall mark',
      files: `
        virtual_server fwmark 7 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            ^^^^^^^^ a firewall mark has no protocol of its own
            real_server 10.0.0.11 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
      `,
    },
    {
      title: 'A sorry server that is a real server, too',
      files: `
        virtual_server 10.0.0.100 80 {
            lb_algo rr
            lb_kind NAT
            protocol TCP
            sorry_server 10.0.0.11 80
                         ^^^^^^^^^^^^ 10.0.0.11 is a real server as well, which a failure only inhibits
            real_server 10.0.0.11 80 {
                inhibit_on_failure
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server 10.0.0.101 80 {
            lb_algo rr
            lb_kind NAT
            protocol TCP
            sorry_server 10.0.0.11 80
            sorry_server_inhibit
            ^^^^^^^^^^^^^^^^^^^^ 10.0.0.11 is a real server as well, which a failure removes
            real_server 10.0.0.11 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
      `,
    },
    {
      title: 'Groups, sorry servers, checks',
      files: `
        virtual_server_group web {
            10.0.0.100 80
            10.0.0.101 8080
        }
        virtual_server group web {
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.11 80 {
                        ^^^^^^^^^^^^ with DR the port cannot change from 8080 to 80
                HTTP_GET {
                    connect_ip fd00::11
                    bindto 10.0.0.1
                           ^^^^^^^^ 10.0.0.1 is of another address family than fd00::11
                    url {
                        path /
                        status_code 200
                    }
                }
            }
        }
        virtual_server 10.0.0.102 53 {
            lb_algo rr
            lb_kind DR
            protocol UDP
            ip_family inet6
                      ^^^^^ ip_family is inet6, and 10.0.0.102 is of another address family
            sorry_server 10.0.0.19 54
                         ^^^^^^^^^^^^ with DR the port cannot change from 53 to 54
            real_server 10.0.0.11 53 {
                UDP_CHECK {
                    min_reply_length 10
                                     ^^ min_reply_length 10 is above max_reply_length 5: the check always fails
                    max_reply_length 5
                }
            }
        }
        virtual_server fwmark 5 {
            lb_algo rr
            lb_kind NAT
            ha_suspend
            ^^^^^^^^^^ ha_suspend waits for an address, and a firewall mark has none
            real_server 10.0.0.11 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'NAT changes ports, TUN changes families, all ports with persistence',
      files: `
        virtual_server 10.0.0.100 80 {
            lb_algo sh
            sh-port
            lb_kind NAT
            protocol TCP
            quorum 2
            hysteresis 1
            real_server 10.0.0.11 8080 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
            real_server fd00::11 80 {
                lvs_method TUN
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server 10.0.0.101 0 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            persistence_timeout 360
            real_server 10.0.0.11 {
                TCP_CHECK {
                    connect_port 80
                }
            }
        }
      `,
    },
    {
      title: 'A sorry server that is treated like the real server that it is, and another port',
      files: `
        virtual_server 10.0.0.100 80 {
            lb_algo rr
            lb_kind NAT
            protocol TCP
            sorry_server 10.0.0.11 80
            real_server 10.0.0.11 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server 10.0.0.101 80 {
            lb_algo rr
            lb_kind NAT
            protocol TCP
            sorry_server 10.0.0.11 80
            sorry_server_inhibit
            real_server 10.0.0.11 80 {
                inhibit_on_failure
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server 10.0.0.102 80 {
            lb_algo rr
            lb_kind NAT
            protocol TCP
            sorry_server 10.0.0.11 81
            real_server 10.0.0.11 80 {
                inhibit_on_failure
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
      `,
    },
  ],
  *check({ virtualServers, statements }) {
    for (const server of virtualServers) {
      for (const { at, message, consequence, related, harmless } of serverConflicts(server, statements)) {
        yield {
          at,
          message,
          grounds: [[at]],
          help: consequence,
          ...(harmless ? { severity: 'warning' as const } : {}),
          ...(related ? { related: [{ at: related, note: 'the other half' }] } : {}),
        };
      }
    }
  },
});
