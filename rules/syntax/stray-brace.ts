import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'stray-brace',
  severity: 'error',
  summary: 'A } closes nothing, or a { opens nothing',
  why: `
A \`}\` too many ends the block around it: nginx then complains of some later line that "is not allowed here", keepalived of
unknown keywords. A \`{\` after something that is no block is ignored by keepalived, but its \`}\` is not.
`,
  sources: ['nginx: ngx_conf_parse()', 'keepalived: lib/parser.c, process_stream()'],
  bad: [
    {
      title: 'The location is closed twice',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  location / {
                      return 204;
                  }
                  }
                  ^ this } closes nothing
                  server_name www.example.com;
              }
          }
        `,
      },
    },
    {
      title: 'One too many at the end of a block: what follows is read all the same',
      files: {
        'keepalived.conf': `
          global_defs {
              router_id lb1
          }
          }
          ^ this } closes nothing
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'The line that named the block is lost, and the block belongs to the line before',
      files: {
        'keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              {
              ^ this { opens nothing
                  auth_type PASS
                  auth_pass k9-Vrx2q
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: 'One at the end of a line, in a block that goes on',
      files: {
        'keepalived.conf': `
          global_defs {
              router_id lb1 }
                            ^ this } closes nothing
              vrrp_garp_master_delay 5
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24 }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Several blocks closed on one line',
      files: { 'nginx.conf': 'events {}\nhttp { server { location / { return 204; } } }\n' },
    },
  ],
  *check(syntax) {
    for (const { at, what } of ofKind(syntax, 'stray-brace')) {
      yield { at, message: what === '{' ? 'this { opens nothing' : 'this } closes nothing' };
    }
  },
});
