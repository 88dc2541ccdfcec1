import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { inWords, linesBefore, lostLimits } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'limit-lost-by-inheritance',
  severity: 'info',
  summary: 'A limit_req or limit_conn drops the limits of the level around it',
  why: `
\`limit_req\` and \`limit_conn\` are inherited only by levels that have none of their own. A location with a limit of its own is bound by
that one alone, and the one of the server does not count there: a limit that was meant besides takes the place of the other.

Repeat the line.
`,
  sources: [
    'nginx documentation: ngx_http_limit_req_module (limit_req), ngx_http_limit_conn_module (limit_conn)',
    'nginx: ngx_http_limit_req_merge_conf()',
  ],
  bad: [
    {
      title: 'A limit of another key in the location',
      files: `
        limit_req_zone $binary_remote_addr zone=client:10m rate=5r/s;
        limit_req_zone $server_name zone=site:10m rate=500r/s;
        server {
            listen 80;
            limit_req zone=client burst=10;
            location /search/ {
                limit_req zone=site;
                ^^^^^^^^^^^^^^^^^^^ the limit client of the outer level is lost here
                proxy_pass http://10.0.0.11;
            }
        }
      `,
      fixed: `
        limit_req_zone $binary_remote_addr zone=client:10m rate=5r/s;
        limit_req_zone $server_name zone=site:10m rate=500r/s;
        server {
            listen 80;
            limit_req zone=client burst=10;
            location /search/ {
                limit_req zone=client burst=10;
                limit_req zone=site;
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'The same zone, or a stricter one',
      files: `
        limit_req_zone $binary_remote_addr zone=client:10m rate=5r/s;
        limit_req_zone $binary_remote_addr zone=login:10m rate=10r/m;
        server {
            listen 80;
            limit_req zone=client burst=10;
            location /a/ {
                limit_req zone=client burst=50;
                root /srv;
            }
            location /login {
                limit_req zone=login;
                root /srv;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { first, gone, names } of lostLimits(model)) {
      yield {
        at: headSpan(first.directive),
        message: `the limit${names.length < 2 ? '' : 's'} ${inWords(names)} of the outer level ${names.length < 2 ? 'is' : 'are'} lost here`,
        related: gone
          .slice(0, 3)
          .map((each) => ({ at: headSpan(each.directive), note: 'does not count here' })),
        fix: { title: 'repeat these lines here', safe: false, edits: [linesBefore(first, gone)] },
      };
    }
  },
});
