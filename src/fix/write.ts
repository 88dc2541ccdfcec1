/** Putting new bytes in the place of a file's old ones: all of them at once, or not at all. */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { posix } from 'node:path';

/** Why a file was not written, in words. */
export interface Failure {
  readonly reason: string;
}

/**
 * Replaces the file at `path` (no link) if it still holds `before`. The new bytes go into a file beside it, onto the disk,
 * and then to its name in one step: whoever looks, or whatever happens, sees the old file or the new one. Owner and
 * permissions stay.
 */
export function replaceFile(path: string, before: Uint8Array, after: Uint8Array): Failure | undefined {
  const folder = posix.dirname(path);
  // A name that begins with a dot is none that an include with a wildcard would pick up.
  const draft = posix.join(folder, `.lbcheck-${Math.random().toString(36).slice(2)}`);
  let fd: number | undefined;
  try {
    const { mode, uid, gid } = lstatSync(path);
    // A folder that may be written would let a file be replaced that may not.
    accessSync(path, constants.W_OK);
    const isUnchanged = (): boolean => Buffer.from(before).equals(readFileSync(path));
    if (!isUnchanged()) return changed;
    fd = openSync(draft, 'wx', 0o600);
    for (let done = 0; done < after.length; ) done += writeSync(fd, after, done);
    const own = fstatSync(fd);
    if (own.uid !== uid || own.gid !== gid) {
      try {
        fchownSync(fd, uid, gid);
      } catch {
        return abandon(fd, draft, 'its owner could not be kept');
      }
    }
    fchmodSync(fd, mode & 0o7777);
    fsyncSync(fd);
    closeSync(fd);
    fd = undefined;
    if (!isUnchanged()) return abandon(undefined, draft, changed.reason);
    renameSync(draft, path);
  } catch (error) {
    return abandon(fd, draft, reasonOf(error));
  }
  syncFolder(folder);
  return undefined;
}

const changed: Failure = { reason: 'it has changed since it was read' };

function abandon(fd: number | undefined, draft: string, reason: string): Failure {
  try {
    if (fd !== undefined) closeSync(fd);
    rmSync(draft, { force: true });
  } catch {
    // What went wrong first is what matters.
  }
  return { reason };
}

function reasonOf(error: unknown): string {
  const { code } = error as { code?: string };
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'no space left on the disk';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOENT':
      return 'it is not there any more';
    default:
      return `it cannot be written (${code ?? 'unknown error'})`;
  }
}

/** Not every file system can; the file itself is safe by then. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {}
}
