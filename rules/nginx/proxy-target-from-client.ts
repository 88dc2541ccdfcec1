import { rule } from '../../src/lint/rule.ts';
import { argument, chosenTarget, isForOthers, moduleOf, passTargets } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'proxy-target-from-client',
  severity: 'error',
  risk: 8.6,
  summary: 'A client chooses the host that its request is handed on to',
  why: `
Where the host of a \`proxy_pass\` comes out of the request, nginx connects to whatever the client names: the metadata service of the
cloud, a database’s status page, another machine behind the firewall. \`$host\` is no safer in a server that answers names it does
not have: \`proxy_pass http://$host;\` there is an open proxy. An address needs no resolver.

\`\`\`text
location /fetch { proxy_pass http://$arg_host; }

GET /fetch?host=169.254.169.254/latest/meta-data/   →   the metadata of the machine, keys included
\`\`\`

Let a \`map\` translate what clients may say into the names of upstreams, or keep the location for nginx itself with \`internal\`. With a
\`resolver\`, and the host that the client asks for in any case, a forward proxy is meant: that is a warning, for whoever reaches it can use it.
`,
  sources: ['nginx: ngx_http_proxy_eval(), ngx_http_upstream_init_request()', 'CWE-918'],
  bad: [
    {
      title: 'An argument, a group, the host of the request',
      files: `
        server {
            listen 80 default_server;
            location /fetch {
                proxy_pass http://$arg_url;
                           ^^^^^^^^^^^^^^^ a client chooses the host that this request goes to, by $arg_url
            }
            location ~ ^/to/(?<target>[a-z0-9.]+)/ {
                proxy_pass http://$target:8080;
                           ^^^^^^^^^^^^^^^^^^^ a client chooses the host that this request goes to, by $uri
            }
            location / {
                proxy_pass http://$host$request_uri;
                           ^^^^^^^^^^^^^^^^^^^^^^^^ a client chooses the host that this request goes to, by $host
            }
        }
      `,
    },
    {
      title:
        'A domain behind it is no guard, and neither is a map with one open line, nor a geo that is mostly empty',
      files: `
        geo $site {
            10.0.0.0/8 internal.example/;
        }
        map $uri $backend {
            ~^/api/(.*)$ $1;
            default localhost;
        }
        server {
            listen 80;
            location /a {
                proxy_pass http://\${arg_name}.internal;
                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^ a client chooses the host that this request goes to, by $arg_name
            }
            location /api {
                proxy_pass http://$backend;
                           ^^^^^^^^^^^^^^^ a client chooses the host that this request goes to, by $uri
            }
            location /site {
                proxy_pass http://$site$arg_name;
                           ^^^^^^^^^^^^^^^^^^^^^ a client chooses the host that this request goes to, by $arg_name
            }
            location /p {
                proxy_pass $http_x_target;
                           ^^^^^^^^^^^^^^ a client chooses the host that this request goes to, by $http_x_target
            }
            location / {
                proxy_pass https:/$request_uri;
                           ^^^^^^^^^^^^^^^^^^^ a client chooses the host that this request goes to, by $request_uri
            }
        }
      `,
    },
    {
      title: 'After a break that not everybody takes',
      files: `
        server {
            listen 80;
            location /a {
                set $to $arg_to;
                if ($arg_fast) {
                    break;
                }
                set $to 10.0.0.1;
                proxy_pass http://$to;
                           ^^^^^^^^^^ a client chooses the host that this request goes to, by $arg_to
            }
            location /b {
                if ($arg_fast) {
                    break;
                }
                if ($arg_to !~ ^[a-z]+$) {
                    return 403;
                }
                proxy_pass http://$arg_to;
                           ^^^^^^^^^^^^^^ a client chooses the host that this request goes to, by $arg_to
            }
        }
      `,
    },
    {
      title: 'A connection of TLS, by the name that its first message asks for',
      files: `
        events {}
        stream {
            resolver 10.0.0.53;
            server {
                listen 443;
                ssl_preread on;
                proxy_pass $ssl_preread_server_name:443;
                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a client chooses the host that this connection goes to, by $ssl_preread_server_name
            }
        }
      `,
    },
  ],
  good: [
    {
      title:
        'What runs behind a break in a condition is nothing to who goes into it, and the other way round',
      files: `
        server {
            listen 80;
            location /a {
                set $to 10.0.0.1;
                if ($arg_test) {
                    break;
                    proxy_pass http://$to;
                }
                set $to $arg_to;
            }
            location /b {
                set $to 10.0.0.1;
                if ($arg_test) {
                    set $to $arg_test;
                    proxy_pass http://10.0.0.2;
                }
                proxy_pass http://$to;
            }
            location /c {
                if ($arg_to !~ ^[a-z]+$) {
                    rewrite ^ /refused last;
                }
                proxy_pass http://$arg_to;
            }
            location /d {
                break;
                set $to $arg_to;
                proxy_pass http://10.0.0.1$to;
            }
        }
      `,
    },
    {
      title: 'Names from a list, paths, requests of nginx’s own',
      files: `
        map $arg_shard $shard {
            default 10.0.0.1;
            b 10.0.0.2;
        }
        upstream app {
            server 10.0.0.3;
        }
        server {
            listen 80;
            server_name a.example.com b.example.com;
            location /a {
                proxy_pass http://$shard;
            }
            location ~ ^/b/(.*)$ {
                proxy_pass http://10.0.0.11/$1;
            }
            location /c {
                proxy_pass http://app$request_uri;
            }
            location /d {
                internal;
                proxy_pass http://$arg_url;
            }
            location ~ ^/e/(?<name>[a-z]+)/ {
                proxy_pass http://$name;
            }
            location @f {
                proxy_pass http://$http_x_target;
            }
            location ~ ^/g(/.*)?$ {
                proxy_pass http://10.0.0.11:8080$1;
            }
        }
      `,
    },
    {
      title: 'A server that listens to its own machine only',
      files: `
        events {}
        http {
            server {
                listen 127.0.0.1:8080;
                listen unix:/run/nginx.sock;
                location / {
                    proxy_pass http://$arg_to;
                }
            }
        }
      `,
    },
    {
      title: 'Exact names, and another server for the rest',
      files: `
        events {
        }
        http {
            resolver 10.0.0.53;
            server {
                listen 80 default_server;
                return 444;
            }
            server {
                listen 80;
                server_name a.example.com b.example.com;
                location / {
                    proxy_pass http://$host:8080;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const statement of passTargets(model)) {
      const choice = chosenTarget(statement, model);
      if (!choice || choice.what === 'port' || !isForOthers(statement)) continue;
      const what = moduleOf(statement.context) === 'stream' ? 'connection' : 'request';
      const { variable } = choice.part;
      // Who has names looked up that clients ask for anyway wants a proxy for all of them.
      const isForward =
        /^(?:host|http_host|ssl_preread_server_name)$/.test(variable) &&
        model.inForce(statement.parent, 'resolver').length > 0;
      yield {
        at: argument(statement.directive, 0)!.at,
        message: `a client chooses the host that this ${what} goes to, by $${variable}`,
        ...(isForward ? { severity: 'warning' as const } : {}),
        related: choice.part.trail.slice(0, 4),
        help: isForward
          ? `${choice.request} chooses it; a proxy for all hosts needs a list of those who may use it`
          : `${choice.request} chooses it; let a map translate what clients may say into names of upstreams`,
      };
    }
  },
});
