/** Realistic configurations in which nothing is wrong: lbcheck finds no error in them, and each remark is deserved. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, parseVersion, rules } from '../src/index.ts';

const folder = join(import.meta.dirname, '../fixtures/corpus/keepalived/ok');
const files = readdirSync(folder).sort();

/** Notes on what is not in a keepalived.conf belong to the rules of nodes and clusters. */
const ours = new Set(rules.filter(({ scope }) => scope === 'keepalived').map(({ id }) => id));

function said(file: string, version: string | undefined): string[] {
  const keepalived = version === undefined ? undefined : parseVersion(version);
  const report = check([file], { cwd: folder, versions: { keepalived, nginx: undefined } });
  expect(report.internalErrors).toEqual([]);
  expect(report.skipped).toEqual([]);
  return report.diagnostics
    .filter(({ severity, rule }) => severity !== 'info' || ours.has(rule))
    .map(({ severity, rule, line, message }) => `${file}:${line}: ${severity} ${rule} ${message}`);
}

describe('the corpus of keepalived.conf', () => {
  it('has a hundred and fifty files or more', () => expect(files.length).toBeGreaterThanOrEqual(150));

  it.each([undefined, '2.2.7', '2.4.3'])('has no error for keepalived %s', (version) => {
    const errors = files.flatMap((file) => said(file, version)).filter((each) => / error /.test(each));
    expect(errors).toEqual([]);
  });

  it('gets these remarks and no other', async () => {
    const remarks = files.flatMap((file) => said(file, undefined));
    await expect(`${remarks.join('\n')}\n`).toMatchFileSnapshot('../fixtures/corpus/keepalived/remarks.txt');
  });
});
