import { rule } from '../../src/lint/rule.ts';
import { isAddress } from '../../src/model/net.ts';
import type { NginxModel, Pass } from '../../src/model/nginx/index.ts';
import { suggest } from '../../src/model/suggest.ts';

/** The host of a pass that can only be an upstream or a name from the local network; undefined for any other. */
function singleLabel({ target, hasVariables }: Pass): string | undefined {
  const { host } = target.value;
  if (hasVariables || !host || host === 'localhost' || /[.:*]/.test(host) || isAddress(host))
    return undefined;
  return host;
}

/** The upstream that was probably meant: one letter makes another name only where names are long enough to tell. */
function meant(
  host: string,
  { module }: Pass,
  { upstreams, passes, complete }: NginxModel,
): string | undefined {
  const names = upstreams.filter((each) => each.module === module).map(({ name }) => name.value);
  const near = host.length < 5 ? undefined : suggest(host, names);
  if (!near?.certain) return undefined;
  const withoutDigits = (text: string): string => text.toLowerCase().replace(/\d+/g, '');
  if (withoutDigits(host) === withoutDigits(near.word)) return undefined;
  // In a fragment the name may well be defined elsewhere, unless its lookalike here would then serve nobody.
  const isUsed = passes.some(({ target }) => target.value.host === near.word.toLowerCase());
  return complete || !isUsed ? near.word : undefined;
}

export default rule({
  scope: 'nginx',
  id: 'undefined-upstream',
  severity: 'error',
  summary: 'Requests are passed to a name that no upstream has',
  why: `
nginx takes a name that no \`upstream\` has for a host name and asks the resolver of the system, once, when it starts. When
that fails nginx does not start (\`host not found in upstream\`), and a reload keeps the old configuration. When it succeeds,
because a search domain or \`/etc/hosts\` knows the name, one address serves what the whole group should have served.

Where the name is close to that of an upstream this is an error, else a warning: a container or a name in \`/etc/hosts\` may be
meant. A fragment is only checked for lookalikes, as the upstream may stand in another file.
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
                                 ^^^^^^^^ no upstream is called php_pool, so nginx looks it up as a host name
                }
            }
        }
      `,
    },
  ],
  good: [
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
    const defined = new Set(
      model.upstreams.map(({ module, name }) => `${module} ${name.value.toLowerCase()}`),
    );
    for (const pass of model.passes) {
      const host = singleLabel(pass);
      if (!host || defined.has(`${pass.module} ${host}`)) continue;
      const { at, value } = pass.target;
      const near = meant(host, pass, model);
      const name = at.source.text.slice(at.start, at.end);
      if (near !== undefined && value.port === undefined) {
        yield {
          at,
          message: `no upstream is called ${name}`,
          label: `did you mean ${near}?`,
          ...(model.complete ? {} : { severity: 'warning' }),
          fix: { title: `replace it by ${near}`, safe: model.complete, edits: [{ ...at, text: near }] },
        };
      } else if (model.complete && value.port === undefined) {
        yield {
          at,
          message: `no upstream is called ${name}, so nginx looks it up as a host name`,
          help: 'nginx asks once, when it starts, and does not start when nobody knows the name',
          severity: 'warning',
        };
      }
    }
  },
});
