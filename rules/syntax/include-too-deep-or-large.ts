import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'syntax',
  id: 'include-too-deep-or-large',
  severity: 'error',
  summary: 'Includes go deeper, are more or hold more than lbcheck reads',
  why: `
Includes are followed 64 files deep, for 10,000 files and 256 MiB in all. What lies beyond is not read, and rules that claim
something is missing keep silent.
`,
  sources: ['lbcheck: docs/performance.md, What is bounded'],
  bad: [
    {
      title: 'A chain of seventy files',
      files: Object.fromEntries([
        ['nginx.conf', 'events {}\nhttp {\n    include f1.conf;\n}\n'],
        ...Array.from({ length: 70 }, (_, index) => {
          const mark = index === 62 ? '        ^^^^^^^^ f64.conf is not read: more than 64 files deep\n' : '';
          return [`f${index + 1}.conf`, `include f${index + 2}.conf;\n${mark}`];
        }),
        ['f71.conf', '\n'],
      ]),
    },
  ],
  good: [
    {
      title: 'A few levels',
      files: {
        'nginx.conf': 'events {}\nhttp {\n    include a.conf;\n}\n',
        'a.conf': 'include b.conf;\n',
        'b.conf': 'sendfile on;\n',
      },
    },
  ],
  *check({ includeProblems }) {
    for (const { kind, at, pattern, detail } of includeProblems) {
      if (kind === 'bound') yield { at, message: `${pattern} is not read: ${detail}` };
    }
  },
});
