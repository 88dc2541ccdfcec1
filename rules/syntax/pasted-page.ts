import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

const found = {
  YAML: {
    message: 'this is YAML, and not the configuration in it',
    help: 'give each file of it a file of its own, and check that',
  },
  Apache: {
    message: 'this is a configuration of Apache httpd',
    help: 'nginx has a server for a VirtualHost, and a location for a Directory or a Location',
  },
  HTML: { message: 'lines of an HTML page stand here', title: 'remove them' },
  fence: { message: 'a fence of a Markdown page stands here', title: 'remove it' },
  link: { message: 'a link of a Markdown page stands here', title: 'keep the name only' },
};

export default rule({
  scope: 'syntax',
  id: 'pasted-page',
  severity: 'error',
  summary: 'Marks of an HTML page, a Markdown page, a manifest or another server stand in the file',
  why: `
The text was copied from a page with its markup, or a download brought the page of an error instead of the file. To the daemons
the tags are words of the configuration: nginx refuses the first of them, keepalived skips each line and reads on. A name that became a
link, as chats make them, is taken as it stands, and matches nothing.

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
    {
      title: 'The fence around an example, and a name that became a link',
      files: {
        'sites/app.conf':
          '```nginx\n^^^^^^^^ a fence of a Markdown page stands here\nserver {\n    listen 80;\n    server_name [www.example.com](https://www.example.com) www.example.net;\n                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a link of a Markdown page stands here\n    return 404;\n}\n```\n',
      },
      fixed: {
        'sites/app.conf':
          'server {\n    listen 80;\n    server_name www.example.com www.example.net;\n    return 404;\n}\n',
      },
    },
    {
      title: 'The file of another server',
      files: {
        'nginx.conf': `
          # shop
          <VirtualHost *:80>
          ^^^^^^^^^^^^^^^^^^ this is a configuration of Apache httpd
              ServerName www.example.com
              DocumentRoot "/srv/www"
              RewriteCond %{HTTPS} off
          </VirtualHost>
          ServerTokens Prod
        `,
      },
    },
    {
      title: 'The marks of code within a sentence',
      files: {
        'sites/app.conf':
          '`server {\n^ a fence of a Markdown page stands here\n    listen 80;\n    return 404;\n}`\n',
      },
      fixed: { 'sites/app.conf': 'server {\n    listen 80;\n    return 404;\n}\n' },
    },
    {
      title: 'A manifest with the configuration in it, which is read',
      files: {
        'nginx.conf': `
          apiVersion: v1
          ^^^^^^^^^^^^^^ this is YAML, and not the configuration in it
          kind: ConfigMap
          metadata:
            name: edge # it's the outer one
          data:
            nginx.conf: |-
              events {}
              http {
                server {
                  listen 80;
                  return 204;
                }
              }
          ---
          kind: Deployment
        `,
      },
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
                  location ~ ^/[a-z](https?://[a-z]+)$ {
                      return 404;
                  }
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
    for (const { at, what, edits = [] } of ofKind(syntax, 'pasted-page')) {
      const told = found[what as keyof typeof found];
      yield 'help' in told
        ? { at, ...told }
        : { at, message: told.message, fix: { title: told.title, safe: false, edits } };
    }
  },
});
