import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'pasted-page',
  severity: 'error',
  summary: 'Lines of an HTML page stand in the file',
  why: `
The text was copied from a page with its markup, or a download brought the page of an error instead of the file. To the daemons
the tags are words of the configuration: nginx refuses the first of them, keepalived skips each line and reads on.

Where the whole file is such a page, fetch it again: what was meant to be in it is not there.
`,
  sources: ['nginx: ngx_conf_handler()', 'keepalived: lib/parser.c, process_stream()'],
  bad: [
    {
      title: 'A sentence of the page between two directives',
      files: {
        'nginx.conf':
          'events {}\nhttp {\n    sendfile on;\n    <p>Then add:</p>\n    ^^^^^^^^^^^^^^^^ lines of an HTML page stand here\n    tcp_nopush on;\n}\n',
      },
    },
    {
      title: 'The page of an error at the end, a finding for all of it',
      files:
        "global_defs {\n    router_id lb1\n}\n<html>\n^^^^^^ lines of an HTML page stand here\n<head><title>404; not found</title></head>\n<body>\n<p>It isn't { here\n</body>\n</html>\n",
    },
  ],
  good: [
    {
      title: 'Pages that nginx answers with, and blanks to fill in',
      files: {
        'nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  location = /down {
                      default_type text/html;
                      return 503 "<html>
                      <body><p>back soon</p></body>
                      </html>";
                  }
              }
          }
        `,
      },
    },
  ],
  *check(syntax) {
    for (const { at, edits = [] } of ofKind(syntax, 'pasted-page')) {
      yield {
        at,
        message: 'lines of an HTML page stand here',
        fix: { title: 'remove them', safe: false, edits },
      };
    }
  },
});
