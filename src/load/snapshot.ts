/** A view of a file system that stays as it was at the first look, but for what was put into it. */
import { type FileSystem, isUnread, type Unread } from './disk.ts';

export interface Snapshot {
  readonly fs: FileSystem;
  /** The bytes of a real path as they were first read; undefined for what was not read. */
  readonly original: (path: string) => Uint8Array | undefined;
  /** From now on the path has these bytes. */
  readonly put: (path: string, bytes: Uint8Array) => void;
  /** Every path that was looked at: files, folders, and names that led nowhere. */
  readonly seen: ReadonlySet<string>;
}

/** Opens a view of `fs`. A pipe, which can be read once, can be read from the view as often as one likes. */
export function snapshot(fs: FileSystem): Snapshot {
  const reads = new Map<string, Uint8Array | Unread>();
  const puts = new Map<string, Uint8Array>();
  const seen = new Set<string>();
  return {
    fs: {
      ...fs,
      status: (path) => {
        seen.add(path);
        return fs.status(path);
      },
      list: (path) => {
        seen.add(path);
        return fs.list(path);
      },
      read: (path) => {
        const real = fs.realPath(path);
        const known = puts.get(real) ?? reads.get(real);
        if (known) return known;
        const bytes = fs.read(path);
        reads.set(real, bytes);
        return bytes;
      },
    },
    original: (path) => {
      const read = reads.get(path);
      return read && !isUnread(read) ? read : undefined;
    },
    put: (path, bytes) => puts.set(path, bytes),
    seen,
  };
}
