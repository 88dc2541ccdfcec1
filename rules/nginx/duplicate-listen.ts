import { rule } from '../../src/lint/rule.ts';
import {
  type Bound,
  type Module,
  type NginxModel,
  sharedPorts,
  sharesSockets,
  socketOptionsOf,
  socketsOf,
} from '../../src/model/nginx/index.ts';

/** Two listens of one socket that nginx does not take together, and why. */
function* clashes(model: NginxModel): Generator<{ second: Bound; first: Bound; says: string }> {
  const takesOne = (module: Module): boolean => !sharesSockets(model.version, module);
  for (const { second, first, port } of sharedPorts(socketsOf(model.servers))) {
    if (second.server === first.server) {
      yield { second, first, says: `this server listens on port ${port} twice` };
    } else if (takesOne(second.server.module)) {
      yield { second, first, says: `another server listens on port ${port} already` };
    }
  }
  for (const { module, key, bound } of socketsOf(model.servers)) {
    const byServer = new Map<unknown, Bound>();
    let withOptions: Bound | undefined;
    const isSingle = takesOne(module);
    for (const [index, each] of bound.entries()) {
      const same = byServer.get(each.server);
      if (same) {
        yield { second: each, first: same, says: `this server listens on ${key} twice` };
        continue;
      }
      byServer.set(each.server, each);
      if (isSingle && index > 0) {
        yield { second: each, first: bound[0]!, says: `another server listens on ${key} already` };
        continue;
      }
      const hasOptions = socketOptionsOf(each.listen).length > 0;
      if (hasOptions && withOptions) {
        yield { second: each, first: withOptions, says: `options of the socket ${key} are given twice` };
      } else if (hasOptions) withOptions = each;
    }
  }
}

export default rule({
  scope: 'nginx',
  id: 'duplicate-listen',
  severity: 'error',
  summary: 'A socket is listened on twice in one server, or gets its options twice',
  why: `
nginx refuses \`listen 80; listen *:80;\` in one server (\`a duplicate listen 0.0.0.0:80\`): to nginx they are the same. In several
servers the same address is fine, but what concerns the socket itself (\`backlog=\`, \`reuseport\`, \`so_keepalive=\`, \`bind\`, …)
may be written in one of them only, even when it is the same everywhere (\`duplicate listen options\`).

In mail, and in stream before 1.25.5, each address belongs to one server.
`,
  sources: ['nginx: ngx_http_add_addresses(), ngx_http_add_server(), ngx_stream_core_listen()'],
  bad: [
    {
      title: 'Two spellings of one address, options in two servers',
      files: `
        server {
            listen 80 reuseport;
            listen *:80;
                   ^^^^ this server listens on *:80 twice
            server_name a.example.com;
            return 204;
        }
        server {
            listen 80 reuseport;
                   ^^ options of the socket *:80 are given twice
            server_name b.example.com;
            return 204;
        }
      `,
    },
    {
      title: 'A port within a range',
      files: `
        server {
            listen 8000-8010;
            listen 8005;
                   ^^^^ this server listens on port 8005 twice
            return 204;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Ranges that meet in different servers, and beside each other in one',
      files: `
        server {
            listen 8000-8009;
            listen 8010-8019;
            server_name a.example.com;
            return 204;
        }
        server {
            listen 8005;
            listen [::]:8000-8019;
            server_name b.example.com;
            return 204;
        }
      `,
    },
    {
      title: 'IPv4 and IPv6, TCP and QUIC, options in one place',
      files: `
        server {
            listen 80 reuseport backlog=4096;
            listen [::]:80;
            server_name a.example.com;
            return 204;
        }
        server {
            listen 80;
            listen 443 quic reuseport;
            listen 443 ssl reuseport;
            ssl_certificate /etc/ssl/a.pem;
            ssl_certificate_key /etc/ssl/a.key;
            server_name b.example.com;
            return 204;
        }
      `,
    },
  ],
  *check(model) {
    for (const { second, first, says } of clashes(model)) {
      if (model.templates.has(second.listen.at.source)) continue;
      yield {
        at: second.listen.at,
        message: says,
        related: [{ at: first.listen.at, note: 'the first' }],
        help: 'nginx does not start with both',
      };
    }
  },
});
