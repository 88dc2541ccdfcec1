import { headSpan, wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'error-log-named-off',
  severity: 'warning',
  summary: 'error_log off writes a file with the name off',
  why: `
\`access_log\` knows \`off\`, \`error_log\` does not: nginx takes it for the name of a file, and writes all messages to \`off\` below its prefix,
such as \`/usr/share/nginx/off\` or \`/etc/nginx/off\`, where nobody looks for them and nothing rotates them.

To see only the worst, write \`error_log /dev/null crit;\`. It is better to keep the log.
`,
  sources: ['nginx: ngx_log_set_log()', 'nginx documentation: Core functionality (error_log)'],
  bad: [
    {
      title: 'As for the access log',
      files: `
        server {
            listen 80;
            access_log off;
            error_log off;
            ^^^^^^^^^^^^^ the messages go to a file with the name off
        }
      `,
      fixed: `
        server {
            listen 80;
            access_log off;
            error_log /dev/null crit;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Files, and the access log',
      files: `
        error_log stderr;
        http {
            access_log off;
            server {
                listen 80;
                error_log /dev/null crit;
            }
        }
        events {}
      `,
    },
  ],
  *check({ named }) {
    for (const { directive } of named('error_log')) {
      const word = directive.args[0];
      if (word?.text !== 'off') continue;
      const text = directive.args.length > 1 ? '/dev/null' : '/dev/null crit';
      yield {
        at: headSpan(directive),
        message: 'the messages go to a file with the name off',
        fix: {
          title: 'throw all but the worst away',
          safe: false,
          edits: [{ ...wordSpan(directive, word), text }],
        },
      };
    }
  },
});
