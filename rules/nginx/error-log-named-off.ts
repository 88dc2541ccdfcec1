import { headSpan, wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'error-log-named-off',
  severity: 'warning',
  summary: 'error_log off and access_log on write files with the names off and on',
  why: `
\`access_log\` knows \`off\`, \`error_log\` does not: nginx takes it for the name of a file, and writes all messages to \`off\` below its prefix,
such as \`/usr/share/nginx/off\` or \`/etc/nginx/off\`, where nobody looks for them and nothing rotates them.

Neither knows \`on\`, which is the name of a file as well; without \`access_log\` nginx writes \`logs/access.log\`.

To see only the worst, write \`error_log /dev/null crit;\`. It is better to keep the log.
`,
  sources: [
    'nginx: ngx_log_set_log()',
    'nginx: ngx_http_log_set_log()',
    'nginx documentation: Core functionality (error_log)',
  ],
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
    {
      title: 'Switched on',
      files: `
        server {
            listen 80;
            access_log on;
            ^^^^^^^^^^^^^ the messages go to a file with the name on
            error_log on;
            ^^^^^^^^^^^^ the messages go to a file with the name on
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
    for (const { name, directive } of [...named('error_log'), ...named('access_log')]) {
      const word = directive.args[0];
      if (word?.text === 'on') {
        yield {
          at: headSpan(directive),
          message: 'the messages go to a file with the name on',
          help: 'name a file, or take the line away to inherit one',
        };
      }
      if (name !== 'error_log' || word?.text !== 'off') continue;
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
