import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'template-placeholder',
  severity: 'info',
  summary: 'The file is a template: something is still to be filled in',
  why: `
Tags of Jinja, ERB, PHP or Terraform, macros of m4, \`\${NAME}\` for envsubst, \`<VIP>\` or \`CHANGE_ME\`, in nginx \`{name}\`, \`%name%\`, \`%(name)s\` and \`@@name@@\`, in keepalived \`[backup_ip]\`, and \`$VIP\` where nothing defines it: values are not known before the template is rendered.
lbcheck checks what it can and keeps silent on everything that depends on them. Check the rendered files for the rest.
`,
  sources: ['Jinja, ERB, PHP, Terraform and envsubst(1) documentation'],
  bad: [
    {
      title: 'A Jinja template',
      files:
        'vrrp_instance VI_1 {\n    interface {{ vrrp_interface }}\n              ^^^^^^^^^^^^^^^^^^^^ the file is a template: {{ vrrp_interface }} is still to be filled in\n    virtual_router_id {{ vrid }}\n    virtual_ipaddress {\n        {{ vip }}/24\n    }\n}\n',
    },
    {
      title: 'Variables of a shell or of PHP, and words that explain',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface $LINK
                        ^^^^^ the file is a template: $LINK is still to be filled in
              virtual_router_id \${VRID:-51}
              virtual_ipaddress {
                  $VIP/24
              }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_instance VI_1 {
              interface {$LINK}
                        ^^^^^^^ the file is a template: {$LINK} is still to be filled in
              virtual_router_id <the same id>
              virtual_ipaddress {
                  <virtual address>/<length> dev <link>
              }
          }
        `,
        'lb3/keepalived.conf': `
          vrrp_instance VI_1 {
              interface [eth0 | ens18]
                        ^^^^^^^^^^^^^^ the file is a template: [eth0 | ens18] is still to be filled in
              virtual_router_id 51
              virtual_ipaddress {
                  [virtual_ip]/24
              }
          }
        `,
      },
    },
    {
      title: 'Names in braces, and expressions',
      files: {
        'sites/app.conf': `
          server {
              listen 80\${" default_server" if first else ""};
                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the file is a template: \${…} is still to be filled in
              server_name {host} www.{host};
              root /srv/@@site@@/htdocs;
              location /{path}/ {
                  alias {folder}/;
              }
          }
        `,
      },
    },
    {
      title: 'Names between percent signs, as panels and Python write them',
      files: {
        'sites/app.conf': `
          server {
              listen %ip%:%port%;
                     ^^^^ the file is a template: %ip% is still to be filled in
              root %home%/web;
              location /app/ {
                  alias %(folder)s;
                  proxy_pass http://%(host)s:%(port)s;
              }
          }
        `,
      },
    },
    {
      title: 'Names between hashes, which begin a comment where they are left',
      files: {
        'sites/app.conf': `
          server {
              listen #Port#;
                     ^^^^^^ the file is a template: #Port# is still to be filled in
              server_name #Name#;
              root "#Root#";
          }
        `,
      },
    },
    {
      title: 'Braces doubled for the formatting of text, and lines of Lua',
      files: {
        'sites/app.conf': `
          server {{
                 ^^ the file is a template: {{ is still to be filled in
              listen {port};
              location / {{ return 204; }}
          }}
        `,
        'sites/gateway.conf': `
          > for _, address in ipairs(addresses) do
          server {
              listen $(address.port);
          }
          > end
        `,
      },
    },
    {
      title: 'Macros of m4',
      files: {
        'nginx.conf': `
          define(\`PORT', \`8080')dnl
          ^^^^^^ the file is a template: define(…) is still to be filled in
          server {
              ifdef(\`TLS', \`
              listen 443 ssl;
              ')
              listen PORT;
              include(\`common.m4')
          }
        `,
      },
    },
    {
      title: 'A $ doubled for Compose',
      files: {
        'nginx.conf': `
          server {
              listen 80;
              location / {
                  proxy_set_header Host $$host;
                                        ^^^^^^ the file is a template: $$host is still to be filled in
                  proxy_set_header Upgrade $$http_upgrade;
                  proxy_pass http://10.0.0.11:8080;
              }
          }
        `,
      },
    },
    {
      title: 'PHP',
      files: {
        'sites/app.conf': `
          <?php /* one for each host */ ?>
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the file is a template: <?php /* one for each host */ ?> is still to be filled in
          server {
              <?php if ($open): ?>
              listen <?php echo $port ?>;
              <?php else: ?>
              listen 127.0.0.1:<?= $port ?>;
              <?php endif; ?>
              server_name <?= $host ?>;
          }
        `,
      },
    },
    {
      title: 'A loop of Terraform',
      files: {
        'sites/app.conf': `
          upstream app {
              %{ for ip in addresses ~}
              ^^^^^^^^^^^^^^^^^^^^^^^^^ the file is a template: %{ for ip in addresses ~} is still to be filled in
              server \${ip}:8080;
              %{ endfor ~}
          }
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
      title: 'Definitions of keepalived, a mail address, a class of characters, a password with a dollar',
      files: {
        'keepalived.conf': `
          $LINK=eth0
          global_defs {
              notification_email {
                  ops@example.com
              }
              notification_email_from <lb1@example.com>
          }
          vrrp_script chk_logs {
              script "/usr/bin/grep -q [a_z] /var/log/health"
              user root
          }
          vrrp_instance VI_1 {
              interface $LINK
              virtual_router_id 51
              authentication {
                  auth_type PASS
                  auth_pass $KX7_Q2
              }
              track_script {
                  chk_logs
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
      },
    },
    {
      title: "nginx's own variables in braces",
      files: {
        'nginx.conf':
          'events {}\nhttp {\n    server {\n        listen 80;\n        location / { return 301 https://${host}$request_uri; }\n    }\n}\n',
      },
    },
    {
      title: 'A path as a browser sends it, and an answer with tags of its own',
      files: {
        'sites/app.conf': `
        server {
            listen 80;
            location = /old {
                return 302 /%E4%BD%A0bc%E5;
            }
            location = /down {
                default_type text/html;
                return 503 "
                    <html><body>down</body></html>";
            }
        }
      `,
      },
    },
    {
      title: 'Braces of a pattern, of a log format, of Lua',
      files: {
        'sites/app.conf': `
          log_format json escape=json '{"at":"$msec","uri":"$uri"}';
          server {
              listen 80;
              location ~ "^/[0-9a-f]{8}\\.{id}$" {
                  access_log /var/log/nginx/app.log json;
                  content_by_lua_block {
                      local t = {name}
                  }
              }
          }
        `,
      },
    },
  ],
  *check(syntax) {
    for (const { at, what } of ofKind(syntax, 'template-placeholder')) {
      yield { at, message: `the file is a template: ${what} is still to be filled in` };
    }
  },
});
