import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'syntax',
  id: 'include-not-found',
  severity: 'error',
  summary: 'An included file cannot be read',
  why: `
nginx does not start when a file that is named without wildcards is missing. keepalived goes on without it and writes one
line to its log (\`includer\`, \`includem\` and their kin are stricter): whatever stood in the file is not configured.

A name that leads out of the given files, or begins where only a main file tells, is worth knowing and no more: nobody looked.

lbcheck then says nothing about what might stand in the file: rules that claim something is missing keep silent.
`,
  sources: ['nginx: ngx_conf_include()', 'keepalived: lib/parser.c, open_conf_file()'],
  bad: [
    {
      title: 'nginx needs the file',
      files: {
        'nginx.conf':
          'events {}\nhttp {\n    include upstreams.conf;\n            ^^^^^^^^^^^^^^ upstreams.conf is included and not there\n}\n',
      },
    },
    {
      title: 'Relative to a main file that nobody named',
      files: {
        'conf.d/shop.conf':
          'server {\n    listen 80;\n    include parts/routes.conf;\n            ^^^^^^^^^^^^^^^^^ parts/routes.conf is included and not among the given files\n    return 204;\n}\n',
      },
    },
  ],
  good: [
    {
      title: 'A pattern that matches nothing is fine, and mime.types comes with the package',
      files: { 'nginx.conf': 'events {}\nhttp {\n    include mime.types;\n    include conf.d/*.conf;\n}\n' },
    },
  ],
  *check({ includeProblems, language }) {
    for (const { kind, at, pattern, detail, fatal } of includeProblems) {
      if (kind === 'unknown') {
        yield {
          at,
          message: `${pattern} is included and not among the given files`,
          severity: 'info',
          help: `${detail}; what stands in it was not checked`,
        };
      }
      if (kind !== 'missing' && kind !== 'unreadable') continue;
      yield {
        at,
        message:
          kind === 'missing'
            ? `${pattern} is included and not there`
            : `${pattern} is included and cannot be read`,
        severity: fatal ? 'error' : 'warning',
        help: `${detail}; ${fatal ? `${language} does not start` : `${language} goes on without it`}`,
      };
    }
  },
});
