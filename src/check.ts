/** From paths to a report: loading, then the rules. */
import { rulesOf } from '../rules/index.ts';
import { type InputOptions, readInput } from './input.ts';
import type { Report } from './lint/diagnostic.ts';
import { type RunOptions, run } from './lint/run.ts';

/** How to read and how to judge. */
export type CheckOptions = InputOptions & RunOptions;

/**
 * Checks what `paths` name, each alone and against each other. What is said otherwise in the options goes before the
 * configuration file. Bad input is part of the report, never an exception.
 */
export function check(paths: readonly string[], options: CheckOptions = {}): Report {
  const severities = new Map([...(options.config?.severities ?? []), ...(options.severities ?? [])]);
  return run(readInput(paths, options), rulesOf, { ...options, severities });
}
