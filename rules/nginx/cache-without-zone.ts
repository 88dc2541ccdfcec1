import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { families, familyIn, type Statement } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'cache-without-zone',
  severity: 'warning',
  summary: 'A location says how long answers are kept, and none is kept',
  absence: true,
  why: `
\`proxy_cache_valid\` and its relatives only say how; \`proxy_cache\` with the name of a zone is what turns the cache on. Without it every
request goes to the backend, which \`nginx -t\` says nothing about and which shows when the load comes.

Write \`proxy_cache_path\` into \`http\`, and \`proxy_cache\` with the name of its zone into the location.
`,
  sources: [
    'nginx documentation: ngx_http_proxy_module (proxy_cache, proxy_cache_valid)',
    'nginx: ngx_http_proxy_merge_loc_conf()',
  ],
  bad: [
    {
      title: 'No zone, neither here nor around it',
      files: `
        events {}
        http {
            proxy_cache_path /var/cache/nginx keys_zone=files:10m;
            server {
                listen 80;
                location /assets/ {
                    proxy_set_header Host $host;
                    proxy_cache_valid 200 1h;
                    ^^^^^^^^^^^^^^^^^^^^^^^^ nothing is kept here: no proxy_cache names a zone
                    proxy_cache_valid 404 1m;
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A zone of the server, of a location within, and a cache that was turned off',
      files: `
        events {}
        http {
            proxy_cache_path /var/cache/nginx keys_zone=files:10m;
            proxy_set_header Host $host;
            server {
                listen 80;
                server_name a.example.com;
                proxy_cache files;
                location / {
                    proxy_cache_valid 200 1h;
                    proxy_pass http://10.0.0.11;
                }
                location /now/ {
                    proxy_cache off;
                    proxy_cache_valid 200 1h;
                    proxy_pass http://10.0.0.11;
                }
            }
            server {
                listen 80;
                server_name b.example.com;
                proxy_cache_valid 200 1h;
                location / {
                    proxy_pass http://10.0.0.11;
                }
                location /assets/ {
                    proxy_cache_valid 200 1h;
                    proxy_pass http://10.0.0.11;
                    location ~ \\.png$ {
                        proxy_cache files;
                        proxy_pass http://10.0.0.11;
                    }
                }
            }
        }
      `,
    },
  ],
  *check({ named, inForce }) {
    const said = new Set<Statement>();
    for (const family of families) {
      const zone = `${family}_cache`;
      const zoned = new Set<Statement>();
      for (const { parent } of named(zone)) for (let at = parent; at; at = at.parent) zoned.add(at);
      for (const { directive, parent: level } of named(`${family}_cache_valid`)) {
        if (level?.name !== 'location' || said.has(level) || familyIn(level) !== family) continue;
        said.add(level);
        if (zoned.has(level) || inForce(level, zone).length > 0) continue;
        yield {
          at: headSpan(directive),
          message: `nothing is kept here: no ${zone} names a zone`,
          help: `write ${zone} with the name of a zone`,
        };
      }
    }
  },
});
