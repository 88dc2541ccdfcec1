import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { repeatedServers } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'duplicate-real-server',
  severity: 'error',
  summary: 'A virtual server has one real server twice',
  why: `
keepalived removes the second with an error, and its weight and checks with it. Usually a block was copied and its address was not
changed, so that one machine serves nothing.
`,
  sources: ['keepalived: check/check_data.c, validate_check_config()', 'keepalived 2.2.7 with -t'],
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
            real_server 10.0.0.11 80 {
                        ^^^^^^^^^^^^ 10.0.0.11 80 is already a real server of this virtual server
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
      title: 'Another port, another virtual server',
      files: `
        virtual_server 10.0.0.100 80 {
            lb_algo rr
            lb_kind NAT
            protocol TCP
            real_server 10.0.0.11 8080 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
            real_server 10.0.0.11 8081 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
        virtual_server 10.0.0.100 81 {
            lb_algo rr
            lb_kind NAT
            protocol TCP
            real_server 10.0.0.11 8080 {
                TCP_CHECK {
                    connect_timeout 3
                }
            }
        }
      `,
    },
  ],
  *check({ virtualServers, template }) {
    if (template) return;
    for (const server of virtualServers) {
      for (const { at, first, text } of repeatedServers(server)) {
        yield {
          at,
          message: `${text} is already a real server of this virtual server`,
          related: [{ at: first, note: 'first here' }],
          // One of the two may have been meant for another.
          grounds: [[at, first, { ...headSpan(server.directive), lacks: 'real_server' }]],
          help: 'keepalived removes the second',
        };
      }
    }
  },
});
