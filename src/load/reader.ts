/** Files as text: read once, decoded, named as they are shown, and parsed once where a tree may be shared. */
import { posix } from 'node:path';
import { parseNginx } from '../../grammar/nginx/index.ts';
import { remembered } from '../../grammar/remembered.ts';
import { decode, type Encoding, type Source, source } from '../../grammar/text.ts';
import type { File } from '../../grammar/tree.ts';
import { type FileSystem, isUnread, type Unread } from './disk.ts';

/** A file's text and how its bytes were read. */
export interface Text {
  readonly text: string;
  readonly encoding: Encoding;
}

/** One run's view of the files; paths are absolute. */
export interface Reader {
  readonly fs: FileSystem;
  readonly cwd: string;
  /** The path as it is shown. */
  readonly shown: (path: string) => string;
  /** The text of a regular file; of a pipe or device only when the operator named it, for it may never end. */
  readonly text: (path: string, named?: boolean) => Text | Unread;
  /** A new Source, so that places in it belong to one node. */
  readonly source: (path: string) => Source | Unread;
  /** The nginx tree of a file, the same for all who ask. */
  readonly nginx: (path: string) => File | Unread;
  /** Gives a path the bytes that came from elsewhere. */
  readonly seed: (path: string, bytes: Uint8Array) => void;
  /** Whether a path has been given bytes by seed(). */
  readonly seeded: (path: string) => boolean;
}

/** How a reader reads. */
interface ReaderOptions {
  /** Its paths are where the files lie. */
  readonly onDisk?: boolean;
  /** The context that fragments of nginx stand in, where the operator said it. */
  readonly context?: string | undefined;
}

/** A reader of `files`. */
export function reader(
  files: FileSystem,
  cwd: string,
  shown: (path: string) => string,
  { onDisk = true, context }: ReaderOptions = {},
): Reader {
  const fs: FileSystem = {
    ...files,
    // What a path is holds for the whole run.
    status: remembered(files.status),
    realPath: remembered(files.realPath),
    link: remembered(files.link),
  };
  const texts = new Map<string, Text | Unread>();
  const trees = new Map<string, File>();
  const seeds = new Set<string>();
  const text: Reader['text'] = (path, named = false) => {
    const known = texts.get(path);
    if (known) return known;
    const { kind, reason } = fs.status(path);
    if (kind !== 'file' && !(kind === 'stream' && named)) {
      return kind === 'missing' || kind === 'denied' ? { kind, reason } : { kind: 'unreadable', reason };
    }
    const result = textOf(fs.read(path));
    texts.set(path, result);
    return result;
  };
  const fresh: Reader['source'] = (path) => {
    const read = text(path);
    return isUnread(read)
      ? read
      : source(shown(path), read.text, read.encoding, seeds.has(path) ? '-' : onDisk ? path : undefined);
  };
  return {
    fs,
    cwd,
    shown,
    text,
    source: fresh,
    nginx: (path) => {
      const real = fs.realPath(path);
      const known = trees.get(real);
      if (known) return known;
      const read = fresh(path);
      if (isUnread(read)) return read;
      const tree = parseNginx(read, context);
      trees.set(real, tree);
      return tree;
    },
    seed: (path, bytes) => {
      seeds.add(path);
      texts.set(path, textOf(bytes));
    },
    seeded: (path) => seeds.has(path),
  };
}

function textOf(bytes: Uint8Array | Unread): Text | Unread {
  if (isUnread(bytes)) return bytes;
  return isBinary(bytes) ? { kind: 'unreadable', reason: 'binary file' } : decode(bytes);
}

/** First bytes of gzip, ELF, PNG, zip, xz, zstd, bzip2 and JPEG files. */
const magics = [
  '1f8b08',
  '7f454c46',
  '89504e470d0a',
  '504b0304',
  'fd377a585a',
  '28b52ffd',
  '425a68',
  'ffd8ff',
];

/** A stray NUL or two are damage to report, not a binary file; UTF-16 with its mark is text. */
function isBinary(bytes: Uint8Array): boolean {
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (mark === 0xfffe || mark === 0xfeff) return false;
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 8192));
  const head = start.toString('hex', 0, 6);
  if (magics.some((magic) => head.startsWith(magic))) return true;
  if (!start.includes(0)) return false;
  let nuls = 0;
  let controls = 0;
  for (const byte of start) {
    if (byte === 0) nuls++;
    if (byte < 32 && !(byte >= 9 && byte <= 13) && byte !== 27) controls++;
  }
  return nuls > 1 && controls * 20 > start.length;
}

/**
 * How paths are shown: relative to the working directory where they lie below it, else in the form of the argument that
 * led to them.
 */
export function shownBy(cwd: string, given: readonly string[]): (path: string) => string {
  const bases = given
    .map((name) => ({ path: posix.resolve(cwd, name), name: posix.normalize(name).replace(/(.)\/$/, '$1') }))
    .flatMap((base) => [base, { path: posix.dirname(base.path), name: posix.dirname(base.name) }])
    .filter(({ name }) => name.startsWith('..'));
  return (path) => {
    if (isBelow(cwd, path)) return posix.relative(cwd, path) || '.';
    const base = bases.find((each) => isBelow(each.path, path));
    return base ? posix.join(base.name, posix.relative(base.path, path)) : path;
  };
}

/** Whether `path` is `folder` or lies in it. */
export const isBelow = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
