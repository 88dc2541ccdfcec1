/** The built command as the tests run it, and folders of files for it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, inject } from 'vitest';

/** The folder of the project. */
export const root = join(import.meta.dirname, '..');

/** The path of the command, built from the sources under test (test/setup/build.ts). */
export const bin = inject('bin');

/** What a run inherits: nothing that changes what it prints. */
export const environment: NodeJS.ProcessEnv = (({ NODE_OPTIONS, GITHUB_ACTIONS, FORCE_COLOR, ...rest }) =>
  rest)(process.env);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, by their paths in it. It goes when the tests of the file are done. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'lbcheck-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export interface Answer {
  /** The exit code; null where the run took longer than its time. */
  readonly code: number | null;
  readonly out: string;
  /** Standard output, byte by byte. */
  readonly bytes: Buffer;
  readonly err: string;
}

/** Runs the command, for `timeout` milliseconds at most. */
export function lbcheck(
  args: readonly string[],
  { cwd = root, input = '' as string | Uint8Array, env = {} as NodeJS.ProcessEnv, timeout = 20_000 } = {},
): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    input,
    env: { ...environment, ...env },
    timeout,
    maxBuffer: 1 << 28,
  });
  const err = stderr.toString();
  // Whatever happens, a person never sees our insides.
  expect(err).not.toMatch(/\n\s+at .*:\d+/);
  return { code: status, out: stdout.toString(), bytes: stdout, err };
}
