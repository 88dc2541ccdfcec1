import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { families, type Statement } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'cache-without-buffering',
  severity: 'error',
  summary: 'A cache is in use without buffering, so that it stays empty',
  why: `
What nginx does not buffer it cannot store. With \`proxy_buffering off;\` every request of the location is a \`MISS\` and goes to the
backend, and the cache is dead weight. Nothing is logged.

Switch buffering off only in the locations that need it, such as those for events, and the cache off there.
`,
  sources: [
    'nginx: ngx_http_upstream_send_response()',
    'nginx documentation: ngx_http_proxy_module (proxy_buffering)',
  ],
  bad: [
    {
      title: 'Both in one location',
      files: `
        proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
        server {
            listen 80;
            proxy_buffering off;
            ^^^^^^^^^^^^^^^^^^^ nothing gets into the cache without buffering
            location / {
                proxy_cache pages;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'In different locations',
      files: `
        proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
        server {
            listen 80;
            proxy_cache pages;
            location / {
                proxy_pass http://10.0.0.11;
            }
            location /events/ {
                proxy_cache off;
                proxy_buffering off;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  *check({ named, inForce }) {
    for (const family of families) {
      if (named(`${family}_cache`).length === 0) continue;
      const isOff = ({ directive }: Statement): boolean => directive.args[0]?.text.toLowerCase() === 'off';
      if (!named(`${family}_buffering`).some(isOff)) continue;
      const said = new Set<Statement>();
      for (const { parent } of named(`${family}_pass`)) {
        const [cache] = inForce(parent, `${family}_cache`);
        const [buffering] = inForce(parent, `${family}_buffering`);
        if (!cache || !buffering || isOff(cache) || !isOff(buffering) || said.has(buffering)) continue;
        said.add(buffering);
        yield {
          at: headSpan(buffering.directive),
          message: 'nothing gets into the cache without buffering',
          related: [{ at: headSpan(cache.directive), note: 'is in use here' }],
          help: `switch ${family}_buffering off only where ${family}_cache is off as well`,
        };
      }
    }
  },
});
