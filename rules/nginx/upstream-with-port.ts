import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'upstream-with-port',
  severity: 'error',
  summary: 'A port stands behind the name of an upstream',
  why: `
nginx refuses the file: \`upstream "app" may not have port 8080\`. The servers of the group have their ports; in \`proxy_pass\` the
name stands alone.
`,
  sources: ['nginx: ngx_http_upstream_add()'],
  bad: [
    {
      title: 'The port belongs to the servers',
      files: `
        upstream app {
            server 10.0.0.11;
            server 10.0.0.12;
        }
        server {
            listen 80;
            location / {
                proxy_set_header Host $host;
                proxy_pass http://app:8080;
                                  ^^^^^^^^ app is an upstream and takes no port such as 8080
            }
        }
      `,
      fixed: `
        upstream app {
            server 10.0.0.11;
            server 10.0.0.12;
        }
        server {
            listen 80;
            location / {
                proxy_set_header Host $host;
                proxy_pass http://app;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A host that only looks like it',
      files: `
        upstream app {
            server 10.0.0.11:8080;
            server 10.0.0.12:8080;
        }
        server {
            listen 80;
            location / {
                proxy_set_header Host $host;
                proxy_pass http://app;
            }
            location /app2/ {
                proxy_set_header Host $host;
                proxy_pass http://app2:8080;
            }
        }
      `,
    },
  ],
  *check({ passes, upstreams }) {
    const names = new Set(upstreams.map(({ module, name }) => `${module} ${name.value.toLowerCase()}`));
    for (const { target, module, hasVariables } of passes) {
      const { host, port } = target.value;
      if (hasVariables || port === undefined || !names.has(`${module} ${host}`)) continue;
      const { source, start, end } = target.at;
      const text = source.text.slice(start, end);
      const name = text.slice(0, text.lastIndexOf(':'));
      yield {
        at: target.at,
        message: `${name} is an upstream and takes no port such as ${port}`,
        fix: { title: `leave the port out`, safe: false, edits: [{ ...target.at, text: name }] },
      };
    }
  },
});
