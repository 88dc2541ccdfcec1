/** Where the configuration file lies. Loaded at every start, so it asks for little: the file is read elsewhere. */
import { posix } from 'node:path';
import type { FileSystem } from '../load/disk.ts';

/** The file's name. */
export const configName = 'lbcheck.yaml';

/** The configuration file of a folder, or of the nearest one above it that has one; an absolute path. */
export function findConfig(folder: string, fs: FileSystem): string | undefined {
  const path = posix.join(folder, configName);
  if (fs.status(path).kind !== 'missing') return path;
  return folder === '/' ? undefined : findConfig(posix.dirname(folder), fs);
}
