import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'single-worker',
  severity: 'info',
  absence: true,
  summary: 'nginx runs with one worker, as worker_processes is missing',
  why: `
Without \`worker_processes\` nginx starts one worker, which uses one core, however many the machine has. TLS handshakes and compression
of all clients queue up behind each other.

Write \`worker_processes auto;\` on the first level.
`,
  sources: [
    'nginx documentation: Core functionality (worker_processes)',
    'nginx: ngx_core_module_init_conf()',
  ],
  bad: [
    {
      title: 'The setting is missing',
      files: `
        events {
        ^^^^^^ one worker serves all requests, on one core
        }
        http {
        }
      `,
      fixed: `
        worker_processes auto;
        events {
        }
        http {
        }
      `,
    },
  ],
  good: [
    {
      title: 'Any number, and a fragment',
      files: `
        worker_processes 1;
        events {
        }
        http {
        }
      `,
    },
  ],
  *check({ named, isMain }) {
    const events = named('events')[0];
    if (!isMain || !events || named('http').length === 0 || named('worker_processes').length > 0) return;
    const { source, name } = events.directive;
    yield {
      at: headSpan(events.directive),
      message: 'one worker serves all requests, on one core',
      fix: {
        title: 'start a worker for each core',
        safe: false,
        edits: [{ source, start: name.start, end: name.start, text: 'worker_processes auto;\n' }],
      },
    };
  },
});
