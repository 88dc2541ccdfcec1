/** Stories: what a person sees who checks the nodes of a cluster together. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, memory, render } from '../src/index.ts';
import type { Report } from '../src/lint/diagnostic.ts';

const folder = join(import.meta.dirname, '../fixtures/clusters');
const stories = readdirSync(folder);

it.each(stories)('the story %s reads as expected', async (story) => {
  const report = check(['.'], { cwd: join(folder, story) });
  expect(report.internalErrors).toEqual([]);
  await expect(await render(report, 'pretty')).toMatchFileSnapshot(join(folder, story, 'expected.txt'));
});

it.each(stories.filter((story) => story.startsWith('healthy-')))(
  'the story %s has no error and no warning',
  (story) => {
    const { diagnostics, summary } = check(['.'], { cwd: join(folder, story) });
    expect(diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(summary.nodes).toBeGreaterThan(1);
  },
);

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const ruleIds = (report: Report, severity = 'error'): string[] =>
  report.diagnostics.filter((each) => each.severity === severity).map(({ rule }) => rule);

describe("the article's pair", () => {
  const keepalived = ['article/master/keepalived.conf', 'article/backup/keepalived.conf'];
  const report = check(keepalived, { cwd: folder });

  it('has one finding for each defect, and no other error', () => {
    expect(ruleIds(report).sort()).toEqual(
      [
        ...['unknown-keyword', 'unknown-keyword', 'unknown-keyword'],
        ...['unknown-keyword', 'unknown-keyword', 'unknown-keyword'],
        'invalid-value',
        'virtual-router-id-mismatch',
      ].sort(),
    );
    const misspelt = report.diagnostics.filter(({ rule }) => rule === 'unknown-keyword');
    expect(misspelt.map(({ file, fix }) => `${file.split('/')[1]}: ${fix?.title}`).sort()).toEqual([
      'backup: replace it by authentication',
      'backup: replace it by smtp_server',
      'backup: replace it by vrrp_instance',
      'master: replace it by authentication',
      'master: replace it by smtp_server',
      'master: replace it by vrrp_instance',
    ]);
  });

  it('names both places of the different virtual_router_id', () => {
    const [mismatch] = report.diagnostics.filter(({ rule }) => rule === 'virtual-router-id-mismatch');
    expect(mismatch).toMatchObject({ file: keepalived[1], line: 13, column: 19, endColumn: 22 });
    expect(mismatch?.related).toMatchObject([{ file: keepalived[0], line: 13, column: 19, endColumn: 22 }]);
  });

  it('says few other things, and no password', () => {
    expect(ruleIds(report, 'warning').length + ruleIds(report, 'info').length).toBeLessThanOrEqual(8);
    expect(JSON.stringify(report)).not.toContain('1234');
  });
});

describe("the article's pair, repaired", () => {
  const files: Readonly<Record<string, string>> = Object.fromEntries(
    ['master', 'backup'].flatMap((node) =>
      ['keepalived.conf', 'nginx.conf'].map((file) => [
        `${node}/${file}`,
        read(`article-repaired/${node}/${file}`),
      ]),
    ),
  );
  const changed = (from: string | RegExp, to: string): Report => {
    const path = 'backup/keepalived.conf';
    const text = files[path]!.replace(from, to);
    expect(text).not.toBe(files[path]);
    return check(['.'], { fs: memory({ ...files, [path]: text }) });
  };

  it('has no error', () => {
    expect(ruleIds(check(['.'], { fs: memory(files) }))).toEqual([]);
  });

  it.each([
    ['virtual address', '10.0.169.253', '10.0.169.235', 'virtual-address-mismatch'],
    ['virtual address in another network', '10.0.169.253', '192.168.7.9', 'virtual-address-mismatch'],
    ['authentication type', 'auth_type PASS', 'auth_type AH', 'authentication-mismatch'],
    ['password', /auth_pass .*/, 'auth_pass other-1', 'authentication-mismatch'],
    ['authentication at all', /authentication \{[^}]*\}/, '', 'authentication-mismatch'],
    ['advertisement interval', 'advert_int 1', 'advert_int 3', 'advert-interval-mismatch'],
    ['version', 'virtual_router_id', 'version 3\nvirtual_router_id', 'vrrp-version-mismatch'],
    ['virtual_router_id', /virtual_router_id \d+/, 'virtual_router_id 99', 'virtual-router-id-mismatch'],
  ] as const)(
    'with another %s on one node there is exactly one error, naming both places',
    (_, from, to, rule) => {
      const report = changed(from, to);
      expect(ruleIds(report)).toEqual([rule]);
      const [error] = report.diagnostics;
      const places = [error!, ...error!.related].map(({ node }) => node);
      expect([...new Set(places)].sort()).toEqual(['backup', 'master']);
    },
  );
});
