import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'missing-events',
  severity: 'error',
  summary: 'The main file has no events block',
  absence: true,
  why: `
nginx does not start: \`no "events" section in configuration\`, without a line. The block may be empty (\`events {}\`), but it must
be there, in the main file or in one that it includes. A file with only \`stream { … }\` or \`mail { … }\` is taken for a part that
another file includes.
`,
  sources: ['nginx: ngx_events_module, ngx_event_init_conf()'],
  bad: [
    {
      title: 'Only http',
      files: `
        worker_processes auto;
        http {
        ^^^^ the configuration has no events block
            server {
                listen 80;
                return 204;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'An empty one will do',
      files: `
        events {}
        http {
            server {
                listen 80;
                return 204;
            }
        }
      `,
    },
    { title: 'A part of a configuration', files: { 'nginx.conf': 'stream {\n}\n' } },
  ],
  *check({ named }) {
    const [http] = named('http');
    if (!http || http.parent || named('events').length > 0) return;
    yield {
      at: wordSpan(http.directive, http.directive.name),
      message: 'the configuration has no events block',
      help: 'write events {} before it',
    };
  },
});
