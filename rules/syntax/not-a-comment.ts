import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'not-a-comment',
  severity: 'error',
  summary: 'A comment is written in the manner of another language',
  why: `
Comments begin with \`#\` in both languages (and with \`!\` in keepalived). After \`//\`, \`--\`, \`/*\`, \`<!--\`, \`;\` or an arrow the daemons read words:
nginx looks for the directive \`//\` and takes everything up to the next semicolon for its arguments.
`,
  sources: ['nginx: ngx_conf_read_token()', 'keepalived: lib/parser.c, decomment()'],
  bad: [
    {
      title: 'Two slashes',
      files: { 'nginx.conf': 'events {}\n// web servers\n^^ // begins no comment in nginx\nhttp {}\n' },
      fixed: { 'nginx.conf': 'events {}\n# web servers\nhttp {}\n' },
    },
    {
      title: 'A semicolon as in other tools',
      files: '; managed by hand\n^ ; begins no comment in keepalived\nglobal_defs {\n    router_id lb1\n}\n',
    },
    {
      title: 'Before the brace that ends a block: keepalived takes it all the same',
      files: {
        'keepalived.conf': `
          global_defs {
              router_id lb1
          ; }
          ^ ; begins no comment in keepalived
          vrrp_script up {
              script /usr/bin/true
              user root
          }
        `,
      },
    },
    {
      title: 'Behind a value, without a blank, and as in C',
      files: {
        'keepalived.conf': `
          vrrp_instance VI_1 {
              state BACKUP; // of two
                          ^^^^ // begins no comment in keepalived
              interface eth0 //内网 {lan}
                             ^^ // begins no comment in keepalived
              virtual_router_id 51
              advert_int 1 /* second */
                           ^^ /* begins no comment in keepalived
              virtual_ipaddress {//clients
                                 ^^ // begins no comment in keepalived
                  192.0.2.10/24
              }
          }
        `,
      },
      fixed: {
        'keepalived.conf': `
          vrrp_instance VI_1 {
              state BACKUP # of two
              interface eth0 #内网 {lan}
              virtual_router_id 51
              advert_int 1 # second */
              virtual_ipaddress {#clients
                  192.0.2.10/24
              }
          }
        `,
      },
    },
    {
      title: 'As in HTML, over lines with quotes of their own, and an arrow',
      files: {
        'nginx.conf':
          "events {}\nhttp {\n    <!-- the team's\n    ^^^^ <!-- begins no comment in nginx\n    gzip on; -->\n    sendfile on; --> faster\n                 ^^ -- begins no comment in nginx\n}\n",
      },
    },
    {
      title: 'Before the first line of a block, of which the rest is none',
      files:
        '// global_defs {\n^^ // begins no comment in keepalived\n    router_id lb1\n    script_user root\n}\n',
      fixed: 'global_defs {\n    router_id lb1\n    script_user root\n}\n',
    },
    {
      title: 'An arrow to what stands before it',
      files: {
        'nginx.conf':
          'events {}\nhttp {\n    root /srv/www;   <= put your folder here\n                     ^^ <= begins no comment in nginx\n    gzip on; ->makes it small\n             ^^ -> begins no comment in nginx\n    sendfile on;\n}\n',
      },
      fixed: {
        'nginx.conf':
          'events {}\nhttp {\n    root /srv/www;   # put your folder here\n    gzip on; #makes it small\n    sendfile on;\n}\n',
      },
    },
    {
      title: 'Words behind a semicolon, with no mark before them',
      files: {
        'nginx.conf':
          'events {}\nhttp {\n    sendfile on; faster this way\n                 ^^^^^^ faster begins no comment in nginx\n    gzip on; REM saves bandwidth\n             ^^^ REM begins no comment in nginx\n    tcp_nopush on;\n}\n',
      },
    },
    {
      title: 'The rest of a comment on lines of its own',
      files: {
        'nginx.conf': `
          # This file is managed by the team of the platform and
          should not be edited by hand
          ^^^^^^ should begins no comment in nginx
          events {}
          http {
              server {
                  listen 80;
                  # static files (css, images;
                  see the wiki)
                  ^^^ see begins no comment in nginx
                  root /srv/www; # redirect all of the old traffic, but keep
                  the api (v1, v2) alive; see ticket 123, and
                  ^^^ the begins no comment in nginx
                  ask the team: location /health is needed by the balancer
                  index home.html;
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Below a comment: a list that goes on, a name that nobody knows, and values of letters',
      files: {
        'nginx.conf': `
          events {}
          http {
              # the names of the shop
              server {
                  listen 80;
                  server_name # all of them
                      shop.example.com store example;
                  gzip_types text/css # and what browsers ask for
                      text/plain;
                  # as the wiki says
                  index home start welcome;
                  root /srv/shop;
              }
          }
        `,
      },
    },
    {
      title: 'A path that begins with two slashes',
      files: {
        'keepalived.conf': `
          virtual_server 192.0.2.10 80 {
              lb_algo rr
              lb_kind NAT
              protocol TCP
              real_server 10.0.0.1 80 {
                  HTTP_GET {
                      url {
                          path //status
                          status_code 200
                      }
                  }
              }
          }
        `,
      },
    },
    {
      title: 'Slashes and dashes in values',
      files: {
        'nginx.conf':
          'events {}\nhttp {\n    server {\n        listen 80;\n        location //twice { return 301 //www.example.com/; }\n        location --x { return 204; }\n        location // { return 204; }\n        location = /s { root //; internal; }\n    }\n}\n',
      },
    },
  ],
  *check(syntax) {
    for (const { at, what, edits } of ofKind(syntax, 'not-a-comment')) {
      yield {
        at,
        message: `${what} begins no comment in ${syntax.language}`,
        ...(edits
          ? {
              fix: edits[0]!.text.endsWith('#')
                ? { title: 'replace it by #', safe: true, edits }
                : { title: 'remove it', safe: false, edits },
            }
          : { help: 'begin every line of a comment with #' }),
      };
    }
  },
});
