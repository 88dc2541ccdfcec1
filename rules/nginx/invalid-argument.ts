import { builtinVariable } from '../../grammar/tables/variables.ts';
import { rule } from '../../src/lint/rule.ts';
import { type NginxModel, quotedLike } from '../../src/model/nginx/index.ts';

/** Whether a variable is nginx's or the operator's, and not one of a shell or an engine that fills the file in. */
function isMeant(written: string, model: NginxModel): boolean {
  const name = written.replace(/[{}]/g, '').toLowerCase();
  if (model.complete && !model.hasForeignModules && /^[a-z]/.test(written)) return true;
  return (['http', 'stream'] as const).some(
    (module) => builtinVariable(module, name)?.prefix === false || model.definitions(module).has(name),
  );
}

export default rule({
  scope: 'nginx',
  id: 'invalid-argument',
  severity: 'error',
  summary: 'A word is none that the directive takes',
  why: `
nginx refuses the file with a message that often does not name the directive (\`invalid value "x"\`, \`invalid parameter
"max_fail=3"\`, \`invalid host in upstream\`). A running nginx keeps its old configuration at a reload, and is not back after the
next start.

- Sizes are whole numbers with \`k\` or \`m\`; \`g\` only where large files are meant. There is no \`mb\` and no \`1.5m\`.
- Times are whole numbers with \`ms s m h d w\`; a number alone counts seconds. Some take no \`ms\`.
- Switches are \`on\` and \`off\`.
- Variables are replaced only where the documentation says so. Elsewhere \`$x\` is the text “$x”.

Where nginx takes the word and something else happens than was meant, this is a warning: a slash, a comma or \`default_server\` in \`server_name\`,
a network whose address has bits beyond its prefix, a file name extension that gets a second type. A type that \`gzip_types\` has
anyway is worth a note only.

Patterns are compiled by PCRE2 from nginx 1.21.5 on, which is stricter than PCRE was: without a stated version that is a warning.
`,
  sources: [
    'nginx: ngx_conf_set_flag_slot() and its like, ngx_parse_size(), ngx_parse_time(), ngx_parse_url()',
    'nginx: the handlers of listen, server, location, if, return, error_page, access_log, limit_req, …',
    'nginx documentation: Configuration file measurement units',
  ],
  bad: [
    {
      title: 'Values that a blank tears in two, and commas between them',
      files: `
        events {}
        http {
            client_max_body_size 20 m;
                                 ^^^^ a blank tears 20m in two
            server {
                listen 443 ssl http 2;
                               ^^^^^^ a blank tears http2 in two
                ssl_session_cache shared SSL:10m;
                                  ^^^^^^^^^^^^^^ a blank tears shared:SSL:10m in two
                ssl_certificate /etc/ssl/www.pem;
                ssl_certificate_key /etc/ssl/www.key;
                index index.html, index.htm;
                      ^^^^^^^^^^^ index.html, ends in a comma, and so would the name of the file
                location / {
                    try_files $uri $uri/ = 404;
                                           ^^^ 404 is the name of a location here: its code would be =404
                }
                location /files/ {
                    try_files $uri $uri / =404;
                                        ^ the folder / is always there: what stands behind it is never tried
                }
            }
        }
      `,
    },
    {
      title: 'Addresses and URLs with a slip',
      files: `
        events {}
        http {
            upstream shop {
                server 10.0.0,11:8080;
                       ^^^^^^^^^^^^^^ 10.0.0,11:8080 is no IPv4 address
                server 1O.0.0.12:8080 max fails=2;
                       ^^^^^^^^^^^^^^ 1O.0.0.12:8080 is no IPv4 address
                                      ^^^^^^^^^^^ a blank tears max_fails=2 in two
                server 10.0.0.13:8080 rise 2 fall 3;
                                      ^^^^ rise is no parameter of server
            }
            server {
                listen default_server;
                       ^^^^^^^^^^^^^^ default_server stands where listen has its address or port
                listen 8O80;
                       ^^^^ 8O80 is neither a port nor an address
                location / {
                    proxy_pass http::/shop;
                               ^^^^^^^^^^^ http::/shop does not begin with http:// or https://
                }
                location /old/ {
                    proxy_pass http:/10.0.0.9$request_uri;
                               ^^^^^^^^^^^^^^^^^^^^^^^^^^ http:/10.0.0.9$request_uri does not begin with http:// or https://
                }
            }
        }
        stream {
            server {
                listen 9000;
                proxy_bind 10.0.0.2/;
                           ^^^^^^^^^ 10.0.0.2/ is no address
                proxy_pass 10.0.0.14:9000;
            }
        }
      `,
    },
    {
      title: 'Words that are nearly right',
      files: `
        events {}
        http {
            server_tokens offs;
                          ^^^^ server_tokens is offs, not on, off or build
            proxy_next_upstream error non idempotent;
                                      ^^^^^^^^^^^^^^ a blank tears non_idempotent in two
            server {
                listen 80;
                listen 8443 https;
                            ^^^^^ https is no parameter of listen
                ssl_certificate /etc/ssl/www.pem;
                ssl_certificate_key /etc/ssl/www.key;
                access_log no;
                           ^^ access_log writes to a file called no
                if ($request_uri: = /) {
                   ^^^^^^^^^^^^^^ $request_uri: is no variable: its last sign is no letter
                    return 204;
                }
            }
        }
        mail {
            auth_http 10.0.0.7:9000;
            server {
                listen 25;
                protocol SMTP;
                         ^^^^ protocol is SMTP, not smtp, imap or pop3
            }
        }
      `,
    },
    {
      title: 'Variables as other languages write them',
      files: `
        events {}
        http {
            map $http_upgrade upgrading {
                              ^^^^^^^^^ map defines upgrading, which has no $ before its name
                default upgrade;
                '' close;
            }
            map $uri $$is-old {
                     ^^^^^^^^ map defines $$is-old: a name has letters, digits and _ only
                default 0;
                ~^/old/ 1;
            }
            server {
                listen 80;
                location / {
                    proxy_pass http://10.0.0.11:8080;
                    proxy_set_header Host $$host;
                                          ^^^^^^ a $ in $$host stands before no name of a variable
                    proxy_set_header Connection $upgrading;
                    proxy_set_header X-Old $is_old;
                }
            }
        }
      `,
      fixed: `
        events {}
        http {
            map $http_upgrade $upgrading {
                default upgrade;
                '' close;
            }
            map $uri $is_old {
                default 0;
                ~^/old/ 1;
            }
            server {
                listen 80;
                location / {
                    proxy_pass http://10.0.0.11:8080;
                    proxy_set_header Host $host;
                    proxy_set_header Connection $upgrading;
                    proxy_set_header X-Old $is_old;
                }
            }
        }
      `,
    },
    {
      title: 'Units and switches of other languages',
      files: `
        server {
            listen 80;
            server_tokens off;
            gzip yes;
                 ^^^ gzip is yes, not on or off
            client_max_body_size 10mb;
                                 ^^^^ client_max_body_size is 10mb, not a size such as 8k, 1m or 2g
            keepalive_timeout 65sec;
                              ^^^^^ keepalive_timeout is 65sec, not a time such as 500ms, 30s or 5m
            proxy_buffer_size 1.5k;
                              ^^^^ proxy_buffer_size is 1.5k, not a size such as 512, 8k or 1m
            error_log /var/log/nginx/shop.log warning;
                                              ^^^^^^^ the level is warning, not debug, info, notice, warn, error, crit, alert or emerg
        }
      `,
      fixed: `
        server {
            listen 80;
            server_tokens off;
            gzip on;
            client_max_body_size 10m;
            keepalive_timeout 65s;
            proxy_buffer_size 1536;
            error_log /var/log/nginx/shop.log warn;
        }
      `,
    },
    {
      title: 'Parameters and addresses',
      files: `
        upstream app {
            server 10.0.0.11:8080 max_fail=3 fail_timeout=30s;
                                  ^^^^^^^^^^ max_fail= is no parameter of server
            server 10.0.0.300:8080;
                   ^^^^^^^^^^^^^^^ 10.0.0.300:8080 is no IPv4 address
            server http://10.0.0.13:8080;
                   ^^^^^^^^^^^^^^^^^^^^^ http://10.0.0.13:8080 has a scheme, and only an address can stand here
        }
        limit_req_zone $binary_remote_addr zone=login:10m rate=5/s;
                                                          ^^^^^^^^ rate is 5/s, not a rate such as 10r/s or 30r/m
        server {
            listen 80 default-server;
                      ^^^^^^^^^^^^^^ default-server is no parameter of listen
            location / {
                proxy_set_header Host $host;
                proxy_pass app;
                           ^^^ app does not begin with http:// or https://
            }
            location /torn/ {
                proxy_pass http:/app/;
                           ^^^^^^^^^^ http:/app/ does not begin with http:// or https://
            }
        }
      `,
    },
    {
      title: 'Conditions, patterns and lines of data',
      files: `
        map $http_user_agent $is_bot {
            default 0;
            ~*(bot 1;
            ^^^^^^ the pattern ~*(bot has ( without )
            default 1;
            ^^^^^^^ the key default stands twice in this map
        }
        server {
            listen 80;
            server_name https://shop.example.com/;
                        ^^^^^^^^^^^^^^^^^^^^^^^^^ https://shop.example.com/ has a /, so it matches no request
            if ($is_bot == 1) {
                        ^^ nginx compares with =, not ==
                return 403;
            }
            location /images/ {
                valid_referers none ~\\.example\\.com;
                               ^^^^ none needs a name beside it, and a pattern is none
                valid_referers blocked;
            }
            location ~ *.php$ {
                       ^^^^^^ the pattern *.php$ has * with nothing before it to repeat
                fastcgi_pass 127.0.0.1;
                             ^^^^^^^^^ 127.0.0.1 has no port
            }
        }
      `,
    },
    {
      title: 'An alias without a text that it could replace, a root in terms of itself',
      files: `
        server {
            listen 80;
            root /srv/www;
            error_page 404 @missing;
            location @missing {
                alias /srv/www/404.html;
                ^^^^^^^^^^^^^^^^^^^^^^^ alias cannot stand in a named location, which replaces no part of a path
            }
            location /files/ {
                alias /srv/files/;
            }
            location /old/ {
                root $document_root/archive;
                     ^^^^^^^^^^^^^^^^^^^^^^ $document_root is what root defines, and cannot stand in it
            }
        }
      `,
    },
    {
      title: 'Variables where nginx knows none',
      files: `
        events {}
        http {
            map $host $backend {
                default 10.0.0.11;
            }
            error_log /var/log/nginx/$host.log;
                      ^^^^^^^^^^^^^^^^^^^^^^^^ error_log takes no variables, so $host stays in its text
            upstream app {
                server $backend:8080;
                       ^^^^^^^^^^^^^ server takes no variables, so $backend:8080 is the name of a host
            }
            server {
                listen $server_addr:80;
                       ^^^^^^^^^^^^^^^ listen takes no variables, so $server_addr:80 is the name of a host
                resolver $nameserver;
                         ^^^^^^^^^^^ resolver takes no variables, so $nameserver is the name of a host
                server_name $host;
                            ^^^^^ server_name takes no variables, so $host stays in its text
                location / {
                    mirror /copy$request_uri;
                           ^^^^^^^^^^^^^^^^^ mirror takes no variables, so $request_uri stays in its text
                    allow $remote_addr;
                          ^^^^^^^^^^^^ allow takes no variables, and $remote_addr is no address
                    deny all;
                    proxy_set_header Host $host;
                    proxy_pass http://app;
                }
            }
        }
      `,
    },
    {
      title: 'A $ without its name',
      files: `
        server {
            listen 80;
            root /srv/www;
            add_header X-Price "5$";
                               ^^^^ a $ in 5$ stands before no name of a variable
            location / {
                try_files $ uri $uri/ =404;
                          ^^^^^ a blank tears $uri in two
            }
            location /app/ {
                proxy_set_header Host $ host;
                                      ^^^^^^ a blank tears $host in two
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
    },
    {
      title: 'A port with a colon before it',
      files: `
        server {
            listen :8080;
                   ^^^^^ :8080 has no host
            root /srv/www;
        }
      `,
      fixed: `
        server {
            listen 8080;
            root /srv/www;
        }
      `,
    },
    {
      title: 'One address for all of them, and a letter in one',
      files: `
        server {
            listen 80;
            set_real_ip_from l92.168.0.0/16;
                             ^^^^^^^^^^^^^^ l92.168.0.0/16 is no address or network
            set_real_ip_from 0.0.0.0/32;
                             ^^^^^^^^^^ 0.0.0.0/32 is an address that no client has
            real_ip_header X-Forwarded-For;
            root /srv/www;
        }
      `,
    },
    {
      title: 'Hosts of a Referer, and of a map with hostnames',
      files: `
        map $host $shop {
            hostnames;
            default 0;
            *.example.com 1;
            .example.com 2;
            ^^^^^^^^^^^^ the key .example.com stands twice in this map
            shop.*.org 3;
            ^^^^^^^^^^ shop.*.org is no host, *.host or host.*
        }
        server {
            listen 80;
            server_name shop.example.com;
            location ~ \\.(?:png|jpg)$ {
                valid_referers none, server_name https://example.org/;
                               ^^^^^ none, is here the name of a host
                                     ^^^^^^^^^^^ server_name is here the name of a host
                                                 ^^^^^^^^^^^^^^^^^^^^ https://example.org/ matches no Referer: hosts are compared without scheme and port
            }
            location ~ \\.mp4$ {
                valid_referers server_names SHOP.example.com *.example.net *.Example.net example.*.de;
                                            ^^^^^^^^^^^^^^^^ the host SHOP.example.com is a name of this server, and server_names brings it
                                                                           ^^^^^^^^^^^^^ the host *.Example.net stands twice in valid_referers
                                                                                         ^^^^^^^^^^^^ example.*.de is no host, *.host or host.*
            }
        }
      `,
    },
    {
      title: 'Mail',
      files: `
        events {}
        mail {
            auth_http 10.0.0.9/auth;
            ssl_certificate mail.pem;
            ssl_certificate_key mail.key;
            starttls on;
            server {
                listen 143;
                protocol imap;
                starttls only;
                ssl on;
                    ^^ ssl cannot be on where starttls is
            }
        }
      `,
      facts: { nginx: '1.22.1' },
    },
    {
      title: 'Logs',
      files: `
        error_log syslog:server=10.0.0.9,facility=local9 warn;
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the address of the syslog server: local9 is no facility such as local7
        error_log /var/log/nginx/error.log warn error;
                                                ^^^^^ error_log has the level warn already
        events {
            worker_connections 0;
                               ^ worker_connections is 0, not a whole number of at least 1
        }
        http {
            access_log syslog:server=10.0.0.9,tag=my-shop;
                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the address of the syslog server: the tag my-shop has more than letters, digits and _
            access_log syslog:facility=local7;
                       ^^^^^^^^^^^^^^^^^^^^^^ the address of the syslog server has no server=
            access_log /var/log/nginx/a.log combined buffer=0;
                                                     ^^^^^^^^ buffer=0 is no size or time above 0
            access_log /var/log/nginx/$host.log combined buffer=32k;
                                                         ^^^^^^^^^^ a log with variables in its path cannot be buffered
        }
      `,
    },
    {
      title: 'Patterns that PCRE refuses, and redirects without a proxy_pass above them',
      files: `
        server {
            listen 80;
            location ~ ^/(?<user>[z-a]+)/ {
                       ^^^^^^^^^^^^^^^^^^ the pattern ^/(?<user>[z-a]+)/ has z-a, a range that runs backwards
                return 204;
            }
            location ~ ^/(?<id>\\d+)/(?<id>\\d+)$ {
                       ^^^^^^^^^^^^^^^^^^^^^^^^ the pattern ^/(?<id>\\d+)/(?<id>\\d+)$ names two groups id
                return 204;
            }
            location ~ ^/(?<host>[^/]+)/ {
                       ^^^^^^^^^^^^^^^^^ the pattern ^/(?<host>[^/]+)/ names a group host, a variable of nginx itself
                return 204;
            }
            location / {
                proxy_set_header Host $host;
                proxy_redirect default;
                               ^^^^^^^ proxy_redirect default stands above no proxy_pass that it could follow
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
    {
      title: 'Taken with a warning, and with a shrug',
      files: `
        types {
            text/html html htm;
            application/xhtml+xml html;
                                  ^^^^ the extension html is text/html above, and this replaces it
        }
        map $http_upgrade $connection_upgrade {
            defualt upgrade;
            ^^^^^^^ defualt is a value like any other here, and the map has no default
            "" close;
        }
        ssi_types text/css, text/xml;
                  ^^^^^^^^^ text/css, ends in a comma, and no response has such a type
        gzip_types text/css text/html;
                            ^^^^^^^^^ text/html is among the types without being named
        server {
            listen 80;
            location ~ ^/[\\w-.]+$ {
                       ^^^^^^^^^^ the pattern ^/[\\w-.]+$ has \\w-., and no range can begin or end so
                return 204;
            }
        }
      `,
    },
    {
      title: 'Slips in addresses, and in words that stand for a number or an address',
      files: `
        worker_processes autoo;
                         ^^^^^ worker_processes is autoo, not auto or a whole number of at least 1
        events {}
        http {
            upstream app {
                server 10.0.0.11::8080;
                       ^^^^^^^^^^^^^^^ 10.0.0.11::8080 has more than one colon
                server http://10.0.0.12:8080;
                       ^^^^^^^^^^^^^^^^^^^^^ http://10.0.0.12:8080 has a scheme, and only an address can stand here
            }
            server {
                listen 80;
                location /a/ {
                    deny al;
                         ^^ al is no address or network and not all
                    proxy_pass http:/app;
                               ^^^^^^^^^ http:/app does not begin with http:// or https://
                }
                location /b/ {
                    expires maxx;
                            ^^^^ expires is maxx, not epoch, max, off or a time in whole seconds such as 30s, 5m or 1d
                    proxy_pass htps://10.0.0.11:8080/;
                               ^^^^^^^^^^^^^^^^^^^^^^ htps://10.0.0.11:8080/ does not begin with http:// or https://
                }
            }
        }
      `,
      fixed: `
        worker_processes auto;
        events {}
        http {
            upstream app {
                server 10.0.0.11:8080;
                server 10.0.0.12:8080;
            }
            server {
                listen 80;
                location /a/ {
                    deny all;
                    proxy_pass http://app;
                }
                location /b/ {
                    expires max;
                    proxy_pass https://10.0.0.11:8080/;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The greatest number that nginx reads',
      files: 'worker_rlimit_nofile 9223372036854775807;\nevents {}\nhttp {}\n',
    },
    {
      title: 'A port that the records of the service bring',
      files: `
        events {}
        stream {
            resolver 10.0.0.53;
            upstream db {
                zone db 64k;
                server db.example.com service=mysql resolve;
            }
            server {
                listen 3306;
                proxy_pass db;
            }
        }
      `,
    },
    {
      title: 'Everything that nginx takes, however odd it looks',
      files: `
        map $http_host $name {
            hostnames;
            default other;
            *.example.com shop;
            "~^(?<sub>[a-z]{2,3})\\.example\\.org$" $sub;
            \\default x;
        }
        upstream app {
            zone app 64k;
            server 10.0.0.11:8080 weight=5 max_fails=0 max_conns=100;
            server [2001:db8::1]:8080 backup;
            server unix:/run/app.sock;
            server 10.0.0.12;
            server 10.0.0.013:8080;
        }
        proxy_cache_path /var/cache/nginx levels=1:2 keys_zone=shop:10m max_size=10g "inactive=1h 30m";
        limit_req_zone $binary_remote_addr zone=login:10m rate=30r/m;
        server {
            listen [::]:8080 ipv6only=on so_keepalive=30m::10;
            listen 8000-8010;
            server_name "" _ .example.com www.example.* ~^(www\\.)?(.+)$;
            gzip ON;
            client_body_timeout 1m30s;
            keepalive_timeout 0;
            expires -1;
            error_page 500 502 =200 /oops.html;
            if ($http_cookie ~* "id=([^;]+)(?:;|$)") {
                return 403;
            }
            location ~* \\.(?:css|js)$ {
                limit_rate $rate_of_client;
                expires modified +24h;
                try_files $uri =404;
            }
            location / {
                limit_req zone=login burst=5 nodelay;
                proxy_cache_valid 200 301 10m;
                proxy_set_header Host $host;
                proxy_pass http://app;
            }
        }
      `,
    },
    {
      title: 'Hosts of a Referer with paths, and keys of a map that are no hosts',
      files: `
        map $uri $moved {
            default "";
            /all/* /all;
            .example.com /dotted;
            example.com /plain;
            \\default /word;
        }
        map $arg_theme $style {
            defaults plain;
            dark night;
        }
        map $arg_lang $folder {
            default en;
            Default de;
        }
        server {
            listen 80;
            server_name shop.example.com;
            location ~ \\.(?:png|jpg)$ {
                valid_referers server_names .example.org example.net/shop/ www.example.* localhost;
                valid_referers *.example.net ~\\.example\\.;
                if ($invalid_referer) {
                    return 403;
                }
            }
        }
      `,
    },
    {
      title: 'Names that a shell fills in, and variables where nginx knows them',
      files: `
        upstream app {
            server $BACKEND:8080;
        }
        server {
            listen $ADDRESS:80;
            resolver $NAMESERVER;
            server_name $hostname ~^(?<tenant>[a-z]+)\\.example\\.com$;
            root /srv/$tenant;
            index $tenant.html index.html;
            access_log /var/log/nginx/$tenant.log;
            secure_link_secret "5$a";
        }
      `,
    },
    {
      title: 'A variable that brings the rest of the scheme',
      files: `
        map $cookie_tls $s {
            default "";
            1       s;
        }
        upstream app {
            server 10.0.0.11:8080;
        }
        server {
            listen 80;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            location / {
                proxy_pass http$s://app;
            }
            location ~ ^/fetch(/(?:a|b).example/.*)$ {
                proxy_pass https:/$1;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, says, meant, isDoubtful, severity, help, reads } of model.usage.faults) {
      if (reads !== undefined && !isMeant(reads, model)) continue;
      yield {
        at,
        message: says,
        ...(severity ? { severity } : {}),
        ...(help === undefined ? {} : { help }),
        ...(meant === undefined
          ? {}
          : {
              label: `did you mean ${meant}?`,
              fix: {
                title: `replace it by ${meant}`,
                safe: !isDoubtful,
                edits: [{ ...at, text: quotedLike(at, meant) }],
              },
            }),
      };
    }
  },
});
