import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

const names: ReadonlyMap<string, string> = new Map([
  ['\u00a0', 'a no-break space'],
  ['\u3000', 'a full-width space'],
  ['\u200b', 'a zero-width space'],
  ['\u200c', 'a zero-width non-joiner'],
  ['\u200d', 'a zero-width joiner'],
  ['\u2060', 'a word joiner'],
  ['\ufeff', 'a byte order mark'],
]);

const codePoint = (character: string): string =>
  `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

const meaning = (text: string): string => (text === '' ? 'nothing' : text === ' ' ? 'a blank' : text);

export default rule({
  scope: 'syntax',
  id: 'smart-punctuation',
  severity: 'error',
  summary: 'A character looks like punctuation and is a letter to the daemon',
  why: `
Typographic quotes, full-width punctuation of Chinese and Japanese keyboards, no-break and zero-width blanks come with text
copied from web pages and chats. The daemons read bytes: a no-break space does not end a word, a full-width semicolon does not
end a statement, and typographic quotes quote nothing. In comments they are harmless, and are not reported.
`,
  sources: ['nginx: ngx_conf_read_token()', 'keepalived: lib/parser.c, alloc_strvec_r()'],
  bad: [
    {
      title: 'A full-width semicolon',
      files: {
        'nginx.conf':
          'events {}\nhttp {\n    sendfile on；\n               ^ ； (U+FF1B) is a letter to nginx, ; was meant\n}\n',
      },
      fixed: { 'nginx.conf': 'events {}\nhttp {\n    sendfile on;\n}\n' },
    },
    {
      title: 'A full-width colon, from the same key',
      files: {
        'nginx.conf':
          'events {}\nhttp {\n    server {\n        listen 8080：\n                   ^ ： (U+FF1A) is a letter to nginx, ; was meant\n        return 204;\n    }\n}\n',
      },
      fixed: {
        'nginx.conf':
          'events {}\nhttp {\n    server {\n        listen 8080;\n        return 204;\n    }\n}\n',
      },
    },
    {
      title: 'Typographic quotes around a script',
      files:
        'vrrp_script chk {\n    script “/usr/bin/pgrep nginx”\n           ^ “ (U+201C) is a letter to keepalived, " was meant\n    interval 2\n}\n',
      fixed: 'vrrp_script chk {\n    script "/usr/bin/pgrep nginx"\n    interval 2\n}\n',
    },
    {
      title: 'Tildes of another keyboard before a pattern',
      files: {
        'nginx.conf':
          'events {}\nhttp {\n    server {\n        listen 80;\n        location ˜ ^/old/ { return 404; }\n                 ^ ˜ (U+02DC) is a letter to nginx, ~ was meant\n        location ∼* ^/gone/ { return 410; }\n                 ^ ∼ (U+223C) is a letter to nginx, ~ was meant\n    }\n}\n',
      },
      fixed: {
        'nginx.conf':
          'events {}\nhttp {\n    server {\n        listen 80;\n        location ~ ^/old/ { return 404; }\n        location ~* ^/gone/ { return 410; }\n    }\n}\n',
      },
    },
  ],
  good: [
    {
      title: 'Chinese text in a quoted value and in a comment',
      files: {
        'nginx.conf':
          'events {} # 事件；无\nhttp {\n    server { listen 80; location = /hi { return 200 "你好，“世界”；"; } }\n}\n',
      },
    },
  ],
  *check(syntax) {
    for (const { at, what, edits = [] } of ofKind(syntax, 'smart-punctuation')) {
      const text = edits[0]?.text ?? '';
      yield {
        at,
        message: `${names.get(what) ?? what} (${codePoint(what)}) is a letter to ${syntax.language}, ${meaning(text)} was meant`,
        fix: {
          title:
            edits.length > 1 ? `replace all ${edits.length} in this line` : `replace it by ${meaning(text)}`,
          safe: true,
          edits,
        },
      };
    }
  },
});
