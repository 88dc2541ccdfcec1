import { rule } from '../../src/lint/rule.ts';
import { exposures } from '../../src/model/nginx/index.ts';
import { showVersion } from '../../src/model/version.ts';

const severities = { major: 'error', medium: 'warning', low: 'info' } as const;

export default rule({
  scope: 'nginx',
  id: 'vulnerable-version',
  severity: 'warning',
  risk: 7.5,
  summary: 'The configuration uses a part of nginx in which the stated version has a published flaw',
  why: `
The makers of nginx publish each flaw with the versions that have it. Most lie in a part that only some configurations use: this
is said only of a part that is in use, at the first place that uses it, and only when the version was stated
(\`--nginx-version\`, or \`facts\` in \`lbcheck.yaml\`). The severity is that of the worst flaw as its makers judged it: \`major\`
is an error, \`medium\` a warning, \`low\` worth knowing.

Distributions mend flaws without changing the number, and \`nginx -v\` does not show it. State the version as the package calls
it, such as \`1.22.1-9+deb12u3\` or \`1.20.1-14.el9\`: what is mended in it is not known here, so nothing is said.

The list is that of 29 September 2026. Flaws that also depend on the machine or its libraries are left out. Those in groups of
regular expressions have a rule of their own, \`captures-overflow-unpatched-nginx\`.
`,
  sources: ['nginx security advisories (nginx.org/en/security_advisories.html)', 'nginx: CHANGES'],
  bad: [
    {
      title: 'Parts that have flaws in this version',
      facts: { nginx: '1.18.0' },
      files: `
        events {}
        http {
            resolver 127.0.0.53;
            ^^^^^^^^^^^^^^^^^^^ nginx 1.18.0 is vulnerable here: CVE-2021-23017
            server {
                listen 443 ssl;
                ssl_certificate lb.crt;
                ssl_certificate_key lb.key;
                location /films/ {
                    mp4;
                    ^^^ nginx 1.18.0 is vulnerable here: CVE-2022-41741 and 3 more
                }
                location / {
                    proxy_set_header Host $host;
                    proxy_pass https://10.0.0.11;
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ nginx 1.18.0 is vulnerable here: CVE-2026-1642
                }
            }
        }
      `,
    },
    {
      title: 'HTTP/3 in one of its first versions',
      facts: { nginx: '1.25.3' },
      files: `
        events {}
        http {
            server {
                listen 443 quic;
                       ^^^ nginx 1.25.3 is vulnerable here: CVE-2024-24989 and 5 more
                listen 443 ssl;
                ssl_certificate lb.crt;
                ssl_certificate_key lb.key;
                return 204;
            }
        }
      `,
    },
    {
      title: 'One server resumes the session that another has checked the certificate of',
      facts: { nginx: '1.26.2' },
      files: `
        events {}
        http {
            ssl_certificate lb.crt;
            ssl_certificate_key lb.key;
            ssl_client_certificate partners.crt;
            server {
                listen 443 ssl default_server;
                server_name partners.example.com;
                ssl_verify_client on;
                ^^^^^^^^^^^^^^^^^^^^ nginx 1.26.2 is vulnerable here: CVE-2025-23419
                return 204;
            }
            server {
                listen 443 ssl;
                server_name staff.example.com;
                ssl_verify_client on;
                return 204;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A package of a distribution has the fixes of later versions',
      facts: { nginx: '1.22.1-9+deb12u3' },
      files: `
        events {}
        http {
            server {
                listen 80;
                location /films/ {
                    mp4;
                }
            }
        }
      `,
    },
    {
      title: 'A release of an older branch that has the fix',
      facts: { nginx: '1.30.4' },
      files: `
        events {}
        http {
            resolver 127.0.0.53;
            server {
                listen 443 ssl;
                http2 on;
                ssl_certificate lb.crt;
                ssl_certificate_key lb.key;
                location /films/ {
                    mp4;
                }
                location / {
                    proxy_set_header Host $host;
                    proxy_pass https://10.0.0.11;
                }
            }
        }
      `,
    },
    {
      title: 'An old version, and nothing of what it is vulnerable in',
      facts: { nginx: '1.28.0' },
      files: `
        events {}
        http {
            resolver off;
            server {
                listen 443 ssl;
                ssl_certificate lb.crt;
                ssl_certificate_key lb.key;
                location / {
                    ssi on;
                    proxy_set_header Host $host;
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
    {
      title: 'Nobody stated a version',
      files: `
        events {}
        http {
            server {
                listen 80;
                location /films/ {
                    mp4;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, flaws, nearest } of exposures(model)) {
      const [first, ...others] = flaws.map(({ cve }) => cve);
      const more = others.length > 0 ? ` and ${others.length} more` : '';
      const help = [
        ...(others.length > 0 ? [`also ${others.join(', ')}`] : []),
        ...(nearest === undefined ? [] : [`the nearest release without is ${nearest}`]),
        'a package of a distribution may have the fix: state its whole version',
      ];
      yield {
        at,
        message: `nginx ${showVersion(model.version!)} is vulnerable here: ${first}${more}`,
        severity: severities[flaws[0]!.severity],
        help: help.join('; '),
      };
    }
  },
});
