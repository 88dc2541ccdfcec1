import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'block-never-opened',
  severity: 'error',
  summary: 'A block has no {',
  why: `
nginx refuses the file: the directive "has no opening". keepalived says that a brace is missing at the beginning of the
block, reads the lines after it as best it can, and takes the block's \`}\` for the end of the block around it: everything
after that is unknown.
`,
  sources: ['nginx: ngx_conf_handler()', 'keepalived: lib/parser.c, process_stream()'],
  bad: [
    {
      title: 'virtual_ipaddress lost its brace',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress
            ^^^^^^^^^^^^^^^^^ the block virtual_ipaddress has no {
                10.0.0.100/24
            }
            priority 100
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                10.0.0.100/24
            }
            priority 100
        }
      `,
    },
    {
      title: 'Glued to a $, a brace begins the name of a variable',
      files: {
        'conf.d/papers.conf': `
          server {
              listen 80;
              location ~ \\.(txt|doc)\${
              ^^^^^^^^^^^^^^^^^^^^^^^ the block location has no {
                  deny all;
              }
          }
        `,
      },
      fixed: {
        'conf.d/papers.conf': `
          server {
              listen 80;
              location ~ \\.(txt|doc)$ {
                  deny all;
              }
          }
        `,
      },
    },
    {
      title: 'All on one line',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            virtual_ipaddress 10.0.0.100/24 }
            ^^^^^^^^^^^^^^^^^ the block virtual_ipaddress has no {
        }
      `,
      fixed: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            virtual_ipaddress { 10.0.0.100/24 }
        }
      `,
    },
    {
      title: 'Lines of a list without the list',
      files: `
        vrrp_script service {
            script "/usr/bin/true"
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            10.0.0.100/24
            ^^^^^^^^^^^^^ this line belongs in virtual_ipaddress { }
            service weight 10
            ^^^^^^^^^^^^^^^^^ this line belongs in track_script { }
        }
        vrrp_instance VI_2 {
            interface eth1
            virtual_router_id 52
            priority 100
            virtual_ipaddress {
                10.0.1.100/24
            }
        }
        vrrp_sync_group VG_1 {
            sync_group_tracking_weight
            VI_1
            ^^^^ these lines belong in group { }
            VI_2
        }
      `,
      fixed: `
        vrrp_script service {
            script "/usr/bin/true"
            user root
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            virtual_ipaddress {
                10.0.0.100/24
            }
            track_script {
                service weight 10
            }
        }
        vrrp_instance VI_2 {
            interface eth1
            virtual_router_id 52
            priority 100
            virtual_ipaddress {
                10.0.1.100/24
            }
        }
        vrrp_sync_group VG_1 {
            sync_group_tracking_weight
            group {
                VI_1
                VI_2
            }
        }
      `,
    },
    {
      title: 'A comment sign in the first line of a block',
      files: {
        'keepalived.conf': `
          vrrp_track_process# nginx {
                            ^^^^^^^^^ this comment takes the first line of vrrp_track_process { }
              process nginx
          }
          vrrp_instance #VI_1 {
                        ^^^^^^^ this comment takes the first line of vrrp_instance { }
              interface eth0
              virtual_router_id 51
              track_process { #main {
                  nginx
              }
              virtual_ipaddress #{
                                ^^ this comment takes the first line of virtual_ipaddress { }
                  192.0.2.10/24
              }
          }
        `,
      },
      fixed: {
        'keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              track_process { #main {
                  nginx
              }
              virtual_ipaddress {
                  192.0.2.10/24
              }
          }
        `,
      },
    },
    {
      title: 'Of a block only the first line is made a comment',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
        #   authentication {
        ^^^^^^^^^^^^^^^^^^^^ this comment takes the first line of authentication { }
                auth_type PASS
                auth_pass 4Rw81xPq
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A block of which every line is a comment',
      files: `
        global_defs {
            # notification_email {
            #     ops@example.com
            # }
            router_id lb1
        }
      `,
    },
    {
      title: 'The { may stand on a later line',
      files: `
        vrrp_sync_group VG_1
        {
            group
            # the members
            {
                VI_1
                VI_2
            }
        }
      `,
    },
  ],
  *check(syntax) {
    for (const { at, what, edits } of ofKind(syntax, 'head-in-comment')) {
      yield {
        at,
        message: `this comment takes the first line of ${what} { }`,
        fix: { title: 'remove the comment sign', safe: false, edits: edits! },
      };
    }
    for (const { at, what, other, edits } of ofKind(syntax, 'block-never-opened')) {
      const lost = other && (other.end > at.end ? 'these lines belong' : 'this line belongs');
      const title = lost ? `put ${what} { } around` : 'write { after it';
      yield {
        at,
        message: lost ? `${lost} in ${what} { }` : `the block ${what} has no {`,
        ...(edits ? { fix: { title, safe: true, edits } } : {}),
      };
    }
  },
});
