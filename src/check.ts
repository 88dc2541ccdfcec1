/** From paths to a report: loading, then the rules. */
import { resolve } from 'node:path';
import { rulesOf } from '../rules/index.ts';
import type { Config } from './config/index.ts';
import type { Report } from './lint/diagnostic.ts';
import { type RunOptions, run } from './lint/run.ts';
import { disk, readStdin } from './load/disk.ts';
import { type LoadOptions, load, loadClusters } from './load/index.ts';

/** How to read and how to judge. */
export type CheckOptions = Partial<LoadOptions> & RunOptions & { readonly config?: Config | undefined };

/**
 * Checks the files and folders that `paths` name (`NODE=PATH` says whose they are), each alone and against each other;
 * without paths the clusters of the configuration file. What is said otherwise in the options goes before that file.
 * Bad input is part of the report, never an exception.
 */
export function check(paths: readonly string[], { config, ...options }: CheckOptions = {}): Report {
  const fs = options.fs ?? disk;
  const loadOptions: LoadOptions = {
    stdin: readStdin,
    facts: config?.facts,
    ...options,
    fs,
    cwd: options.cwd ?? (fs === disk ? resolve('.') : '/'),
  };
  const loaded =
    paths.length === 0 && config && config.clusters.length > 0
      ? loadClusters(config.clusters, config.folder, loadOptions)
      : load(paths, loadOptions);
  const severities = new Map([...(config?.severities ?? []), ...(options.severities ?? [])]);
  return run(loaded, rulesOf, { ...options, severities });
}
