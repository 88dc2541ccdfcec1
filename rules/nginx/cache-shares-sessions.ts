import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { families, isAmongFiles, type Statement } from '../../src/model/nginx/index.ts';

/** Variables by which a user is told from another one, and all that the file itself defines may be such. */
const impersonal =
  /\$\{?(?:arg_\w+|http_(?:pragma|cache_control)|request_method|args|is_args|query_string|uri|host|scheme|request_uri)\b\}?/gi;

const isPersonal = ({ directive }: Statement): boolean =>
  directive.args.some(({ text }) => text.replace(impersonal, '').includes('$'));

const names = (list: readonly Statement[], header: string): boolean =>
  list.some(({ directive }) => directive.args.some(({ text }) => text.toLowerCase() === header));

export default rule({
  scope: 'nginx',
  id: 'cache-shares-sessions',
  severity: 'error',
  risk: 8.1,
  summary: 'A cache keeps answers with Set-Cookie and hands them to everybody',
  why: `
nginx does not cache an answer that sets a cookie, for good reason: it is meant for one client. With
\`proxy_ignore_headers Set-Cookie;\` it does, and the next client gets the stored answer with the cookie in it: the session of somebody
else.

Hide the header as well, with \`proxy_hide_header Set-Cookie;\`, and keep clients with a session out of the cache by \`proxy_no_cache\` and
\`proxy_cache_bypass\`.
`,
  sources: [
    'nginx: ngx_http_upstream_process_set_cookie()',
    'nginx documentation: ngx_http_proxy_module (proxy_ignore_headers)',
    'CWE-524',
  ],
  bad: [
    {
      title: 'The cookie is ignored, and stored',
      files: `
        proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
        server {
            listen 80;
            location / {
                proxy_cache pages;
                proxy_ignore_headers Cache-Control Set-Cookie;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ answers are stored with the cookies in them, and given to other clients
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Hidden, kept out, told apart, files only, no cache',
      files: `
        proxy_cache_path /var/cache/nginx keys_zone=pages:10m;
        server {
            listen 80;
            proxy_ignore_headers Set-Cookie;
            location /a/ {
                proxy_cache pages;
                proxy_hide_header Set-Cookie;
                proxy_pass http://10.0.0.11;
            }
            location /b/ {
                proxy_cache pages;
                proxy_no_cache $cookie_session;
                proxy_pass http://10.0.0.11;
            }
            location /c/ {
                proxy_cache pages;
                proxy_cache_key $host$request_uri$cookie_session;
                proxy_pass http://10.0.0.11;
            }
            location ~* \\.(css|js|png)$ {
                proxy_cache pages;
                proxy_pass http://10.0.0.11;
            }
            location /d/ {
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  *check({ named, inForce, complete, isMain }) {
    for (const family of families) {
      const said = new Set<Statement>();
      if (!names(named(`${family}_ignore_headers`), 'set-cookie')) continue;
      for (const pass of named(`${family}_pass`)) {
        const of = (name: string): readonly Statement[] => inForce(pass.parent, `${family}_${name}`);
        const [cache] = of('cache');
        const ignored = of('ignore_headers').find((each) => names([each], 'set-cookie'));
        if (!cache || cache.directive.args[0]?.text === 'off' || !ignored || said.has(ignored)) continue;
        if (names(of('hide_header'), 'set-cookie') || isAmongFiles(pass)) continue;
        if ([...of('no_cache'), ...of('cache_bypass'), ...of('cache_key')].some(isPersonal)) continue;
        // What a missing file may hold.
        if (!complete && isMain) continue;
        said.add(ignored);
        yield {
          at: headSpan(ignored.directive),
          message: 'answers are stored with the cookies in them, and given to other clients',
          related: [{ at: headSpan(cache.directive), note: 'the cache' }],
          help: `add ${family}_hide_header Set-Cookie, or ${family}_no_cache for clients with a session`,
        };
      }
    }
  },
});
