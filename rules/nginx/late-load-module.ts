import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

const blocks = new Set(['events', 'http', 'stream', 'mail']);

export default rule({
  scope: 'nginx',
  id: 'late-load-module',
  severity: 'error',
  summary: 'A module is loaded after a block was read',
  why: `
nginx refuses the file: \`"load_module" directive is specified too late\`. Modules must be known before the first \`events\`, \`http\`,
\`stream\` or \`mail\` block, so the lines, or the \`include\` that brings them, belong to the top of the main file.
`,
  sources: ['nginx: ngx_load_module()'],
  bad: [
    {
      title: 'Added at the end',
      files: `
        events {}
        http {
            server {
                listen 80;
                return 204;
            }
        }
        load_module modules/ngx_stream_module.so;
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ load_module stands after events
      `,
    },
  ],
  good: [
    {
      title: 'At the top',
      files: `
        user www-data;
        load_module modules/ngx_stream_module.so;
        events {}
        http {
            server {
                listen 80;
                return 204;
            }
        }
      `,
    },
  ],
  *check({ statements }) {
    const first = statements.findIndex(
      ({ name, directive }) => directive.body !== undefined && blocks.has(name),
    );
    if (first < 0) return;
    for (const { name, directive } of statements.slice(first)) {
      if (name !== 'load_module') continue;
      yield {
        at: headSpan(directive),
        message: `load_module stands after ${statements[first]!.name}`,
        related: [{ at: headSpan(statements[first]!.directive), note: 'it must stand before this' }],
      };
    }
  },
});
