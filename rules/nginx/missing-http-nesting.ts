import { rule } from '../../src/lint/rule.ts';
import { outside } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'missing-http-nesting',
  severity: 'error',
  summary: 'Statements of http, stream or mail stand outside of it in a main file',
  why: `
nginx refuses the file: \`"server" directive is not allowed here\`. In a main file, the one with \`events\`, servers, upstreams
and their settings stand inside \`http { … }\`, those of stream and mail inside of theirs. Either the block was forgotten, or a \`}\` too many ends it early: then
everything below is outside.

A file with nothing but such statements is no main file but a fragment for \`conf.d\` or \`sites-enabled\`, and fine.
`,
  sources: [
    'nginx: ngx_conf_handler()',
    'nginx documentation: Beginner’s Guide, Configuration File’s Structure',
  ],
  bad: [
    {
      title: 'The http block was forgotten; one finding for everything',
      files: `
        worker_processes auto;
        events {
            worker_connections 1024;
        }
        upstream app {
        ^^^^^^^^ upstream stands outside of http, and so do 1 more after it
            server 10.0.0.11:8080;
            server 10.0.0.12:8080;
        }
        server {
            listen 80;
            location / {
                proxy_set_header Host $host;
                proxy_pass http://app;
            }
        }
      `,
    },
    {
      title: 'Servers of mail, by what stands in them',
      files: `
        events {}
        auth_http 127.0.0.1:9000/auth;
        ^^^^^^^^^ auth_http stands outside of mail, and so do 2 more after it
        server {
            listen 110;
            protocol pop3;
        }
        server {
            listen 143;
            protocol imap;
            starttls on;
        }
      `,
    },
  ],
  good: [
    {
      title: 'A fragment',
      files: `
        upstream app {
            server 10.0.0.11:8080;
            server 10.0.0.12:8080;
        }
        server {
            listen 80;
            location / {
                proxy_set_header Host $host;
                proxy_pass http://app;
            }
        }
      `,
    },
  ],
  *check({ usage, isMain }) {
    if (!isMain) return;
    for (const [module, [first, ...rest]] of outside(usage.misplaced)) {
      if (!first) continue;
      yield {
        at: first.at,
        message: `${first.statement.name} stands outside of ${module}${
          rest.length > 0 ? `, and so do ${rest.length} more after it` : ''
        }`,
        related: rest.slice(0, 3).map(({ at, statement }) => ({ at, note: `${statement.name} too` })),
        help: `put ${module} { before the first of them and } after the last`,
      };
    }
  },
});
