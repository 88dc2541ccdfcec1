import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'template-placeholder',
  severity: 'info',
  summary: 'The file is a template: something is still to be filled in',
  why: `
Tags of Jinja or ERB, \`\${NAME}\` for envsubst, \`<VIP>\` or \`CHANGE_ME\`: values are not known before the template is rendered.
lbcheck checks what it can and keeps silent on everything that depends on them. Check the rendered files for the rest.
`,
  sources: ['Jinja, ERB and envsubst(1) documentation'],
  bad: [
    {
      title: 'A Jinja template',
      files:
        'vrrp_instance VI_1 {\n    interface {{ vrrp_interface }}\n              ^^^^^^^^^^^^^^^^^^^^ the file is a template: {{ vrrp_interface }} is still to be filled in\n    virtual_router_id {{ vrid }}\n    virtual_ipaddress {\n        {{ vip }}/24\n    }\n}\n',
    },
  ],
  good: [
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
