import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { redirectCircles, redirectLoops, shown } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'redirect-loop',
  severity: 'error',
  summary: 'A redirect leads back to itself',
  why: `
The browser asks for what the redirect names, the same server or location answers by the same redirect, and after some rounds the browser
gives up (\`ERR_TOO_MANY_REDIRECTS\`). \`nginx -t\` says nothing. It happens where the redirect to HTTPS stands in the server of port 443 as
well, where the name that all others are redirected to is among those that redirect, where \`location /\` sends to a page for which no
location is more exact, where the pattern of a \`rewrite\` matches what it makes, and where two servers send to each other.

Redirect in a server or location of its own, and end a pattern in \`$\` where it means one path.
`,
  sources: [
    'nginx: ngx_http_script_return_code(), ngx_http_script_regex_end_code()',
    'nginx documentation: Converting rewrite rules; Server names',
  ],
  bad: [
    {
      title: 'Two servers, and two locations, that send to each other',
      files: `
        events {}
        http {
            server {
                listen 80;
                server_name example.com;
                return 301 https://www.example.com$request_uri;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ http://example.com/ leads back here, for ever
            }
            server {
                listen 443 ssl;
                server_name www.example.com;
                ssl_certificate /etc/ssl/a.pem;
                ssl_certificate_key /etc/ssl/a.key;
                if ($host = www.example.com) {
                    return 301 http://example.com$request_uri;
                }
            }
            server {
                listen 80;
                server_name app.example.com;
                location = /start {
                    return 302 /home/;
                    ^^^^^^^^^^^^^^^^^ http://app.example.com/start leads back here, for ever
                }
                location /home/ {
                    rewrite ^/home/$ /start redirect;
                }
            }
        }
      `,
    },
    {
      title: 'To HTTPS where HTTPS is spoken already, and to a name of the same server',
      files: `
        server {
            listen 80;
            listen 443 ssl;
            server_name shop.example.com;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            return 301 https://$host$request_uri;
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ https://$host$request_uri leads back here, for ever
        }
        server {
            listen 80;
            server_name www.example.com example.com;
            rewrite ^(.*)$ http://www.example.com$1 permanent;
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ http://www.example.com$1 leads back here, for ever
        }
        server {
            listen 443 ssl;
            server_name app.example.com;
            ssl_certificate /etc/ssl/app.pem;
            ssl_certificate_key /etc/ssl/app.key;
            if ($host = app.example.com) {
                return 301 https://$host$request_uri;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ https://$host$request_uri leads back here, for ever
            }
            location / {
                proxy_set_header Host $host;
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
    },
    {
      title: 'A page of the same location, and a pattern that matches what it makes',
      files: `
        server {
            listen 80;
            location / {
                return 302 /login;
                ^^^^^^^^^^^^^^^^^ /login leads back here, for ever
            }
            location ~ ^/docs/guide/?$ {
                return 301 /docs/guide/;
                ^^^^^^^^^^^^^^^^^^^^^^^ /docs/guide/ leads back here, for ever
            }
            location /blog {
                rewrite ^/blog /blog/latest/ permanent;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ /blog/latest/ leads back here, for ever
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A chain that ends, a name that is nobody’s here, a header that a balancer sets',
      files: `
        events {}
        http {
            server {
                listen 80;
                server_name example.com www.example.com;
                if ($host = example.com) {
                    return 301 http://www.example.com$request_uri;
                }
                return 301 https://$host$request_uri;
            }
            server {
                listen 443 ssl;
                server_name www.example.com;
                ssl_certificate /etc/ssl/a.pem;
                ssl_certificate_key /etc/ssl/a.key;
                root /srv/www;
                if ($scheme = http) {
                    return 301 https://$host$request_uri;
                }
                location = /old {
                    return 301 /new;
                }
                location = /new {
                    return 301 /old/;
                }
            }
            server {
                listen 80;
                server_name a.example.org;
                return 301 http://b.example.org$request_uri;
            }
            server {
                listen 8080;
                server_name b.example.org;
                return 301 http://a.example.org$request_uri;
            }
            server {
                listen 80;
                server_name c.example.org;
                if ($http_x_forwarded_proto != https) {
                    return 301 http://d.example.org$request_uri;
                }
                root /srv/c;
            }
            server {
                listen 80;
                server_name d.example.org;
                location = / {
                    return 301 http://c.example.org/;
                }
                location / {
                    root /srv/d;
                }
            }
        }
      `,
    },
    {
      title: 'To another scheme, another name, another location, or only for some',
      files: `
        events {}
        http {
            server {
                listen 80;
                server_name example.com www.example.com;
                return 301 https://$host$request_uri;
            }
            server {
                listen 443 ssl;
                server_name example.com;
                ssl_certificate /etc/ssl/a.pem;
                ssl_certificate_key /etc/ssl/a.key;
                return 301 https://www.example.com$request_uri;
            }
            server {
                listen 443 ssl;
                server_name www.example.com;
                ssl_certificate /etc/ssl/a.pem;
                ssl_certificate_key /etc/ssl/a.key;
                root /srv/www;
                if ($scheme = http) {
                    return 301 https://$host$request_uri;
                }
                location / {
                    try_files $uri /index.html;
                }
            }
            server {
                listen 80;
                listen 8443 ssl;
                server_name a.example.org b.example.org;
                ssl_certificate /etc/ssl/a.pem;
                ssl_certificate_key /etc/ssl/a.key;
                root /srv/a;
                if ($host = a.example.org) {
                    return 301 http://b.example.org$request_uri;
                }
            }
            server {
                listen 127.0.0.1:8080;
                return 301 http://$http_host/;
            }
            server {
                listen 81;
                server_name c.example.org;
                root /srv/c;
                location = / {
                    return 302 /start/;
                }
                location / {
                    return 302 /start/;
                }
                location /start/ {
                    index index.html;
                }
                location = /old {
                    return 301 /old/;
                }
                location /wiki {
                    rewrite ^/wiki$ /wiki/start permanent;
                }
                location /new/ {
                    if ($cookie_seen) {
                        break;
                    }
                    return 302 /new/welcome;
                }
                location @away {
                    return 302 /start/away;
                }
            }
            server {
                listen 82;
                root /srv/d;
                rewrite ^/login$ /login.html last;
                location / {
                    return 302 /login;
                }
                location = /login.html {
                    internal;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { statement, target } of redirectLoops(model)) {
      yield {
        at: headSpan(statement.directive),
        message: `${shown(target)} leads back here, for ever`,
        help: 'redirect where the target does not come to: in a server or location of its own',
      };
    }
    for (const { statements, url } of redirectCircles(model)) {
      const [{ directive }, ...others] = statements;
      yield {
        at: headSpan(directive),
        message: `${shown(url)} leads back here, for ever`,
        related: others.map((each) => ({ at: headSpan(each.directive), note: 'by way of this one' })),
        help: 'take the one away that is not meant',
      };
    }
  },
});
