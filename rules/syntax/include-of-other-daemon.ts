import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'syntax',
  id: 'include-of-other-daemon',
  severity: 'error',
  summary: 'A configuration includes one of the other daemon',
  why: `
A pattern that is too wide, such as \`include *.conf\` where \`nginx.conf\` and \`keepalived.conf\` lie together, or a file in the wrong
folder. nginx stops at the first line that it does not know and does not start. keepalived reads on: each line is an unknown
keyword, and a word that both know, such as \`weight\`, counts where it should not.

Move the file, or narrow the pattern: nothing in it is looked at as a part of this configuration.
`,
  sources: ['nginx: ngx_conf_include()', 'keepalived: lib/parser.c, do_include()'],
  bad: [
    {
      title: 'A pattern that finds the neighbour',
      files: {
        'nginx.conf': `
          events {}
          http {
              include k*.conf;
                      ^^^^^^^ keepalived.conf is included, a configuration of keepalived
          }
        `,
        'keepalived.conf': `
          global_defs {
              router_id lb1
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
    },
    {
      title: 'The other way round',
      files: {
        'keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
          include sites/*.conf
          ^^^^^^^^^^^^^^^^^^^^ sites/web.conf is included, a configuration of nginx
        `,
        'sites/web.conf': `
          upstream app { server 10.0.0.11:8080; }
          server {
              listen 80;
              location / {
                  proxy_pass http://app;
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'A site that tells of keepalived',
      files: {
        'nginx.conf': 'events {}\nhttp {\n    include conf.d/*.conf;\n}\n',
        'conf.d/keepalived-status.conf': `
          server {
              listen 127.0.0.1:8080;
              location /vrrp_state {
                  root /run/keepalived;
              }
          }
        `,
      },
    },
  ],
  *check({ includeProblems, language }) {
    const other = language === 'nginx' ? 'keepalived' : 'nginx';
    for (const { kind, at, detail } of includeProblems) {
      if (kind !== 'foreign') continue;
      yield {
        at,
        message: `${detail} is included, a configuration of ${other}`,
        help:
          language === 'nginx'
            ? 'nginx does not start; narrow the pattern or move the file'
            : 'keepalived ignores most of it and takes some for its own; narrow the pattern or move the file',
      };
    }
  },
});
