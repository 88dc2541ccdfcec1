import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { bufferConflicts } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'buffer-sizes-conflict',
  severity: 'error',
  summary: 'The sizes of buffers do not fit each other',
  absence: true,
  why: `
nginx refuses the file with the line on which \`http\` ends: \`"proxy_busy_buffers_size" must be less than the size of all
"proxy_buffers" minus one buffer\`. It happens when one size is raised alone: \`proxy_buffer_size 32k\` doubles to a busy size of 64k, and
seven buffers of 4k are less. Raise \`proxy_buffers\` with it, for example \`8 32k\`. The same holds for fastcgi, uwsgi and scgi.
`,
  sources: ['nginx: ngx_http_proxy_merge_loc_conf(), ngx_http_fastcgi_merge_loc_conf()'],
  bad: [
    {
      title: 'One alone',
      files: `
        events {}
        http {
            server {
                listen 80;
                proxy_buffer_size 32k;
                ^^^^^^^^^^^^^^^^^^^^^ proxy_busy_buffers_size is 64k by default, all proxy_buffers but one are 28k
                return 204;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Raised together, also across levels',
      files: `
        events {}
        http {
            proxy_buffers 8 32k;
            server {
                listen 80;
                proxy_buffer_size 32k;
                location / {
                    proxy_busy_buffers_size 64k;
                    return 204;
                }
            }
        }
      `,
    },
  ],
  *check({ named, inForce }) {
    for (const { statement, says } of bufferConflicts(named, inForce)) {
      yield { at: headSpan(statement.directive), message: says, help: 'nginx does not start' };
    }
  },
});
