/** The only access to files: a small port, the real disk behind it, and a map for tests and examples. */
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { posix } from 'node:path';

/** A larger file is no configuration: 64 MiB. */
const maxFileSize = 64 * 1024 * 1024;

/** What a path leads to, links followed; a `stream` (pipe, terminal) can be read once and may keep its reader waiting. */
export type Kind = 'file' | 'directory' | 'stream' | 'other' | Unread['kind'];

/** Why nothing could be read: not there, not for us, not a text file, or too large; with the reason in plain words. */
export interface Unread {
  readonly kind: 'missing' | 'denied' | 'unreadable' | 'large';
  readonly reason: string;
}

/** What is known of a path without reading it. */
export interface Status {
  readonly kind: Kind;
  /** In words, for a message: `a folder`, `permission denied`. */
  readonly reason: string;
  /** Some execute bit is set: keepalived does not read such files. */
  readonly executable: boolean;
  /** In bytes; 0 where it is not known before reading. */
  readonly size: number;
}

/** All that loading asks of a file system; paths are absolute, with `/`. Nothing here throws. */
export interface FileSystem {
  readonly status: (path: string) => Status;
  /** The bytes of a file or stream. */
  readonly read: (path: string) => Uint8Array | Unread;
  /** The names in a folder, in byte order; none where it cannot be read. */
  readonly list: (path: string) => readonly string[];
  /** The path with all links followed, or itself where that cannot be told. */
  readonly realPath: (path: string) => string;
  /** What a symbolic link says, or undefined for anything else. */
  readonly link: (path: string) => string | undefined;
}

/** Whether reading gave a reason in place of bytes or text. */
export const isUnread = (result: object): result is Unread => 'reason' in result;

/** Compares as strcmp() does: by bytes, not by UTF-16 code units. */
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const missing: Unread = { kind: 'missing', reason: 'no such file or folder' };

const problem = (error: unknown): Unread => {
  const { code } = error as { code?: string };
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    // A path with a NUL character.
    case 'ERR_INVALID_ARG_VALUE':
      return missing;
    case 'EACCES':
    case 'EPERM':
      return { kind: 'denied', reason: 'permission denied' };
    case 'ELOOP':
      return { kind: 'unreadable', reason: 'a loop of symbolic links' };
    case 'ENAMETOOLONG':
      return { kind: 'missing', reason: 'a name too long for any file' };
    case 'EISDIR':
      return { kind: 'unreadable', reason: 'a folder' };
    default:
      return { kind: 'unreadable', reason: `not readable (${code ?? 'unknown error'})` };
  }
};

const tooLarge: Unread = { kind: 'large', reason: 'larger than 64 MiB' };

/** Reads to the end or the bound; a pipe tells no size, so the bound is kept while reading. */
function readAll(fd: number, size: number): Uint8Array | Unread {
  if (size > maxFileSize) return tooLarge;
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.max(size + 1 - total, size > 0 ? 1 : 64 * 1024));
    const count = readSome(fd, chunk);
    if (count > 0) chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > maxFileSize) return tooLarge;
    // Of a regular file a short read is the last one.
    if (count === 0 || (total === size && count < chunk.length))
      return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }
}

function readSome(fd: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, chunk, 0, chunk.length, null);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      // Somebody else made the pipe non-blocking; its writer is not there yet.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** The number in `/dev/fd/3` and its like; a socket behind it cannot be opened by name, only read by number. */
const descriptor = (path: string): number | undefined => {
  const match = /^(?:\/dev\/fd|\/proc\/(?:self|thread-self)\/fd)\/(\d+)$|^\/dev\/stdin$/.exec(path);
  return match ? Number(match[1] ?? 0) : undefined;
};

const attempt = <T>(action: () => T): T | Unread => {
  try {
    return action();
  } catch (error) {
    return problem(error);
  }
};

