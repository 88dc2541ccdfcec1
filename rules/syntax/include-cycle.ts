import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'syntax',
  id: 'include-cycle',
  severity: 'error',
  summary: 'A file includes itself',
  why: `
Neither daemon notices. nginx recurses until its stack is full and dies without a message; keepalived opens the file again
and again until it runs out of descriptors, then reads it many times.
`,
  sources: ['nginx: ngx_conf_include()', 'keepalived: lib/parser.c, do_include()'],
  bad: [
    {
      title: 'Two files that include each other',
      files: {
        'nginx.conf': 'events {}\nhttp {\n    include a.conf;\n}\n',
        'a.conf': 'include b.conf;\n',
        'b.conf': 'include a.conf;\n        ^^^^^^ a.conf includes itself\n',
      },
    },
  ],
  good: [
    {
      title: 'One file included twice',
      files: {
        'nginx.conf': `
          events {}
          http {
              server { listen 80; include tls.conf; }
              server { listen 81; include tls.conf; }
          }
        `,
        'tls.conf': 'ssl_protocols TLSv1.2 TLSv1.3;\n',
      },
    },
  ],
  *check({ includeProblems }) {
    for (const { kind, at, pattern, detail } of includeProblems) {
      if (kind === 'cycle') yield { at, message: `${pattern} includes itself`, help: detail };
    }
  },
});
