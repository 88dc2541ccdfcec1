/** From the paths of a command to what was read. */
import { resolve } from 'node:path';
import type { Config } from './config/index.ts';
import { disk, readStdin } from './load/disk.ts';
import { type LoadOptions, load, loadClusters } from './load/index.ts';
import type { Loaded } from './load/loaded.ts';

/** How to read. What is said here goes before what the configuration file says. */
export type InputOptions = Partial<LoadOptions> & { readonly config?: Config | undefined };

/**
 * The files and folders that `paths` name (`NODE=PATH` says whose they are); without paths the clusters of the configuration
 * file. Bad input is part of what is given, never an exception.
 */
export function readInput(paths: readonly string[], { config, ...options }: InputOptions): Loaded {
  const fs = options.fs ?? disk;
  const loadOptions: LoadOptions = {
    stdin: readStdin,
    facts: config?.facts,
    ...options,
    fs,
    cwd: options.cwd ?? (fs === disk ? resolve('.') : '/'),
  };
  return paths.length === 0 && config && config.clusters.length > 0
    ? loadClusters(config.clusters, config.folder, loadOptions)
    : load(paths, loadOptions);
}
