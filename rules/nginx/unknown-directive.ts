import { groupBy } from '../../grammar/group-by.ts';
import { rule } from '../../src/lint/rule.ts';
import { atPlace, type UnknownName, unknownIn } from '../../src/model/nginx/index.ts';
import { showVersion } from '../../src/model/version.ts';

/** Of the other places of a name, so many are shown. */
const mostPlaces = 4;

function fixOf({ at, near, certain, fits = false, text = near, kind }: UnknownName) {
  if (kind === 'sign') return { fix: { title: 'leave it out', safe: true, edits: [{ ...at, text: '' }] } };
  if (kind === 'doubled')
    return { fix: { title: 'leave one out', safe: true, edits: [{ ...at, text: '' }] } };
  if (near === undefined || text === undefined) return {};
  const label = text === near ? `did you mean ${near}?` : `did you mean ${text.trim()}?`;
  if (!certain) return { label };
  return { label, fix: { title: `replace it by ${text}`, safe: fits, edits: [{ ...at, text }] } };
}

/** What is wrong with the words of a name that nginx knows. */
const says: Partial<Record<NonNullable<UnknownName['kind']>, string>> = {
  sign: 'takes no sign after it',
  split: 'is written in two words',
  swapped: 'stands behind its value',
  doubled: 'has a word that stands twice',
};

