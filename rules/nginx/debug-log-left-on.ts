import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'debug-log-left-on',
  severity: 'info',
  summary: 'The error log is at the level debug',
  why: `
At the level \`debug\` nginx writes some hundred lines per request, if it was built with \`--with-debug\`: heads with cookies and passwords
among them, and a disk that is full within hours. It is meant for the search for a fault.

For single clients \`debug_connection\` in the events block does.
`,
  sources: ['nginx documentation: A debugging log'],
  bad: [
    {
      title: 'Left over',
      files: `
        error_log /var/log/nginx/error.log debug;
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the log holds every step of every request
        events {}
      `,
    },
  ],
  good: [
    {
      title: 'For one client; other levels',
      files: `
        error_log /var/log/nginx/error.log debug;
        events {
            debug_connection 192.0.2.1;
        }
        http {
            error_log /var/log/nginx/debug.log info;
        }
      `,
    },
  ],
  *check({ named }) {
    if (named('debug_connection').length > 0) return;
    for (const { directive } of named('error_log')) {
      if (directive.args[1]?.text !== 'debug') continue;
      yield {
        at: headSpan(directive),
        message: 'the log holds every step of every request',
        help: 'go back to error or warn once the fault is found',
      };
    }
  },
});
