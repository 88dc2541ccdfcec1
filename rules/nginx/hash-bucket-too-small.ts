import { rule } from '../../src/lint/rule.ts';
import { indentOf, type Statement, tightHashes } from '../../src/model/nginx/index.ts';

function lineBefore({ directive }: Statement, line: string) {
  const { source, name } = directive;
  return { source, start: name.start, end: name.start, text: `${line}\n${indentOf(directive)}` };
}

export default rule({
  scope: 'nginx',
  id: 'hash-bucket-too-small',
  severity: 'warning',
  summary:
    'A server name, a key of a map a host of a Referer or a variable is too long for the hash that nginx makes of them',
  why: `
nginx refuses the configuration: \`could not build server_names_hash, you should increase server_names_hash_bucket_size: 64\`, or
the same of \`map_hash\` or \`variables_hash\`. It names neither the file nor the name that is too long, and the change that brought the name looks
innocent.

A key with the bookkeeping around it has to fit into one bucket: 46 bytes into one of 64, 110 into one of 128. Without the directive
a bucket is as large as a line of the processor's cache, that is 64 bytes on nearly every machine; a stated size is rounded up to
a multiple of that. The names of a server that has its sockets to itself are not hashed. \`map_hash_bucket_size\` counts for the
maps below it only: below the first map nginx calls it a duplicate.

It is an error where no machine could build the hash, and a warning where one with cache lines of 128 bytes could.
`,
  sources: [
    'nginx: ngx_hash_init(), NGX_HASH_ELT_SIZE(), ngx_http_optimize_servers(), ngx_http_map_block(), ngx_http_variables_init_vars(), ngx_http_referer_merge_conf()',
    'nginx documentation: Setting up hashes; ngx_http_core_module, server_names_hash_bucket_size',
  ],
  absence: true,
  bad: [
    {
      title: 'The name of a machine in a cloud, a link that moved',
      files: `
        events {}
        http {
            map $uri $moved {
                default "";
                /archive/2019/annual-general-meeting/minutes.html /am19;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a key of 49 bytes, and the default map_hash_bucket_size holds 46
            }
            server {
                listen 80;
                server_name shop.example.com;
                if ($moved) {
                    return 301 $moved;
                }
            }
            server {
                listen 80;
                server_name internal-shop-1234567890.eu-central-1.lb.example.com;
                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a name of 52 bytes, and the default server_names_hash_bucket_size holds 46
            }
        }
      `,
      fixed: `
        events {}
        http {
            map_hash_bucket_size 128;
            map $uri $moved {
                default "";
                /archive/2019/annual-general-meeting/minutes.html /am19;
            }
            server {
                listen 80;
                server_name shop.example.com;
                if ($moved) {
                    return 301 $moved;
                }
            }
            server_names_hash_bucket_size 128;
            server {
                listen 80;
                server_name internal-shop-1234567890.eu-central-1.lb.example.com;
            }
        }
      `,
    },
    {
      title: 'A size that was enough once',
      files: `
        events {}
        http {
            server_names_hash_bucket_size 64;
            server {
                listen 80;
                server_name a.example.com the-long-name-of-a-branch.preview.staging.example.com;
                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a name of 53 bytes, and server_names_hash_bucket_size 64 holds 46
            }
            server {
                listen 80;
                server_name b.example.com;
            }
        }
      `,
      fixed: `
        events {}
        http {
            server_names_hash_bucket_size 128;
            server {
                listen 80;
                server_name a.example.com the-long-name-of-a-branch.preview.staging.example.com;
            }
            server {
                listen 80;
                server_name b.example.com;
            }
        }
      `,
    },
    {
      title: 'A host of valid_referers, whose hash is set where it stands',
      files: `
        events {}
        http {
            server {
                listen 80;
                referer_hash_bucket_size 256;
                location /a/ {
                    valid_referers none internal-shop-1234567890.eu-central-1.lb.example.com;
                }
                location /b/ {
                    referer_hash_bucket_size 32;
                    valid_referers *.example.com internal-shop-1234567890.eu-central-1.lb.example.com/shop/;
                                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a name of 52 bytes, and referer_hash_bucket_size 32 holds 46
                }
            }
        }
      `,
    },
    {
      title: 'A variable with a long name',
      files: `
        events {}
        http {
            map $host $upstream_of_the_customer_that_the_host_belongs_to {
                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a name of 49 bytes, and the default variables_hash_bucket_size holds 46
                default 10.0.0.11;
            }
            server {
                listen 80;
                location / { return 200 $upstream_of_the_customer_that_the_host_belongs_to; }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A server alone, a pattern, a wildcard of short labels, and a size that is enough',
      files: `
        events {}
        http {
            map_hash_bucket_size 128;
            map $uri $moved {
                default "";
                ~^/archive/(?:2019|2020)/annual-general-meeting/.* /am;
                /archive/2019/annual-general-meeting/minutes.html /am19;
            }
            server {
                listen 8080;
                server_name internal-shop-1234567890.eu-central-1.lb.example.com;
                return 301 https://shop.example.com$moved;
            }
            server {
                listen 80;
                server_name *.internal-shop-1234567890.eu-central-1.lb.example.com;
            }
            server {
                listen 80;
                server_name internal-shop-12345678.eu-north.lb.example.com;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const found of tightHashes(model)) {
      const { directive, key, others, setting, holds, enough, always, before } = found;
      const word = setting?.directive.args[0];
      const what = directive.startsWith('map') ? 'key' : 'name';
      const size = word ? `${directive} ${word.text}` : `the default ${directive}`;
      const edit = word
        ? { source: setting.directive.source, start: word.start, end: word.end, text: `${enough}` }
        : before && lineBefore(before, `${directive} ${enough};`);
      yield {
        at: key.at,
        message: `a ${what} of ${key.value} bytes, and ${size} holds ${holds}`,
        ...(always ? { severity: 'error' as const } : {}),
        help: `${others > 0 ? `${others} more ${others > 1 ? 'are' : 'is'} too long; ` : ''}nginx does not start${always ? '' : ' where a cache line has 64 bytes, as on nearly every machine'}`,
        ...(edit ? { fix: { title: `write ${directive} ${enough}`, safe: true, edits: [edit] } } : {}),
      };
    }
  },
});
