/** From paths to a report: loading, then the rules. */
import { resolve } from 'node:path';
import { rulesOf } from '../rules/index.ts';
import type { Report } from './lint/diagnostic.ts';
import { type RunOptions, run } from './lint/run.ts';
import { disk, readStdin } from './load/disk.ts';
import { type LoadOptions, load } from './load/index.ts';

/** How to read and how to judge. */
export type CheckOptions = Partial<LoadOptions> & RunOptions;

/**
 * Checks the files and folders that `paths` name (`NODE=PATH` says whose they are), each alone and against each other.
 * Bad input is part of the report, never an exception.
 */
export function check(paths: readonly string[], options: CheckOptions = {}): Report {
  const fs = options.fs ?? disk;
  const loaded = load(paths, {
    stdin: readStdin,
    ...options,
    fs,
    cwd: options.cwd ?? (fs === disk ? resolve('.') : '/'),
  });
  return run(loaded, rulesOf, options);
}