/** The machine's own files. */
export const disk: FileSystem = {
  status: (path) => {
    try {
      // An exception takes longer than the question, and lbcheck.yaml is looked for in every folder above.
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!stats) return nothingAt(path);
      // A folder that cannot be listed looks like an empty one.
      if (stats.isDirectory()) accessSync(path, constants.R_OK | constants.X_OK);
      const [kind, reason] = kindOf(stats, descriptor(path) !== undefined);
      return { kind, reason, executable: (stats.mode & 0o111) !== 0, size: stats.size };
    } catch (error) {
      const unread = problem(error);
      return unread === missing ? nothingAt(path) : { ...unread, executable: false, size: 0 };
    }
  },
  read: (path) =>
    attempt(() => {
      const number = descriptor(path);
      let fd: number | undefined;
      try {
        fd = openSync(path, 'r');
      } catch (error) {
        if (number === undefined || (error as { code?: string }).code !== 'ENXIO') throw error;
      }
      try {
        const stats = fstatSync(fd ?? number!);
        return readAll(fd ?? number!, stats.isFile() ? stats.size : 0);
      } finally {
        if (fd !== undefined) closeSync(fd);
      }
    }),
  list: (path) => {
    const names = attempt(() => readdirSync(path));
    return Array.isArray(names) ? names.sort(byBytes) : [];
  },
  realPath: (path) => {
    const real = attempt(() => realpathSync.native(path));
    return typeof real === 'string' ? real : path;
  },
  link: (path) => {
    // Hardly a file is a link, and an exception for each of the others takes longer than the question.
    const link = attempt(() =>
      lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined,
    );
    return typeof link === 'string' ? link : undefined;
  },
};

function nothingAt(path: string): Status {
  const isLink = attempt(() => lstatSync(path, { throwIfNoEntry: false }) !== undefined) === true;
  const link = isLink ? disk.link(path) : undefined;
  const reason = link === undefined ? missing.reason : `a symbolic link to ${link}, which does not exist`;
  return { kind: 'missing', reason, executable: false, size: 0 };
}

function kindOf(stats: Stats, open: boolean): [Kind, string] {
  if (stats.isFile()) return ['file', 'a file'];
  if (stats.isDirectory()) return ['directory', 'a folder'];
  if (stats.isFIFO()) return ['stream', 'a pipe'];
  if (stats.isCharacterDevice()) return ['stream', 'a device'];
  if (stats.isSocket()) return [open ? 'stream' : 'other', 'a socket'];
  return ['other', 'a device'];
}

/** All of standard input. */
export function readStdin(): Uint8Array {
  const bytes = attempt(() => readAll(0, 0));
  return isUnread(bytes) ? new Uint8Array() : bytes;
}

/**
 * Files held in a map from path to content; `statuses` makes some of them executable, unreadable or otherwise odd.
 * Relative paths lie below `/`.
 */
export function memory(
  files: Readonly<Record<string, string | Uint8Array>>,
  statuses: Readonly<Record<string, Partial<Status>>> = {},
): FileSystem {
  const contents = new Map<string, Uint8Array>();
  const folders = new Map<string, Set<string>>([['/', new Set()]]);
  for (const [name, content] of Object.entries(files)) {
    const path = posix.resolve('/', name);
    contents.set(path, typeof content === 'string' ? Buffer.from(content) : content);
    for (let at = path; at !== '/'; at = posix.dirname(at)) {
      const folder = posix.dirname(at);
      folders.set(folder, (folders.get(folder) ?? new Set()).add(posix.basename(at)));
    }
  }
  const odd = new Map(Object.entries(statuses).map(([name, status]) => [posix.resolve('/', name), status]));
  const status = (path: string): Status => {
    const bytes = contents.get(path);
    const kind = bytes ? 'file' : folders.has(path) ? 'directory' : 'missing';
    const reason = { file: 'a file', directory: 'a folder', missing: 'no such file or folder' }[kind];
    return { kind, reason, executable: false, size: bytes?.length ?? 0, ...odd.get(path) };
  };
  return {
    status,
    read: (path) => {
      const { kind, reason, size } = status(path);
      if (size > maxFileSize) return tooLarge;
      if (kind === 'file' || kind === 'stream') return contents.get(path) ?? new Uint8Array();
      return { kind: kind === 'missing' || kind === 'denied' ? kind : 'unreadable', reason };
    },
    list: (path) => [...(folders.get(path) ?? [])].sort(byBytes),
    realPath: (path) => path,
    link: () => undefined,
  };
}
