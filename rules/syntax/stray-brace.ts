import { lineEnd } from '../../grammar/text.ts';
import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'stray-brace',
  severity: 'error',
  summary: 'A } closes nothing, a { opens nothing, or a bracket stands for one of them',
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
      title: 'The first line of a block is lost: what is in it is told of once',
      files: {
        'keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
                  10.0.0.100/24
                  ^^^^^^^^^^^^^ the line that opens the block of this one is missing
                  10.0.0.101/24
              }
          }
        `,
      },
    },
    {
      title: 'So it is where that block stood first in another',
      files: {
        'keepalived.conf': `
          vrrp_sync_group SITE {
                  VI_1
                  ^^^^ the line that opens the block of this one is missing
                  VI_2
              }
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
          vrrp_instance VI_2 {
              interface eth1
              virtual_router_id 52
              virtual_ipaddress {
                  10.0.1.100/24
              }
          }
          virtual_server 10.0.0.100 80 {
              lb_algo rr
              lb_kind NAT
              protocol TCP
              real_server 10.0.0.11 80 {
                  HTTP_GET {
                          path /health
                          ^^^^^^^^^^^^ the line that opens the block of this one is missing
                          status_code 200
                      }
                      connect_timeout 3
                  }
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
    {
      title: 'A colon as in YAML, and the key beside the one for the brace',
      files: {
        'keepalived.conf': `
          global_defs:
                     ^ this : opens no block
              router_id lb1
          }
          vrrp_instance VI_1 <
                             ^ this < opens no block
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  192.0.2.10/24
              }
          }
        `,
      },
      fixed: {
        'keepalived.conf': `
          global_defs {
              router_id lb1
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  192.0.2.10/24
              }
          }
        `,
      },
    },
    {
      title: 'One that stands twice, and a word for the other',
      files: {
        'keepalived.conf': `
          vrrp_instance VI_1 {{
                              ^ this { opens nothing
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  192.0.2.10/24
              end
              ^^^ this end closes no block
          }
        `,
      },
      fixed: {
        'keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  192.0.2.10/24
              }
          }
        `,
      },
    },
    {
      title: 'Two that point the other way',
      files: {
        'keepalived.conf': `
          vrrp_instance VI_1 }
                             ^ this } closes nothing
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'nginx.conf': `
          events {
              worker_connections 1024;
          {
          ^ this { opens nothing
          http {
              sendfile on;
          }
        `,
      },
      fixed: {
        'keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'nginx.conf': `
          events {
              worker_connections 1024;
          }
          http {
              sendfile on;
          }
        `,
      },
    },
    {
      title: 'The brackets of another language',
      files: {
        'nginx.conf': `
          events {}
          http (
               ^ this ( opens no block
              server [
                     ^ this [ opens no block
                  listen 80;
                  location / { return 204; )
                                           ^ this ) closes no block
              ]
              ^ this ] closes no block
          }
        `,
      },
      fixed: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  location / { return 204; }
              }
          }
        `,
      },
    },
    {
      title: 'In place of the end of an empty block',
      files: {
        'nginx.conf': `
          events {
          {
          ^ this { opens nothing
          http {
              upstream app {
                  server 10.0.0.11:8080;
              }
              server {
                  listen 80;
                  location / {
                      proxy_pass http://app;
                  }
              }
          }
        `,
      },
      fixed: {
        'nginx.conf': `
          events {
          }
          http {
              upstream app {
                  server 10.0.0.11:8080;
              }
              server {
                  listen 80;
                  location / {
                      proxy_pass http://app;
                  }
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Parentheses around a condition, on lines of their own',
      files: {
        'nginx.conf':
          'events {}\nhttp {\n    server {\n        listen 80;\n        if (\n            $request_method = POST\n        )\n        {\n            return 405;\n        }\n        if\n            (\n            $request_method = PUT\n            ) {\n            return 405;\n        }\n    }\n}\n',
      },
    },
    {
      title: 'Several blocks closed on one line',
      files: { 'nginx.conf': 'events {}\nhttp { server { location / { return 204; } } }\n' },
    },
  ],
  *check(syntax) {
    for (const { at, what, other, edits } of ofKind(syntax, 'stray-brace')) {
      if (other && what === '}') {
        const { source, start } = other;
        const end = start + source.text.slice(start, lineEnd(source.text, start)).trimEnd().length;
        yield {
          at: { source, start, end },
          message: 'the line that opens the block of this one is missing',
          related: [{ at, note: 'here the block ends' }],
        };
        continue;
      }
      const verb = '{[(:<'.includes(what) ? 'opens' : 'closes';
      yield {
        at,
        message: `this ${what} ${verb} ${edits && !'{}'.includes(what) ? 'no block' : 'nothing'}`,
        ...(other ? { help: 'the line that opens its block is missing or lost its words' } : {}),
        ...(edits
          ? {
              fix: {
                title: edits[0]!.text === '' ? 'remove it' : `replace it by ${edits[0]!.text.trim()}`,
                safe: true,
                edits,
              },
            }
          : {}),
      };
    }
  },
});
