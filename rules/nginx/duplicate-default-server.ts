import { rule } from '../../src/lint/rule.ts';
import { defaultWord, socketsOf } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'duplicate-default-server',
  severity: 'error',
  summary: 'Two servers are the default of one socket',
  why: `
nginx does not start: \`a duplicate default server for 0.0.0.0:80\`. Mostly the file of a distribution (\`sites-enabled/default\`) or a
copy of it is included beside one’s own.
`,
  sources: ['nginx: ngx_http_add_addresses()'],
  bad: [
    {
      title: 'The address is written differently and the same',
      files: `
        server {
            listen 80 default_server;
            server_name _;
            return 444;
        }
        server {
            listen 0.0.0.0:80 default_server;
                              ^^^^^^^^^^^^^^ *:80 has another default server already
            server_name www.example.com;
            return 204;
        }
      `,
    },
  ],
  good: [
    {
      title: 'One for each socket',
      files: `
        server {
            listen 80 default_server;
            listen [::]:80 default_server;
            server_name _;
            return 444;
        }
        server {
            listen 8080 default_server;
            server_name www.example.com;
            return 204;
        }
      `,
    },
  ],
  *check({ servers, templates }) {
    for (const { key, bound } of socketsOf(servers)) {
      const [first, ...rest] = bound.filter(({ listen }) => defaultWord(listen));
      for (const { listen, server } of rest) {
        // Twice in one server is another mistake: duplicate-listen.
        if (server === first!.server || templates.has(listen.at.source)) continue;
        yield {
          at: defaultWord(listen)!.at,
          message: `${key} has another default server already`,
          related: [{ at: defaultWord(first!.listen)!.at, note: 'the first' }],
          help: 'nginx does not start with both',
        };
      }
    }
  },
});
