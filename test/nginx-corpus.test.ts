/** Configurations that nginx takes: none of them has an error, and each warning is deserved. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, memory } from '../src/index.ts';

const root = join(import.meta.dirname, '../fixtures/corpus/nginx/ok');

const filesBelow = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });

/** Each with its files by path below /etc/nginx; the first is where to start. */
const cases = readdirSync(root)
  .sort()
  .flatMap((name): (readonly [string, Readonly<Record<string, string>>])[] => {
    const path = join(root, name);
    const text = (file: string): string => readFileSync(file, 'utf8');
    if (!statSync(path).isDirectory()) return [[name, { 'nginx.conf': text(path) }]];
    if (name === 'fragments')
      return filesBelow(path).map((file) => [relative(root, file), { [relative(path, file)]: text(file) }]);
    return [[name, Object.fromEntries(filesBelow(path).map((file) => [relative(path, file), text(file)]))]];
  });

function said(files: Readonly<Record<string, string>>): readonly string[] {
  const all = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text]));
  const start = 'nginx.conf' in files ? 'nginx.conf' : Object.keys(files)[0]!;
  const { diagnostics, internalErrors } = check([start], { fs: memory(all) });
  expect(internalErrors).toEqual([]);
  return diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, rule, file, line, message }) => `${severity} ${rule} ${file}:${line} ${message}`);
}

describe('a configuration that nginx takes', () => {
  it.each(cases)('%s has no error', (_, files) => {
    expect(said(files).filter((each) => each.startsWith('error'))).toEqual([]);
  });

  it('has the warnings that it deserves', async () => {
    const lines = cases.flatMap(([name, files]) => said(files).map((each) => `${name}: ${each}`));
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../fixtures/corpus/nginx/ok.txt');
  });

  it('is one of many', () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
  });
});
