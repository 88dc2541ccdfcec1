import { rule } from '../../src/lint/rule.ts';
import { repeatedVirtualServers } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'duplicate-virtual-server',
  severity: 'warning',
  summary: 'Two virtual servers have one address, port and protocol',
  why: `
keepalived says nothing, but the kernel has one service for both: the first block decides the scheduler and the persistence, and the
real servers of both serve it. Each block counts a quorum and places a sorry server of its own, and where one of them goes with a
reload, the service goes. Usually a block was copied and its port was not changed.
`,
  sources: [
    'keepalived: check/ipwrapper.c, init_service_vs()',
    'keepalived 2.2.7 with -t, which says nothing',
  ],
  bad: [
    {
      title: 'Copied, not changed',
      files: `
        virtual_server 10.0.0.100 80 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.11 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server 10.0.0.100 80 {
                       ^^^^^^^^^^^^^ 10.0.0.100 80 is already a virtual server
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.12 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server fwmark 5 {
            lb_algo rr
            lb_kind DR
            real_server 10.0.0.11 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server fwmark 05 {
                       ^^^^^^^^^ fwmark 05 is already a virtual server
            lb_algo rr
            lb_kind DR
            real_server 10.0.0.12 80 {
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
      title: 'Two protocols, and a mark for each address family',
      files: `
        virtual_server_group DNS {
            10.0.0.101 53
        }
        virtual_server 10.0.0.100 53 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.11 53 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server 10.0.0.100 53 {
            lb_algo rr
            lb_kind DR
            protocol UDP
            real_server 10.0.0.11 53 {
                UDP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server group DNS {
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.11 53 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server group DNS {
            lb_algo rr
            lb_kind DR
            protocol UDP
            real_server 10.0.0.11 53 {
                UDP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server fwmark 5 {
            lb_algo rr
            lb_kind DR
            real_server 10.0.0.11 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server fwmark 5 {
            lb_algo rr
            lb_kind DR
            real_server 2001:db8::11 80 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
      `,
    },
  ],
  *check({ virtualServers, template }) {
    if (template || virtualServers.length < 2) return;
    for (const { at, first, text } of repeatedVirtualServers(virtualServers)) {
      yield {
        at,
        message: `${text} is already a virtual server`,
        related: [{ at: first, note: 'first here' }],
        help: 'the kernel has one service for both: give one of them another address or port, or put their real servers into one block',
      };
    }
  },
});
