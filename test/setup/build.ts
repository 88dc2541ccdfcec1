/** Builds the command once for the tests that run it, into a folder of its own: they test the code, not yesterday's bundle. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The path of the built command. */
    bin: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'lbcheck-build-'));
  await build({ logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  project.provide('bin', join(folder, 'lbcheck.cjs'));
  return () => rmSync(folder, { recursive: true, force: true });
}
