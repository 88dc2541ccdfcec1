import type { Severity } from '../../src/lint/rule.ts';
import { rule } from '../../src/lint/rule.ts';
import { type Aged, established, isGone } from '../../src/model/nginx/index.ts';
import { atLeast, type Version } from '../../src/model/version.ts';

/** How much it weighs; undefined where it does not. */
function weight(
  { removed, deprecated, replacedBy, isForeign }: Aged,
  version: Version,
): Severity | undefined {
  if (removed !== undefined && !isForeign && isGone(version, removed)) {
    return undefined;
  }
  if (deprecated === undefined || deprecated === 'soft' || isForeign) return replacedBy ? 'info' : undefined;
  if (deprecated === 'yes') return 'warning';
  const isOld = atLeast(version, deprecated);
  if (isOld !== undefined) return isOld ? 'warning' : undefined;
  return atLeast(established, deprecated) ? 'warning' : 'info';
}

export default rule({
  scope: 'nginx',
  id: 'deprecated-directive',
  severity: 'warning',
  summary: 'A directive is on its way out',
  why: `
nginx still takes it and warns in its log, or takes it without any effect. The next upgrade of the distribution may bring a version
that refuses it, and then nginx does not start on the node that was upgraded first.

Where the version is not stated, what became outdated after 1.22 is only an info: on older systems there is nothing to replace it
by yet (\`listen … http2\` until 1.25.1).
`,
  sources: ['nginx: CHANGES', 'nginx documentation of the directive'],
  bad: [
    {
      title: 'The stated version warns of both',
      facts: { nginx: '1.26.3' },
      files: `
        server {
            listen 443 ssl http2;
                           ^^^^^ listen … http2 is deprecated since nginx 1.25.1
            http2_max_requests 1000;
            ^^^^^^^^^^^^^^^^^^ http2_max_requests has no effect since nginx 1.19.7
            ssl_certificate /etc/ssl/a.pem;
            ssl_certificate_key /etc/ssl/a.key;
        }
      `,
    },
    {
      title: 'Whatever the version',
      files: `
        server {
            listen 443;
            ssl on;
            ^^^ ssl is deprecated since nginx 1.15.0 and gone since 1.25.1
            ssl_certificate /etc/ssl/a.pem;
            ssl_certificate_key /etc/ssl/a.key;
        }
      `,
    },
  ],
  good: [
    {
      title: 'The stated version knows no other way',
      facts: { nginx: '1.22.1' },
      files: `
        server {
            listen 443 ssl http2;
            ssl_certificate /etc/ssl/a.pem;
            ssl_certificate_key /etc/ssl/a.key;
        }
      `,
    },
  ],
  *check({ usage, version }) {
    const said = new Set<string>();
    for (const aged of usage.aged) {
      const severity = weight(aged, version);
      // What is only worth knowing is worth knowing once.
      if (severity === undefined || (severity === 'info' && said.has(aged.name))) continue;
      said.add(aged.name);
      const { at, name, removed, deprecated, replacedBy, hasNoEffect } = aged;
      const since = deprecated && /^\d/.test(deprecated) ? ` since nginx ${deprecated}` : '';
      const gone = removed && /^\d/.test(removed) ? ` and gone since ${removed}` : '';
      yield {
        at,
        severity,
        message: `${name} ${hasNoEffect ? 'has no effect' : 'is deprecated'}${since}${gone}`,
        ...(replacedBy ? { help: `use ${replacedBy.replaceAll(',', ' or ')} instead` } : {}),
      };
    }
  },
});
