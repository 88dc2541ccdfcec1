import { rule } from '../../src/lint/rule.ts';
import { isGone } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'removed-directive',
  severity: 'error',
  summary: 'A directive is gone from nginx',
  why: `
nginx does not start with a name that it no longer knows. Directives that recent versions dropped are reported when the
version is stated (\`--nginx-version\`); without it only those that went before 1.18, which no supported system ships any more.
`,
  sources: ['nginx: CHANGES'],
  bad: [
    {
      title: 'From a tutorial of long ago',
      files: `
        events {
            connections 1024;
            ^^^^^^^^^^^ connections is gone since nginx 1.9.1
        }
        http {
            limit_zone one $binary_remote_addr 10m;
            ^^^^^^^^^^ limit_zone is gone since nginx 1.7.6
            server {
                listen 80;
                satisfy_any on;
                ^^^^^^^^^^^ satisfy_any is gone since nginx 1.9.1
            }
        }
      `,
    },
    {
      title: 'Gone in the version that runs',
      facts: { nginx: '1.26.3' },
      files: `
        server {
            listen 443;
            ssl on;
            ^^^ ssl is gone since nginx 1.25.1
            ssl_certificate /etc/ssl/a.pem;
            ssl_certificate_key /etc/ssl/a.key;
        }
      `,
    },
    {
      title: 'What it asked for is not asked for any more',
      facts: { nginx: '1.26.3' },
      files: `
        server {
            listen 443;
            ssl on;
            ^^^ ssl is gone since nginx 1.25.1
        }
      `,
    },
  ],
  good: [
    {
      title: 'Still there in the version that runs',
      facts: { nginx: '1.14.2' },
      files: `
        server {
            listen 443;
            ssl on;
            ssl_certificate /etc/ssl/a.pem;
            ssl_certificate_key /etc/ssl/a.key;
        }
      `,
    },
  ],
  *check({ usage, version }) {
    for (const { at, name, removed, replacedBy, isForeign } of usage.aged) {
      if (removed === undefined || isForeign) continue;
      if (!isGone(version, removed)) continue;
      yield {
        at,
        message: `${name} is gone since nginx ${removed}`,
        help: replacedBy ? `use ${replacedBy.replaceAll(',', ' or ')} instead` : 'nothing takes its place',
      };
    }
  },
});
