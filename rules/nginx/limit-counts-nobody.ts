import { rule } from '../../src/lint/rule.ts';
import { argument, type NginxModel } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'limit-counts-nobody',
  severity: 'warning',
  summary: 'The key of a limit is always empty, so that nothing is limited',
  absence: true,
  why: `
nginx leaves requests with an empty key out of a \`limit_req\` or \`limit_conn\`. That is how a map lets some clients off; where no
line of the map gives a text, it lets everybody off.
`,
  sources: ['nginx documentation: ngx_http_limit_req_module (limit_req_zone), ngx_http_limit_conn_module'],
  bad: [
    {
      title: 'A map that lets some off, and counts none of the others',
      files: `
        events {}
        http {
            geo $is_ours {
                default 0;
                10.0.0.0/8 1;
            }
            map $is_ours $counted {
                1 "";
            }
            limit_req_zone $counted zone=each:10m rate=5r/s;
                           ^^^^^^^^ $counted is always empty, and an empty key is not counted
            server {
                listen 80;
                limit_req zone=each burst=10;
                root /srv/www;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A map that lets some off, and a variable that something else may fill',
      files: `
        events {}
        http {
            geo $is_ours {
                default 0;
                10.0.0.0/8 1;
            }
            map $is_ours $counted {
                0 $binary_remote_addr;
                1 "";
            }
            limit_req_zone $counted zone=each:10m rate=5r/s;
            limit_req_zone $is_ours zone=all:10m rate=5r/s;
            server {
                listen 80;
                set $api "";
                limit_req zone=each burst=10;
                root /srv/www;
            }
            limit_req_zone $api zone=api:10m rate=5r/s;
        }
      `,
    },
  ],
  *check(model) {
    for (const { directive } of ['limit_req_zone', 'limit_conn_zone'].flatMap(model.named)) {
      const key = argument(directive, 0);
      const [, braced, plain] = /^\$(?:\{(\w+)\}|(\w+))$/.exec(key?.value ?? '') ?? [];
      const name = braced ?? plain;
      if (!key || name === undefined || !isMapped(name, model)) continue;
      const values = model.valuesOf(name, 'http');
      if (!values?.every((text) => text === '')) continue;
      yield {
        at: key.at,
        message: `$${name} is always empty, and an empty key is not counted`,
        help: 'give the clients that count a text of their own, as $binary_remote_addr',
      };
    }
  },
});

/** A text that is set while a request runs may be meant to be empty here. */
const isMapped = (variable: string, { settersOf }: NginxModel): boolean =>
  settersOf(variable, 'http').some(({ name }) => name === 'map');