export default rule({
  scope: 'nginx',
  id: 'unknown-directive',
  severity: 'error',
  summary: 'nginx does not know a directive',
  why: `
nginx stops at the first name that it does not know (\`unknown directive "servr"\`): it does not start, and a reload keeps the
old configuration until the next start fails. It reports the line on which the statement *ends*, and one name at a time.

Names of all modules that are known to us are accepted, those of NGINX Plus, of OpenResty and of other modules too: whether
such a module is loaded is for \`nginx -t\` to say. Where the version is stated, a directive that came later is reported.

When the name is near to just one that may stand there, the statement is taken for what it was meant to be, and all that is in
its block is checked.
`,
  sources: ['nginx: ngx_conf_handler()', 'nginx documentation: alphabetical index of directives'],
  bad: [
    {
      title: 'A blank one letter off; of a number nobody can say',
      files: `
        events {}
        http {
            inclde /etc/nginx/mime.types;
            ^^^^^^ nginx knows no directive inclde
            keepalive_timeout1 20s;
            ^^^^^^^^^^^^^^^^^^^^^^ nginx knows no directive keepalive_timeout1
            server {
                liste n80;
                ^^^^^^^^^ nginx knows no directive liste
                location/ img {
                ^^^^^^^^^^^^^ nginx knows no directive location/
                    denya ll;
                    ^^^^^ nginx knows no directive denya
                }
                location= /up {
                ^^^^^^^^^ nginx knows no directive location=
                    return 204;
                }
            }
        }
      `,
      fixed: `
        events {}
        http {
            include /etc/nginx/mime.types;
            keepalive_timeout 120s;
            server {
                listen 80;
                location /img {
                    deny ll;
                }
                location = /up {
                    return 204;
                }
            }
        }
      `,
    },
    {
      title: 'The name, and then what is behind it',
      files: `
        events {}
        http {
            server {
                location / {
                    proxy_passs http://10.0.0.11:http-alt;
                    ^^^^^^^^^^^ nginx knows no directive proxy_passs
                }
            }
        }
      `,
      fixed: `
        events {}
        http {
            server {
                location / {
                    proxy_pass http://10.0.0.11:http-alt;
                }
            }
        }
      `,
    },
    {
      title: 'One letter each; what is in the block is checked all the same',
      files: `
        events {}
        http {
            servr {
            ^^^^^ nginx knows no directive servr
                listen 80;
                locaton / {
                ^^^^^^^ nginx knows no directive locaton
                    proxy-pass http://10.0.0.11:8080;
                    ^^^^^^^^^^ nginx knows no directive proxy-pass
                }
            }
        }
      `,
      fixed: `
        events {}
        http {
            server {
                listen 80;
                location / {
                    proxy_pass http://10.0.0.11:8080;
                }
            }
        }
      `,
    },
    {
      title: 'A blank that is missing, and an equals sign of another language',
      files: `
        worker_processes=4;
        ^^^^^^^^^^^^^^^^^^ nginx knows no directive worker_processes=4
        events {}
        http {
            server {
                listen 80;
                if($host = example.com) {
                ^^^^^^^^ nginx knows no directive if($host
                    return 301 https://www.example.com$request_uri;
                }
                else {
                ^^^^ nginx knows no directive else
                    return 404;
                }
            }
        }
      `,
    },
    {
      title: 'A blank that is missing, a blank too many, words that changed places, a word twice',
      files: `
        events {}
        http {
            keepalive_timeout65;
            ^^^^^^^^^^^^^^^^^^^ nginx knows no directive keepalive_timeout65
            gzip _types text/css;
            ^^^^^^^^^^^ gzip_types is written in two words
            set real_ip_from 10.0.0.5;
            ^^^^^^^^^^^^^^^^ set_real_ip_from is written in two words
            server {
                listen 80;
                access_log = off;
                           ^^ access_log takes no sign after it
                location /admin/ {
                    all deny;
                    ^^^^^^^^ deny stands behind its value
                }
                location / {
                    proxy_pass proxy_pass http://10.0.0.7:8080;
                              ^^^^^^^^^^^ proxy_pass has a word that stands twice
                }
            }
        }
      `,
      fixed: `
        events {}
        http {
            keepalive_timeout 65;
            gzip_types text/css;
            set_real_ip_from 10.0.0.5;
            server {
                listen 80;
                access_log off;
                location /admin/ {
                    deny all;
                }
                location / {
                    proxy_pass http://10.0.0.7:8080;
                }
            }
        }
      `,
    },
    {
      title:
        'A comma or a number that hangs on the name, and blanks for the underscore of a name that nginx has',
      files: `
        events {
            worker_connections,1024;
            ^^^^^^^^^^^^^^^^^^^^^^^ nginx knows no directive worker_connections,1024
        }
        http {
            open_file_cache_errors,on;
            ^^^^^^^^^^^^^^^^^^^^^^^^^ nginx knows no directive open_file_cache_errors,on
            proxy cache_path /var/cache/nginx keys_zone=pages:10m;
            ^^^^^^^^^^^^^^^^ proxy_cache_path is written in two words
            upstream shop {
                server => 10.0.0.11:8080;
                       ^^^ server takes no sign after it
            }
            server {
                listen 80;
                location / {
                    proxy_pass http://shop;
                    proxy_cache pages;
                    proxy_cache_valid200 302 10m;
                    ^^^^^^^^^^^^^^^^^^^^ nginx knows no directive proxy_cache_valid200
                }
            }
        }
      `,
      fixed: `
        events {
            worker_connections 1024;
        }
        http {
            open_file_cache_errors on;
            proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
            upstream shop {
                server 10.0.0.11:8080;
            }
            server {
                listen 80;
                location / {
                    proxy_pass http://shop;
                    proxy_cache pages;
                    proxy_cache_valid 200 302 10m;
                }
            }
        }
      `,
    },
    {
      title:
        'Names that other programs have, which near letters would lead elsewhere, and marks before a name',
      files: `
        events {}
        http {
            backend shop {
            ^^^^^^^ nginx knows no directive backend
                server 10.0.0.11:8080;
            }
            server {
                listen 443 ssl;
                ssl_cert /etc/ssl/www.pem;
                ^^^^^^^^ nginx knows no directive ssl_cert
                ssl_certificate_key /etc/ssl/www.key;
                DocumentRoot /srv/www;
                ^^^^^^^^^^^^ nginx knows no directive DocumentRoot
                ! expires 1d;
                ^ nginx knows no directive !
            }
        }
      `,
    },
    {
      title: 'What is left of a page that leaves things out, and a capital letter',
      files: `
        Server {
        ^^^^^^ nginx knows no directive Server
            [...]
            ^^^^^ nginx knows no directive [...]
            listen 80;
            location/ {
            ^^^^^^^^^ nginx knows no directive location/
                return 204;
            }
        }
      `,
    },
    {
      title: 'A directive that the stated version does not have yet',
      facts: { nginx: '1.22.1' },
      files: `
        events {}
        http {
            server {
                listen 443 ssl;
                http2 on;
                ^^^^^ nginx knows http2 since 1.25.1, this is 1.22.1
                ssl_certificate /etc/ssl/a.pem;
                ssl_certificate_key /etc/ssl/a.key;
            }
        }
      `,
    },
    {
      title: 'A name of nobody in two places, and a line of text',
      files: `
        server {
            listen 80;
            *.gzip*
            ^^^^^^^ nginx knows no directive *.gzip*
            location /a {
                weather_report on;
                ^^^^^^^^^^^^^^ nginx knows no directive weather_report
            }
            location /b {
                weather_report off;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A module that is loaded and unknown to us: its directives may be any',
      files: `
        load_module modules/ngx_http_weather_module.so;
        events {}
        http {
            weather_station /etc/nginx/station.toml;
            server {
                listen 80;
                location / {
                    weather_report on;
                }
            }
        }
      `,
    },
    {
      title: 'Modules of others, NGINX Plus, and lines of data',
      files: `
        load_module modules/ngx_http_headers_more_filter_module.so;
        events {}
        rtmp {
            server {
                listen 1935;
                application live {
                    live on;
                }
            }
        }
        http {
            map $http_user_agent $is_bot {
                default 0;
                servr 1;
            }
            vhost_traffic_status_zone;
            vod_metadata_cache vod 64m;
            brotli on;
            init_by_lua_block {
                servr = 1
            }
            metric_complex_zone requests:128k {
                shop count;
            }
            upstream shop {
                server 192.0.2.10;
                sticky cookie shop_id;
                sticky_secret $hostname;
            }
            server {
                listen 80;
                http2 on;
                coraza on;
                more_set_headers "Server: shop";
                location / {
                    content_by_lua_block {
                        ngx.say("hello")
                    }
                }
            }
        }
      `,
    },
    {
      title: 'A fragment that holds data for a map says nothing of its kind',
      files: `
        example.com shop;
        www.example.com shop;
        example.org portal;
      `,
    },
  ],
  *check({ usage, version }) {
    const nameOf = ({ statement }: UnknownName): string =>
      statement.slip?.written ?? statement.directive.name.text;
    const places = groupBy(
      usage.unknown.filter(({ near, kind }) => near === undefined && !kind),
      nameOf,
    );
    for (const found of usage.unknown) {
      const { statement, at, since, near, kind } = found;
      const name = nameOf(found);
      // A version or a module that is not there is one cause, however often its words are used.
      const all = near === undefined && !kind ? places.get(name)! : [found];
      if (found !== all[0]) continue;
      const related = all.slice(1, 1 + mostPlaces).map((each) => ({ at: each.at, note: 'and here' }));
      if (since !== undefined) {
        yield {
          at,
          message: `nginx knows ${name} since ${since}, this is ${showVersion(version!)}`,
          help: 'nginx does not start with a directive that it does not know',
          related,
        };
        continue;
      }
      const isElse = /^(?:else|elseif|elif|elsif)\b/.test(name);
      yield {
        at,
        message:
          kind && says[kind]
            ? `${found.near} ${says[kind]}`
            : `nginx knows no directive ${name.length > 40 ? `${name.slice(0, 39)}…` : name}`,
        ...(isElse ? { help: 'nginx has no else; a map chooses between values' } : fixOf(found)),
        ...(isElse || found.near
          ? {}
          : { help: `none of that name may stand ${atPlace(statement.context)}` }),
        related,
        grounds: [
          [
            at,
            // What is no directive needs no semicolon: it is text without the mark of a comment.
            ...(near === undefined ? [{ ...at, lacks: ';', isStray: true }] : []),
            ...(found.certain ? [] : unknownIn(statement, near)),
          ],
        ],
      };
    }
  },
});
