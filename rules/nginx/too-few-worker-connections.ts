import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { argument, defaultConnections, leastSockets, socketsOf } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'too-few-worker-connections',
  severity: 'error',
  summary: 'There are more sockets to listen on than a worker may have connections',
  why: `
Each socket that nginx listens on takes one of the \`worker_connections\` of every worker, and the channel to the master one more. With
fewer nginx does not start: \`worker_connections are not enough\`. Each port of a range is a socket. Without \`worker_connections\` there
are 512.
`,
  sources: ['nginx documentation: Core functionality (worker_connections)', 'nginx: ngx_event_init_conf()'],
  bad: [
    {
      title: 'A range of more ports than the default allows',
      files: `
        events {
        ^^^^^^ nginx refuses 512 worker_connections for 1001 sockets: it needs at least 1002
        }
        stream {
            server {
                listen 20000-21000;
                proxy_pass 10.0.0.11:20000;
            }
        }
      `,
    },
    {
      title: 'No connection for the channel',
      files: `
        events {
            worker_connections 2;
                               ^ nginx refuses 2 worker_connections for 2 sockets: it needs at least 3
        }
        http {
            server {
                listen 80;
                listen 443 ssl;
                ssl_certificate lb.crt;
                ssl_certificate_key lb.key;
                return 204;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A wildcard takes in the other addresses of its port',
      files: `
        events {
            worker_connections 3;
        }
        http {
            server {
                listen 80;
                listen 10.0.0.1:80;
                listen 10.0.0.2:80;
                listen 81;
                return 204;
            }
        }
      `,
    },
  ],
  *check({ named, servers, complete, isMain }) {
    const written = named('worker_connections').at(-1)?.directive;
    const events = named('events')[0]?.directive;
    const word = written?.args[0];
    if (!isMain || !events || (!written && !complete) || (written && !/^\d+$/.test(word?.text ?? ''))) return;
    const connections = written ? Number(word!.text) : defaultConnections;
    const sockets = leastSockets(socketsOf(servers));
    if (sockets === 0 || connections > sockets) return;
    yield {
      at: written ? argument(written, 0)!.at : headSpan(events),
      message: `nginx refuses ${connections} worker_connections for ${sockets} ${sockets === 1 ? 'socket' : 'sockets'}: it needs at least ${sockets + 1}`,
      help: 'each connection of a client needs one more, and each to a backend another',
    };
  },
});
