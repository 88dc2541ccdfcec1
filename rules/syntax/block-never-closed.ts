import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'block-never-closed',
  severity: 'error',
  summary: 'A block has a { but no }',
  why: `
nginx refuses the file and names its last line, however far away the mistake is. keepalived starts all the same: the next
block becomes part of the open one, its keywords are unknown there, and a whole instance can be lost.

The finding stands at the block's opening. Where the indentation shows which line was meant to follow the block, that
line is named too: write the \`}\` before it.
`,
  sources: ['nginx: ngx_conf_parse()', 'keepalived: lib/parser.c, process_stream()'],
  bad: [
    {
      title: 'The authentication block was meant to end before virtual_ipaddress',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            authentication {
            ^^^^^^^^^^^^^^^^ the block authentication is never closed
                auth_type PASS
                auth_pass k9-Vrx2q
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'nginx: the first server was meant to end before the second',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
              ^^^^^^^^ the block server is never closed
                  listen 80;
              server {
                  listen 81;
              }
          }
        `,
      },
    },
    {
      title: 'A line that was copied once too often',
      files: {
        'keepalived.conf': `
          vrrp_script chk_web {
          ^^^^^^^^^^^^^^^^^^^^^ the block vrrp_script is never closed
          vrrp_script chk_web {
              script "/usr/bin/pgrep -x nginx"
              user root
          }
        `,
      },
      fixed: {
        'keepalived.conf': `
          vrrp_script chk_web {
              script "/usr/bin/pgrep -x nginx"
              user root
          }
        `,
      },
    },
    {
      title: 'A tag of a template',
      files: {
        'nginx.conf': `
          upstream {{ app.name }} {
              server {{ app.host }:8080;
                     ^^^^^^^^^^^^^ the tag {{ app.host } lacks a }
          }
        `,
      },
      fixed: {
        'nginx.conf': `
          upstream {{ app.name }} {
              server {{ app.host }}:8080;
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Braces on other lines, in quotes and in comments are counted as the daemons count them',
      files: {
        'nginx.conf': `
          events {}
          http
          { # {
              log_format braces "{$remote_addr {";
              server { listen 80; }
          }
        `,
      },
    },
  ],
  *check(syntax) {
    for (const { at, what, other, edits } of ofKind(syntax, 'block-never-closed')) {
      if (what.startsWith('{{')) {
        yield {
          at,
          message: `the tag ${what} lacks a }`,
          fix: { title: 'add it', safe: true, edits: edits! },
        };
        continue;
      }
      yield {
        at,
        message: `the block ${what} is never closed`,
        label: 'opened here',
        // What opens no block needs no end of one.
        grounds: [[at, { ...at, lacks: '}' }]],
        ...(other ? { related: [{ at: other, note: 'it probably was meant to end before this' }] } : {}),
        ...(edits ? { fix: { title: 'take away the same line below it', safe: true, edits } } : {}),
      };
    }
  },
});
