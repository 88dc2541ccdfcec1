/** No secret of any fixture reaches a reader, in whichever way one asks. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, formatNames, render } from '../src/index.ts';

const root = join(import.meta.dirname, '..');
const stories = readdirSync(join(root, 'fixtures/clusters'));

/** What the languages call by a name that stands for a secret; written here anew, so that a gap there shows. */
const patterns = [
  /^\s*auth_pass\s+"?([^\s"#!]+)/gm,
  /^\s*(?:auth_hmac|vrrp_auth_key|key)\s+(?:\S+\s+)*?"?([0-9a-fA-F]{16,}|[^\s"]{12,})"?\s*$/gm,
  /^\s*password\s+"?([^\s"#!]+)/gm,
  /proxy_set_header\s+(?:Authorization|X-Api-Key)\s+["']?(?:Basic\s+|Bearer\s+)?([\w.~+/=-]{6,})/gim,
];

const secretsIn = (folder: string): ReadonlySet<string> =>
  new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:conf|cfg|inc|keepalived)$/.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .flatMap((text) =>
        patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, secret]) => secret!)),
      )
      .filter((secret) => secret.length >= 4 && !secret.includes('$')),
  );

const withSecrets = stories
  .map((story) => ({ story, secrets: secretsIn(join(root, 'fixtures/clusters', story)) }))
  .filter(({ secrets }) => secrets.size > 0);

/** The pages of rules, which SARIF carries, have examples of their own with passwords that anybody may use. */
function ofReport(text: string, format: string): string {
  if (format !== 'sarif') return text;
  const { runs } = JSON.parse(text);
  return JSON.stringify(runs.map(({ tool: _, ...run }: { tool: unknown }) => run));
}

it('many stories have secrets', () => {
  expect(withSecrets.length).toBeGreaterThan(5);
});

describe.each(withSecrets)('$story', ({ story, secrets }) => {
  const report = check([join('fixtures/clusters', story)], { cwd: root });

  it.each(formatNames)('%s', async (name) => {
    for (const verbose of [false, true]) {
      const text = ofReport(await render(report, name, { verbose }), name);
      for (const secret of secrets) expect(text.includes(secret), secret.slice(0, 2)).toBe(false);
    }
  });

  it('what a baseline would keep, and what fixes write', () => {
    const text = JSON.stringify(report.diagnostics);
    for (const secret of secrets) expect(text.includes(secret), secret.slice(0, 2)).toBe(false);
  });
});
