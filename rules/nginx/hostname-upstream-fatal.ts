import type { Span } from '../../grammar/text.ts';
import { rule } from '../../src/lint/rule.ts';
import { isAddress } from '../../src/model/net.ts';
import { argumentsFrom, type NginxModel, needsPort, parseEndpoint } from '../../src/model/nginx/index.ts';

interface Use {
  readonly host: string;
  /** Names of one group are one finding. */
  readonly group: string;
  readonly at: Span;
  /** One label only, as a container or a name in /etc/hosts, or the one name that all others rest on. */
  readonly isUsual: boolean;
}

/** The names that nginx looks up when it starts. */
function* names({ upstreams, passes, named }: NginxModel): Generator<Use> {
  const groups = new Set(upstreams.map(({ module, name }) => `${module} ${name.value.toLowerCase()}`));
  const use = (host: string | undefined, at: Span, group = host): readonly Use[] =>
    host === undefined || !/^[a-z0-9_][\w.-]*[a-z]\.?$/i.test(host) || host === 'localhost' || isAddress(host)
      ? []
      : [{ host, group: group ?? host, at, isUsual: !host.includes('.') }];
  for (const { servers, name, module } of upstreams) {
    for (const { value, at, parameters } of servers) {
      if (module === 'stream' && value.port === undefined) continue;
      if (!parameters.some((each) => each.value === 'resolve'))
        yield* use(value.host, at, `${module} ${name.value}`);
    }
  }
  for (const pass of passes) {
    const { target, module, hasVariables } = pass;
    const { host, port } = target.value;
    // nginx refuses what has no port before it asks.
    if (port === undefined && needsPort(pass)) continue;
    if (hasVariables || groups.has(`${module} ${host}`)) continue;
    for (const each of use(host, target.at)) {
      // Of a short name without a port undefined-upstream speaks.
      if (!each.isUsual || port !== undefined) yield each;
    }
  }
  for (const { directive } of named('resolver')) {
    for (const { value, at } of argumentsFrom(directive, 0)) {
      const { host } = value.includes('=') ? {} : parseEndpoint(value);
      for (const each of use(host, at)) yield { ...each, isUsual: true };
    }
  }
}

export default rule({
  scope: 'nginx',
  id: 'hostname-upstream-fatal',
  severity: 'warning',
  summary: 'nginx does not start when a backend’s name cannot be resolved',
  why: `
Names in \`upstream\` and in a \`proxy_pass\` without variables are looked up once, when nginx starts or reloads. When the name server does
not answer in that moment, nginx does not start (\`host not found in upstream\`): all sites are down because of one. In a pair that
is the moment of the failover, when the network is least sure. A running nginx keeps the old addresses for ever, also after the
name has moved.

Addresses avoid it; so does \`server name resolve;\` with \`zone\` and \`resolver\` (1.27.3), or a variable with \`resolver\`. A name in
\`/etc/hosts\` on each node is safe too. Names of one label, as containers have, are only an info, and so is the name of a \`resolver\`: it is
looked up by the system in the same moment (\`host not found in resolver\`).
`,
  sources: [
    'nginx: ngx_parse_url(), ngx_inet_resolve_host(), ngx_resolver_create()',
    'nginx documentation: ngx_http_upstream_module (server, resolve)',
  ],
  bad: [
    {
      title: 'One name server for two sites',
      files: `
        upstream app {
            server app1.example.com:8080;
                   ^^^^^^^^^^^^^^^^^^^^^ app1.example.com is looked up only when nginx starts
            server 10.0.0.12:8080;
        }
        server {
            listen 80;
            location / {
                proxy_set_header Host $host;
                proxy_pass http://app;
            }
            location /build/ {
                proxy_set_header Host $host;
                proxy_pass http://jenkins:8080;
                                  ^^^^^^^^^^^^ jenkins is looked up only when nginx starts
            }
        }
      `,
    },
    {
      title: 'The name server itself',
      files: `
        server {
            listen 80;
            resolver 10.0.0.53 dns.example.com:5353 valid=10s;
                               ^^^^^^^^^^^^^^^^^^^^ dns.example.com is looked up only when nginx starts
            location / {
                set $app app.example.com;
                proxy_set_header Host $host;
                proxy_pass http://$app;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Addresses, localhost, names that are looked up again',
      files: `
        upstream app {
            zone app 64k;
            resolver 10.0.0.53;
            server app1.example.com:8080 resolve;
            server 10.0.0.12:8080;
        }
        server {
            listen 80;
            resolver 10.0.0.53;
            location / {
                proxy_set_header Host $host;
                proxy_pass http://app;
            }
            location /metrics {
                proxy_pass http://localhost:9100;
            }
            location /socket/ {
                proxy_pass http://unix:/run/app.sock:/socket/;
            }
            location /api/ {
                set $api api.example.com;
                proxy_set_header Host $host;
                proxy_pass http://$api;
            }
        }
      `,
    },
  ],
  *check(model) {
    const uses = new Map<string, { use: Use; others: Span[] }>();
    for (const use of names(model)) {
      const known = uses.get(use.group);
      if (known) known.others.push(use.at);
      else uses.set(use.group, { use, others: [] });
    }
    for (const { use, others } of uses.values()) {
      yield {
        at: use.at,
        message: `${use.host} is looked up only when nginx starts`,
        ...(use.isUsual ? { severity: 'info' } : {}),
        related: others.slice(0, 2).map((at) => ({ at, note: 'and here' })),
        help: 'nginx does not start when the name cannot be resolved in that moment',
      };
    }
  },
});
