import { rule } from '../../src/lint/rule.ts';
import { isGuessed, lostPasses, needsPort, targetText } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'undefined-upstream',
  severity: 'error',
  summary: 'Requests are passed to a name that no upstream has',
  why: `
nginx takes a name that no \`upstream\` has for a host name and asks the resolver of the system, once, when it starts. When
that fails nginx does not start (\`host not found in upstream\`), and a reload keeps the old configuration. When it succeeds,
because a search domain or \`/etc/hosts\` knows the name, one address serves what the whole group should have served.

Without a port, which only the scheme of an http \`proxy_pass\` brings, nginx refuses the name at once (\`no port in upstream\`).

Where nginx refuses the name, or it is close to that of an upstream, this is an error, else a warning: a container or a name in
\`/etc/hosts\` may be meant. A fragment is only checked for lookalikes, as the upstream may stand in another file.
`,
  sources: [
    'nginx: ngx_http_upstream_add(), ngx_parse_url(), ngx_inet_resolve_host()',
    'nginx documentation: ngx_http_upstream_module, ngx_http_proxy_module (proxy_pass)',
  ],
  bad: [
    {
      title: 'One letter is missing',
      files: `
        events {}
        http {
            upstream www_server_pools {
                server 10.0.169.158 weight=2;
                server 10.0.169.160 weight=1;
            }
            server {
                listen 80;
                server_name www.example.com;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://www_server_pool/;
                                      ^^^^^^^^^^^^^^^ no upstream is called www_server_pool
                }
            }
        }
      `,
      fixed: `
        events {}
        http {
            upstream www_server_pools {
                server 10.0.169.158 weight=2;
                server 10.0.169.160 weight=1;
            }
            server {
                listen 80;
                server_name www.example.com;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://www_server_pools/;
                }
            }
        }
      `,
    },
    {
      title: 'The upstream of stream is none for http',
      files: `
        events {}
        stream {
            upstream php_pool {
                server 10.0.0.11:9000;
                server 10.0.0.12:9000;
            }
            server {
                listen 9000;
                proxy_pass php_pool;
            }
        }
        http {
            server {
                listen 80;
                location ~ \\.php$ {
                    fastcgi_pass php_pool;
                                 ^^^^^^^^ no upstream is called php_pool, and as a host name it has no port
                }
            }
        }
      `,
    },
    {
      title: 'Without an upstream all but proxy_pass need a port',
      files: `
        events {}
        http {
            server {
                listen 80;
                location /api/ {
                    grpc_pass grpcs://api.example.com;
                                      ^^^^^^^^^^^^^^^ no upstream is called api.example.com, and as a host name it has no port
                }
                location /cgi/ {
                    scgi_pass localhost;
                              ^^^^^^^^^ no upstream is called localhost, and as a host name it has no port
                }
                location /jobs/ {
                    proxy_pass http://jobs/;
                                      ^^^^ no upstream is called jobs, so nginx looks it up as a host name
                }
                location /queue/ {
                    proxy_pass http://jobs/queue/;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'An upstream with the name of a host, and hosts with their ports',
      files: `
        events {}
        http {
            upstream php.example.com {
                server 10.0.0.11:9000;
                server 10.0.0.12:9000;
            }
            server {
                listen 80;
                location ~ \\.php$ {
                    fastcgi_param SCRIPT_FILENAME /srv$fastcgi_script_name;
                    fastcgi_pass php.example.com;
                }
                location /cgi/ {
                    scgi_pass localhost:9001;
                }
                location /socket/ {
                    uwsgi_pass unix:/run/app.sock;
                }
            }
        }
      `,
    },
    {
      title: 'Letter case is free, names are made up at run time, and a name with a port is a host',
      files: `
        events {}
        http {
            resolver 127.0.0.53;
            upstream Web_Pool {
                server 10.0.0.11:8080;
                server 10.0.0.12:8080;
            }
            server {
                listen 80;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass http://web_pool;
                }
                location /tenant/ {
                    proxy_set_header Host $host;
                    proxy_pass http://$hostname;
                }
                location /metrics {
                    proxy_pass http://localhost:9100;
                }
                location /build/ {
                    proxy_pass http://jenkins:8080;
                }
            }
        }
      `,
    },
    {
      title: 'In a fragment the upstream may stand in another file',
      files: `
        upstream shop_blue {
            server 10.0.0.11:8080;
        }
        server {
            listen 80;
            server_name shop.example.com;
            location / {
                proxy_set_header Host $host;
                proxy_pass http://shop_blue;
            }
            location /next/ {
                proxy_set_header Host $host;
                proxy_pass http://shop_blues;
            }
            location /api/ {
                proxy_set_header Host $host;
                proxy_pass http://api_pool;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { pass, meant, certain, more } of lostPasses(model)) {
      const { at, value } = pass.target;
      const name = targetText(pass);
      const near = meant?.name.value;
      // Of `upstrea mshop` and `proxy_passs hop` the name itself is in doubt.
      const isMisspelt = [pass.statement, meant?.statement].some((each) => each && isGuessed(each));
      const places = [at, ...more.map(({ target }) => target.at)];
      const correction = near !== undefined && {
        label: `did you mean ${near}?`,
        fix: {
          title: `replace it by ${near}`,
          safe: certain && model.complete && !isMisspelt,
          edits: places.map((place) => ({ ...place, text: near })),
        },
      };
      const related = places.slice(1, 5).map((place) => ({ at: place, note: 'passed here too' }));
      if (correction && certain && value.port === undefined) {
        yield {
          at,
          message: `no upstream is called ${name}`,
          ...correction,
          related,
          ...(model.complete ? {} : { severity: 'warning' }),
        };
      } else if (model.complete && needsPort(pass) && value.port === undefined) {
        yield {
          at,
          message: `no upstream is called ${name}, and as a host name it has no port`,
          ...correction,
          related,
          help: 'nginx refuses it: define the upstream, or add a port',
        };
      } else if (model.complete && value.port === undefined) {
        yield {
          at,
          message: `no upstream is called ${name}, so nginx looks it up as a host name`,
          ...correction,
          related,
          help: 'nginx asks once, when it starts, and does not start when nobody knows the name',
          severity: 'warning',
        };
      }
    }
  },
});
