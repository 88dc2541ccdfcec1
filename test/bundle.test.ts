// What a start reads: a plain pair must not pay for nginx, YAML, packet filters or the repair of broken files.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { bin, environment, root } from './command.ts';

it('two files of keepalived take the launcher, one chunk and two tables', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lbcheck-bundle-'));
  try {
    const built = dirname(bin);
    // The bundle of the tests checks its grammars, which one that is published does not.
    const plain = /^(?:lbcheck|cli|analysis)\.cjs$|^keepalived\S*\.tsv$/;
    const needed = readdirSync(built).filter((name) => plain.test(name));
    expect(needed).toHaveLength(5);
    for (const name of needed) copyFileSync(join(built, name), join(folder, name));
    const files = ['master', 'backup'].map((node) =>
      join(root, 'fixtures/clusters/article', node, 'keepalived.conf'),
    );
    const run = (program: string) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...files], {
        env: environment,
        encoding: 'utf8',
      });
      return { status, stdout, stderr };
    };
    expect(run(join(folder, 'lbcheck.cjs'))).toEqual(run(bin));
    expect(run(bin).status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
