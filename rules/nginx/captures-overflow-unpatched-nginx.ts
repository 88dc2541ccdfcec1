import { rule } from '../../src/lint/rule.ts';
import { overflows } from '../../src/model/nginx/index.ts';
import { showVersion } from '../../src/model/version.ts';

export default rule({
  scope: 'nginx',
  id: 'captures-overflow-unpatched-nginx',
  severity: 'warning',
  risk: 8.1,
  summary: 'Groups are read in a way in which an nginx of this version fails to guard its memory',
  why: `
nginx puts a text with variables together in two steps: it measures, then copies. Three mistakes made it measure too little, so that
a request can crash a worker, or worse:

- a \`rewrite\` with a query and without a flag, and after it a \`set\` or \`if\` that reads \`$1\`, or a \`rewrite\` that has a variable
  beside it (mended in 1.30.1 and 1.31.0);
- a \`rewrite\` that redirects, or has a query, with two groups of which one lies in the other (1.30.2, 1.31.1);
- \`$1\` and behind it, in the same text, the variable of a map whose patterns have groups (1.30.4, 1.31.3).

With \`slice\` a fourth one can give parts of its memory away where \`$1\` is read again for a further slice (since 1.15.8, mended in 1.30.4
and 1.31.3).

Update nginx. Packages of distributions carry the mends under an older number: a version that is stated as the package calls it,
\`1.22.1-9+deb12u3\`, is not judged. Until then groups with names avoid all four:
\`(?<name>…)\` and \`$name\`.
`,
  sources: [
    'nginx: CHANGES with 1.30.1, 1.30.2 and 1.30.4',
    'nginx security advisories: CVE-2026-42945, CVE-2026-9256, CVE-2026-42533, CVE-2026-60005',
    'nginx: ngx_http_script_copy_capture_len_code()',
  ],
  bad: [
    {
      title: 'A group in what is asked of a backend, slice by slice',
      facts: { nginx: '1.28.0' },
      files: `
        events {}
        http {
            server {
                listen 80;
                location ~ ^/films/(\\d+)/ {
                    slice 1m;
                    proxy_set_header Host $host;
                    proxy_set_header Range $slice_range;
                    proxy_set_header X-Film $1;
                                            ^^ nginx 1.28.0 discloses its memory here, CVE-2026-60005
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
    {
      title: 'All three, in a version that has them',
      facts: { nginx: '1.28.0' },
      files: `
        events {}
        http {
            map $http_accept $kind {
                default html;
                ~^(\\w+)/json json;
            }
            server {
                listen 80;
                location ~ ^/shop/(\\w+)/ {
                    return 302 /$1/$kind;
                               ^^^^^^^^^ nginx 1.28.0 writes beyond its memory here, CVE-2026-42533
                }
                location /a/ {
                    rewrite ^/a/(.*)$ /b?x=1;
                    set $name $1;
                              ^^ nginx 1.28.0 writes beyond its memory here, CVE-2026-42945
                }
                location /more/ {
                    rewrite ^/more/(\\d+) /m/$1?x=$host;
                    rewrite ^/m/(.*)$ /$host/$1;
                                      ^^^^^^^^^ nginx 1.28.0 writes beyond its memory here, CVE-2026-42945
                }
                location /test/ {
                    rewrite ^/test/ /t?x=1;
                    if ($args ~ by=(.*)) {
                        set $by $1;
                                ^^ nginx 1.28.0 writes beyond its memory here, CVE-2026-42945
                    }
                }
                location /c/ {
                    rewrite ^/c/((.*)/x)$ https://www.example.com/$1?by=$2 redirect;
                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ nginx 1.28.0 writes beyond its memory here, CVE-2026-9256
                }
                location /u/ {
                    rewrite (*UTF)^/u/((.*)/x)$ https://www.example.com/$1$2;
                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ nginx 1.28.0 writes beyond its memory here, CVE-2026-9256
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Groups with names, a flag, no query, groups beside each other',
      facts: { nginx: '1.28.0' },
      files: `
        events {}
        http {
            map $http_accept $kind {
                default html;
                text/html html;
            }
            server {
                listen 80;
                location ~ ^/shop/(\\w+)/ {
                    return 302 /$1/$kind;
                }
                location /a/ {
                    rewrite ^/a/(?<first>\\w+)/(?<rest>\\w+)$ /b?x=$rest;
                    set $name $first;
                }
                location /b/ {
                    rewrite ^/b/(.*)/(.*)$ /c/$2?;
                    set $name $1;
                }
                location /c/ {
                    rewrite ^/c/(\\w+)/(\\w+)$ https://www.example.com/$1?by=$2 redirect;
                }
                location /twice/ {
                    rewrite ^/twice/((\\w+)/.*)$ https://www.example.com/$1?by=$2&of=$1 redirect;
                }
                location /e/ {
                    rewrite ^/e/(\\d+)$ /f?x=1;
                    set $number $1;
                }
                location /more/ {
                    rewrite ^/more/(.*)$ /m/$1?x=$host;
                    rewrite ^/m/(.*)$ /plain/$1;
                    rewrite ^/n/(\\d+)$ /$host/$1;
                    rewrite ^/o/(.*)$ /$host?of=$1;
                    rewrite ^/p/(.*)$ /$host/$1 redirect;
                    rewrite ^/q/(.*)$ /$host last;
                }
                location /d/ {
                    rewrite ^/d/(\\w+)/(\\w+)$ /e?x=$2 break;
                    proxy_set_header X-Name $1;
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
    {
      title: 'No slices, and a group that is read before them',
      facts: { nginx: '1.28.0' },
      files: `
        events {}
        http {
            slice 1m;
            server {
                listen 80;
                location ~ ^/films/(\\d+)/ {
                    slice 0;
                    proxy_set_header Host $host;
                    proxy_set_header X-Film $1;
                    proxy_pass http://10.0.0.11;
                }
                location ~ ^/songs/(\\d+)/ {
                    set $song $1;
                    proxy_set_header Host $host;
                    proxy_set_header X-Song $song;
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
    {
      title: 'A version without the mistakes',
      facts: { nginx: '1.30.4' },
      files: `
        server {
            listen 80;
            location /a/ {
                rewrite ^/a/(\\w+)/(\\w+)$ /b?x=$2;
                set $name $1;
                rewrite ^/c/((\\w+)/\\w*)$ https://www.example.com/$1?by=$2 redirect;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, cve, effect, fixed, cause } of overflows(model)) {
      yield {
        at,
        message: `nginx ${showVersion(model.version!)} ${effect} here, ${cve}`,
        related: [cause],
        help: `mended in ${fixed.join(' and ')}, and perhaps in your package; until then use groups with names`,
      };
    }
  },
});
