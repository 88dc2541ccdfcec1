import { wordSpan } from '../../grammar/tree.ts';
import { type Finding, rule } from '../../src/lint/rule.ts';
import { allowsIdleStreams } from '../../src/model/nginx/index.ts';

/** What answers a connection. */
const handlers = new Set(['proxy_pass', 'return', 'pass', 'zone_sync']);

export default rule({
  scope: 'nginx',
  id: 'incomplete-stream-server',
  severity: 'error',
  summary: 'A server of stream listens on nothing, or does nothing with connections',
  absence: true,
  why: `
nginx refuses the file: \`no "listen" is defined for server\`, and before 1.27.1 \`no handler for server\`. Unlike http, stream has no
default port, and no files to serve: a server needs \`proxy_pass\`, \`return\` or, from 1.25.5, \`pass\`. From 1.27.1 a server without is
accepted and closes every connection.
`,
  sources: ['nginx: ngx_stream_core_server(), ngx_stream_core_merge_srv_conf()'],
  bad: [
    {
      title: 'Each lacks one half',
      files: `
        events {}
        stream {
            server {
            ^^^^^^ this server has no listen
                proxy_pass 10.0.0.11:5432;
            }
            server {
            ^^^^^^ this server has no proxy_pass or return
                listen 5433;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Whole, or in the hands of another module',
      files: `
        events {}
        stream {
            server {
                listen 5432;
                proxy_pass 10.0.0.11:5432;
            }
            server {
                listen 5433;
                content_by_lua_block {
                    ngx.say("hello")
                }
            }
            server {
                listen 5434;
                zone_sync;
                zone_sync_server lb2.example.com:5434 resolve;
            }
        }
      `,
    },
  ],
  *check({ servers, version }) {
    for (const { module, statement, listens } of servers) {
      if (module !== 'stream' || !statement.variant) continue;
      const { directive, body } = statement;
      const at = wordSpan(directive, directive.name);
      const without = (lacks: string): Pick<Finding, 'grounds'> => ({ grounds: [[{ ...at, lacks }]] });
      if (listens.length === 0) {
        yield { at, message: 'this server has no listen', ...without('listen') };
        continue;
      }
      const isHandled = body.some(
        ({ name, variant }) => handlers.has(name) || !variant || variant.thirdParty,
      );
      if (isHandled || allowsIdleStreams(version)) continue;
      yield { at, message: 'this server has no proxy_pass or return', ...without('proxy_pass') };
    }
  },
});
