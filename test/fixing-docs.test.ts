/** docs/fixing.md: every file and every command on it, in order, does what the page says. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { bin, environment, root } from './command.ts';

/** Runs a page in a folder of its own; gives it with the output that its commands have. */
function played(page: string): string {
  const cwd = mkdtempSync(join(tmpdir(), 'lbcheck-docs-'));
  try {
    mkdirSync(join(cwd, 'bin'));
    const program = `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`;
    writeFileSync(join(cwd, 'bin/lbcheck'), program, { mode: 0o755 });
    const run = (command: string): string =>
      spawnSync('sh', ['-c', `{ ${command}; } 2>&1`], {
        cwd,
        env: { ...environment, PATH: `${join(cwd, 'bin')}${delimiter}${environment.PATH}` },
        encoding: 'utf8',
        timeout: 20_000,
      }).stdout;
    return page.replace(
      /^```(\w+) ?(\S*)\n([\s\S]*?)^```$/gm,
      (block, language: string, name: string, text: string) => {
        if (name !== '') {
          mkdirSync(dirname(join(cwd, name)), { recursive: true });
          writeFileSync(join(cwd, name), text);
        }
        if (language !== 'console') return block;
        const commands = text.split('\n').filter((line) => line.startsWith('$ '));
        expect(commands.length).toBeGreaterThan(0);
        return `\`\`\`console\n${commands.map((line) => `${line}\n${run(line.slice(2))}`).join('')}\`\`\``;
      },
    );
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

it('docs/fixing.md does what it says', async () => {
  const path = join(root, 'docs/fixing.md');
  const page = readFileSync(path, 'utf8');
  await expect(played(page)).toMatchFileSnapshot(path);
  expect(readdirSync(join(root, 'rules/suppression'))).toContain('unused-suppression.md');
});
