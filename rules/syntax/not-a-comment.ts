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
  ],
  good: [
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
              fix:
                edits[0]!.text === '#'
                  ? { title: 'replace it by #', safe: true, edits }
                  : { title: 'remove it', safe: false, edits },
            }
          : { help: 'begin every line of a comment with #' }),
      };
    }
  },
});
