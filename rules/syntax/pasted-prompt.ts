import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'pasted-prompt',
  severity: 'error',
  summary: "A shell's prompt was pasted with the file",
  why: `
The text was copied from a terminal, the prompt and the command included. To the daemons these are words of the configuration.
`,
  sources: ['nginx: ngx_conf_handler()', 'keepalived: lib/parser.c, process_stream()'],
  bad: [
    {
      title: 'The command that showed the file',
      files:
        '[root@lb1 ~]# cat /etc/keepalived/keepalived.conf\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a shell prompt was pasted with the file\nglobal_defs {\n    router_id lb1\n}\n',
      fixed: 'global_defs {\n    router_id lb1\n}\n',
    },
  ],
  good: [
    {
      title: 'Mail addresses',
      files:
        'global_defs {\n    notification_email {\n        root@lb1.example.com # the team\n        ops@example.com\n    }\n    router_id lb1\n}\n',
    },
  ],
  *check(syntax) {
    for (const { at, edits = [] } of ofKind(syntax, 'pasted-prompt')) {
      yield {
        at,
        message: 'a shell prompt was pasted with the file',
        fix: { title: 'remove the line', safe: true, edits },
      };
    }
  },
});
