import { rule } from '../../src/lint/rule.ts';
import { lacks } from '../../src/model/keepalived/index.ts';

const checks = ['TCP', 'HTTP', 'MISC', 'DNS', 'SMTP', 'UDP', 'PING', 'BFD', 'FILE'];
const blocks = [...checks.map((name) => (name === 'HTTP' ? 'HTTP_GET' : `${name}_CHECK`)), 'SSL_GET'];

export default rule({
  scope: 'keepalived',
  id: 'real-server-without-check',
  severity: 'info',
  summary: 'A real server has no check',
  why: `
keepalived takes a \`real_server\` without a checker for healthy for ever: when it dies, its share of the connections goes nowhere. A
\`TCP_CHECK\` with a \`connect_timeout\` is enough to begin with; \`HTTP_GET\` notices more.
`,
  sources: ['keepalived.conf(5), real_server', 'keepalived 2.2.7 with -t'],
  absence: true,
  bad: [
    {
      title: 'One of two is watched',
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
            real_server 10.0.0.12 80 {
            ^^^^^^^^^^^^^^^^^^^^^^^^ nothing checks 10.0.0.12: it counts as healthy for ever
                weight 1
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A session and a switch are checks, too',
      files: `
        bfd_instance core {
            neighbor_ip 10.0.0.11
        }
        track_file drain {
            file "/run/drain"
        }
        virtual_server 10.0.0.100 80 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.11 80 {
                BFD_CHECK {
                    name core
                }
            }
            real_server 10.0.0.12 80 {
                FILE_CHECK {
                    track_file drain
                }
            }
        }
      `,
    },
  ],
  *check({ virtualServers }) {
    for (const { body } of virtualServers) {
      for (const server of body) {
        if (server.keyword?.name !== 'real_server' || !blocks.every((name) => lacks(server, name))) continue;
        const { source, name } = server.directive;
        const end = server.args.at(-1)?.end ?? name.end;
        yield {
          at: { source, start: name.start, end },
          message: `nothing checks ${server.args[0]?.text ?? 'this server'}: it counts as healthy for ever`,
        };
      }
    }
  },
});
