import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'version-shown',
  severity: 'info',
  summary: 'Every answer tells the version of nginx',
  why: `
\`server_tokens on\` writes the version of nginx into the header \`Server\` and onto error pages, \`build\` that of the package as well. It
tells nobody but those who look for machines with a known hole.

Write \`server_tokens off;\`: the header is \`Server: nginx\` then.
`,
  sources: ['nginx documentation: ngx_http_core_module (server_tokens)'],
  bad: [
    {
      title: 'Asked for',
      files: `
        server {
            listen 80;
            server_tokens on;
            ^^^^^^^^^^^^^^^^ server_tokens on tells every client the version of nginx
        }
      `,
      fixed: `
        server {
            listen 80;
            server_tokens off;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Off',
      files: `
        server {
            listen 80;
            server_tokens off;
        }
      `,
    },
  ],
  *check({ named }) {
    for (const { directive, context } of named('server_tokens')) {
      const word = directive.args[0];
      if ((word?.text !== 'on' && word?.text !== 'build') || context.startsWith('rtmp')) continue;
      const { source } = directive;
      yield {
        at: headSpan(directive),
        message: `server_tokens ${word.text} tells every client the version of nginx`,
        fix: {
          title: 'switch it off',
          safe: true,
          edits: [{ source, start: word.start, end: word.end, text: 'off' }],
        },
      };
    }
  },
});
