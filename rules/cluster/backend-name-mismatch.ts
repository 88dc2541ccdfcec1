import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { type Backend, type Hop, hopsOf, matchingName, takesAll } from '../../src/model/backends.ts';
import type { Located } from '../../src/model/located.ts';
import { suggest } from '../../src/model/suggest.ts';

export default rule({
  scope: 'cluster',
  id: 'backend-name-mismatch',
  severity: 'warning',
  summary: 'The web servers behind one upstream do not answer to the same names',
  why: `
The balancer sends a request to any of the web servers of an upstream, and the web server picks its \`server\` block by the Host that came
along. Where no \`server_name\` matches, nginx takes the default server, which is the first one of the port unless one is marked
\`default_server\`. So a name that one web server lacks shows another site, or an error, on every second request; and it looks as if
the balancer were at fault.

Host is what \`proxy_set_header Host\` says. With \`$host\` it is the name that the client asked for, one of the \`server_name\`s of the balancer;
without any such line it is the name of the upstream, which no web server knows.

A web server whose default server has no name of a site (\`_\`, none, its own host name) takes whatever comes and is not reported. When its
only server has another name, requests still arrive there, and this is a note. Which web server stands behind which upstream
is read from host names and addresses; with one upstream, all of them do.
`,
  sources: [
    'nginx: ngx_http_find_virtual_server(), ngx_http_set_virtual_server()',
    'nginx.org: How nginx processes a request; proxy_set_header',
  ],
  bad: [
    {
      title: 'One name is missing on the second web server',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              upstream web {
                  server 10.0.0.11;
                  server 10.0.0.12;
              }
              server {
                  listen 80;
                  server_name www.example.com example.com;
                  location / {
                      proxy_pass http://web;
                      proxy_set_header Host $host;
                  }
              }
          }
        `,
        'web1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 80;
                  server_name www.example.com example.com;
              }
          }
        `,
        'web2/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 80;
                  server_name www.example.com;
                              ^^^^^^^^^^^^^^^ example.com is a server_name on web1 but not on web2
              }
          }
        `,
      },
    },
    {
      title: 'Without proxy_set_header the Host is the name of the upstream',
      files: {
        'lb1/keepalived.conf': `
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              upstream app {
                  server web1:8080;
              }
              server {
                  listen 80;
                  server_name www.example.com;
                  location / {
                      proxy_pass http://app;
                  }
              }
          }
        `,
        'web1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 8080;
                  server_name old.example.com;
                              ^^^^^^^^^^^^^^^ no server_name on web1 matches app, which the balancer sends as Host
              }
              server {
                  listen 8080;
                  server_name www.example.com;
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Wildcards and patterns match, and a default server without a name takes all',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_process {
                  nginx
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              upstream web {
                  server 10.0.0.11;
                  server 10.0.0.12;
              }
              server {
                  listen 80;
                  server_name www.example.com;
                  location / {
                      proxy_pass http://web;
                      proxy_set_header Host $host;
                  }
              }
          }
        `,
        'web1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 80;
                  server_name *.example.com;
              }
          }
        `,
        'web2/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 80 default_server;
                  server_name _;
              }
              server {
                  listen 80;
                  server_name status.example.com;
              }
          }
        `,
      },
    },
    {
      title: 'Each web server knows its own name besides',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx {
              process nginx
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_process {
                  nginx
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/nginx.conf': `
          events {
          }
          http {
              upstream web {
                  server web1:8080;
                  server web2:8080;
              }
              server {
                  listen 80;
                  server_name www.example.com;
                  location / {
                      proxy_pass http://web;
                      proxy_set_header Host $host;
                  }
              }
          }
        `,
        'web1/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 8080;
                  server_name www.example.com web1.example.com;
              }
          }
        `,
        'web2/nginx.conf': `
          events {
          }
          http {
              server {
                  listen 8080;
                  server_name web2.example.com www.example.com;
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    const said = new Set<string>();
    const { balancers, backends } = cluster;
    for (const [balancer, model] of balancers.flatMap((each) =>
      each.nginx.map((model) => [each, model] as const),
    )) {
      for (const hop of hopsOf(balancer, model, backends)) {
        for (const backend of hop.backends) {
          const finding = findingOf(hop, backend);
          // Both balancers send the same names the same way.
          if (!finding || said.has(finding.message)) continue;
          said.add(finding.message);
          yield finding;
        }
      }
    }
  },
});

function findingOf(hop: Hop, backend: Backend) {
  const { node, servers, chosen } = backend;
  const names = hop.names.length > 0 ? hop.names : sharedNames(hop.backends);
  const unanswered = names.filter(({ value }) => !nameOn(backend, value));
  if (unanswered.length === 0 || takesAll(backend)) return undefined;
  const at = servers[0].names[0]?.at ?? headSpan(servers[0].statement.directive);
  const fallback = `requests for it get the default server of ${node.name}`;
  for (const { value, at: passed } of unanswered) {
    const other = hop.backends.find((each) => each !== backend && nameOn(each, value));
    const place = other && nameOn(other, value);
    if (!other || !place) continue;
    return {
      at,
      message: `${value} is a server_name on ${other.node.name} but not on ${node.name}`,
      related: [
        { at: place.at, note: `${value} on ${other.node.name}` },
        ...(hop.names.length > 0 ? [{ at: passed, note: `${hop.balancer.name} sends it as Host` }] : []),
      ],
      help: `${fallback}, and the balancer sends them to either; give the web servers the same names`,
    };
  }
  const [first] = unanswered;
  const alone = servers.length === 1;
  if (!first || chosen || (alone && unanswered.length < names.length)) return undefined;
  // Without any Host set the name is the upstream's, and that is a finding about the balancer.
  if (alone && first.value === hop.upstream.name.value.toLowerCase()) return undefined;
  const near = suggest(
    first.value,
    servers.flatMap((server) => server.names.map(({ value }) => value)),
  );
  return {
    at,
    message: `no server_name on ${node.name} matches ${first.value}, which the balancer sends as Host`,
    related: [{ at: first.at, note: `${hop.balancer.name} sends it as Host` }],
    help: alone ? `${fallback}, which is its only one; a second one would change that` : fallback,
    severity: alone && !near ? ('info' as const) : ('warning' as const),
  };
}

const nameOn = ({ servers }: Backend, name: string): Located<string> | undefined => {
  for (const server of servers) {
    const match = matchingName(server, name);
    if (match) return match;
  }
  return undefined;
};

/** Where nobody knows which Host is sent: the names that most web servers have, or of two the first. */
function sharedNames(backends: readonly Backend[]): readonly Located<string>[] {
  const all = new Map<string, Located<string>>();
  for (const { servers } of backends) {
    for (const { names } of servers) {
      for (const each of names)
        if (/^[\w-]+(?:\.[\w-]+)+$/.test(each.value) && !all.has(each.value)) all.set(each.value, each);
    }
  }
  return [...all.values()].filter(({ value }) => {
    if (backends.some(({ node }) => value.includes(node.name))) return false;
    const have = backends.filter((each) => nameOn(each, value)).length;
    return (
      have > backends.length / 2 ||
      (have === backends.length / 2 && nameOn(backends[0]!, value) !== undefined)
    );
  });
}
