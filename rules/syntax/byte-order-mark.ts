import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'byte-order-mark',
  severity: 'error',
  summary: 'The file begins with a byte order mark',
  why: `
Editors on Windows write three invisible bytes before UTF-8 text. Neither daemon skips them: they become part of the first
word, which is then unknown, and a comment in line 1 is no comment any more. A file in UTF-16 is unreadable to both from the
first byte to the last.
`,
  sources: ['nginx: ngx_conf_read_token()', 'keepalived: lib/parser.c, read_line()'],
  bad: [
    {
      title: 'The mark before the first word',
      files: '\uFEFFglobal_defs {\n^ the file begins with a byte order mark (UTF-8)\n    router_id lb1\n}\n',
      fixed: 'global_defs {\n    router_id lb1\n}\n',
    },
  ],
  good: [{ title: 'UTF-8 without a mark', files: '# Größe\nglobal_defs {\n    router_id lb1\n}\n' }],
  *check(syntax) {
    for (const { at, what, edits } of ofKind(syntax, 'byte-order-mark')) {
      yield {
        at,
        message: `the file begins with a byte order mark (${what})`,
        ...(edits
          ? { fix: { title: 'remove it', safe: true, edits } }
          : { help: `${syntax.language} cannot read ${what}: save the file as UTF-8` }),
      };
    }
  },
});
