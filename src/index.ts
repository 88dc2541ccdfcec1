/** The library's door. */
import { resolve } from 'node:path';
import { rules } from '../rules/index.ts';
import type { Report } from './lint/diagnostic.ts';
import { type RunOptions, run } from './lint/run.ts';
import { disk, readStdin } from './load/disk.ts';
import { type LoadOptions, load } from './load/index.ts';

export { formats } from './format/index.ts';
export { plain } from './format/style.ts';
export type {
  Diagnostic,
  Frame,
  InternalError,
  Place,
  Related,
  Report,
  Summary,
  TextEdit,
} from './lint/diagnostic.ts';
export type { Rule, Severity } from './lint/rule.ts';
export type { RunOptions } from './lint/run.ts';
export { type FileSystem, memory } from './load/disk.ts';
export type { LoadOptions } from './load/index.ts';
export { parseVersion, type Version } from './model/version.ts';
export { rules };

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
  return run(loaded, rules, options);
}
