import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'template-placeholder',
  severity: 'info',
  summary: 'The file is a template: something is still to be filled in',
  why: `
Tags of Jinja or ERB, \`\${NAME}\` for envsubst, \`<VIP>\` or \`CHANGE_ME\`, in keepalived \`$VIP\` where nothing defines it: values are not known before the template is rendered.
lbcheck checks what it can and keeps silent on everything that depends on them. Check the rendered files for the rest.
`,
  sources: ['Jinja, ERB and envsubst(1) documentation'],
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
      },
    },
  ],
  good: [
    {
      title: 'Definitions of keepalived, a mail address, a password with a dollar',
      files: {
        'keepalived.conf': `
          $LINK=eth0
          global_defs {
              notification_email {
                  ops@example.com
              }
              notification_email_from <lb1@example.com>
          }
          vrrp_instance VI_1 {
              interface $LINK
              virtual_router_id 51
              authentication {
                  auth_type PASS
                  auth_pass $KX7_Q2
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
  ],
  *check(syntax) {
    for (const { at, what } of ofKind(syntax, 'template-placeholder')) {
      yield { at, message: `the file is a template: ${what} is still to be filled in` };
    }
  },
});
