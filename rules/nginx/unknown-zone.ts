import { groupBy } from '../../grammar/group-by.ts';
import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import type { Ground } from '../../src/model/located.ts';
import { definedZones, isGuessed, usedZones, type Zone } from '../../src/model/nginx/index.ts';
import { suggest } from '../../src/model/suggest.ts';

const definedBy = (kind: string): string => (kind.endsWith('_cache') ? `${kind}_path` : `${kind}_zone`);

export default rule({
  scope: 'nginx',
  id: 'unknown-zone',
  severity: 'error',
  summary: 'A zone is used that nothing gives a size',
  absence: true,
  why: `
nginx does not start: \`zero size shared memory zone "lgoin"\` without a line, or \`"proxy_cache" zone "shop" is unknown\` with the
line on which http ends. A zone gets its size by \`limit_req_zone\`, \`limit_conn_zone\` or \`proxy_cache_path … keys_zone=\`, and serves
that kind of use only: the zone of a request limit is none for connections.
`,
  sources: ['nginx: ngx_init_zone_pool(), ngx_http_proxy_merge_loc_conf(), ngx_http_limit_req()'],
  bad: [
    {
      title: 'Two letters swapped, and a zone of another kind',
      files: `
        events {}
        http {
            limit_req_zone $binary_remote_addr zone=login:10m rate=5r/s;
            server {
                listen 80;
                limit_req zone=lgoin burst=5;
                               ^^^^^ no limit_req_zone defines the zone lgoin
                limit_conn login 10;
                           ^^^^^ no limit_conn_zone defines the zone login
                return 204;
            }
            upstream app {
                zone app;
                     ^^^ no upstream gives the zone app a size
                server 10.0.0.11;
            }
        }
      `,
    },
    {
      title: 'A misspelt off, and what a cache is purged by',
      files: `
        events {}
        http {
            proxy_cache_path /var/cache/nginx keys_zone=shop:10m;
            server {
                listen 80;
                proxy_cache shop;
                location /cart/ {
                    proxy_cache offf;
                                ^^^^ no proxy_cache_path defines the zone offf
                    proxy_set_header Host $host;
                    proxy_pass http://10.0.0.11;
                }
                location ~ ^/purge(/.*)$ {
                    proxy_cache_purge shpo $host$1;
                                      ^^^^ no proxy_cache_path defines the zone shpo
                }
            }
        }
      `,
      fixed: `
        events {}
        http {
            proxy_cache_path /var/cache/nginx keys_zone=shop:10m;
            server {
                listen 80;
                proxy_cache shop;
                location /cart/ {
                    proxy_cache off;
                    proxy_set_header Host $host;
                    proxy_pass http://10.0.0.11;
                }
                location ~ ^/purge(/.*)$ {
                    proxy_cache_purge shop $host$1;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Defined after its use, switched off, chosen by a variable',
      files: `
        events {}
        http {
            server {
                listen 80;
                proxy_cache shop;
                limit_req zone=login;
                location /a/ {
                    proxy_cache off;
                    return 204;
                }
                location /b/ {
                    proxy_cache $cache;
                    return 204;
                }
            }
            proxy_cache_path /var/cache/nginx keys_zone=shop:10m;
            limit_req_zone $binary_remote_addr zone=login:10m rate=5r/s;
            map $uri $cache {
                default shop;
            }
        }
      `,
    },
  ],
  *check({ named, mayDefine }) {
    const home = (module: string): readonly Ground[] =>
      named(module).map(({ directive }) => headSpan(directive));
    const keyOf = ({ module, kind }: Zone): string => `${module} ${kind}`;
    const defined = groupBy(definedZones(named), keyOf);
    for (const zone of usedZones(named)) {
      const { name, kind } = zone;
      const same = defined.get(keyOf(zone)) ?? [];
      if (same.some((each) => each.name.value === name.value)) continue;
      if (kind !== 'upstream' && mayDefine(definedBy(kind), name.value)) continue;
      const off = kind.endsWith('_cache') ? ['off'] : [];
      const near = suggest(name.value, [...same.map((each) => each.name.value), ...off]);
      yield {
        at: name.at,
        message:
          kind === 'upstream'
            ? `no upstream gives the zone ${name.value} a size`
            : `no ${definedBy(kind)} defines the zone ${name.value}`,
        // Its definition is missing where it could stand, and so says who compares it with another node.
        grounds: [
          [name.at, ...home(zone.module).map((at) => ({ ...at, lacks: `${definedBy(kind)} ${name.value}` }))],
        ],
        help: 'nginx does not start',
        ...(near
          ? {
              label: `did you mean ${near.word}?`,
              fix: {
                title: `replace it by ${near.word}`,
                safe: near.certain && ![zone, ...same].some(({ statement }) => isGuessed(statement)),
                edits: [{ ...name.at, text: near.word }],
              },
            }
          : {}),
      };
    }
  },
});
