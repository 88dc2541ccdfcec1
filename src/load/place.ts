/**
 * Where the files lie that a configuration names, when it may be a copy: `/etc/nginx/conf.d` of a tree in a checkout is
 * that tree's folder, never this machine's.
 */
import { posix } from 'node:path';
import { fixedFolder, isPattern } from './glob.ts';
import { isBelow, type Reader } from './reader.ts';

/** Where a configuration lies. */
export interface Home {
  readonly reader: Reader;
  /** The main file; undefined when it came through a pipe and lies nowhere. */
  readonly main: string | undefined;
  /** What relative names start from. */
  readonly folder: string | undefined;
  /** The reader holds the files of the machine itself (`nginx -T`), so absolute names are names there. */
  readonly whole?: true;
}

/** Folders in which the daemons look by default, as their packages and installers set it. */
const defaults = [
  '/etc/nginx',
  '/etc/keepalived',
  '/usr/local/nginx/conf',
  '/usr/local/openresty/nginx/conf',
  '/usr/local/etc/nginx',
  '/usr/local/etc/keepalived',
  '/opt/nginx/conf',
  '/etc/openresty',
  '/etc/angie',
];

/** The default folder that a path lies in, and what stands before it: `lb1` of `lb1/etc/nginx/nginx.conf`. */
function rootOf(path: string): { root: string; folder: string } | undefined {
  const found = defaults
    .map((folder) => ({ folder, at: path.lastIndexOf(`${folder}/`) }))
    .filter(({ at }) => at >= 0)
    // The innermost; of two that end alike the longer, `/usr/local/etc/nginx` and not `/etc/nginx`.
    .sort((a, b) => b.at + b.folder.length - (a.at + a.folder.length) || a.at - b.at)[0];
  return found && { root: path.slice(0, found.at), folder: found.folder };
}

/** Whether a configuration lies where its daemon reads it, so that its absolute names are this machine's. */
export const isLive = ({ main, whole }: Home): boolean =>
  whole === true || (main !== undefined && rootOf(main)?.root === '');

/** The absolute path that a name in a configuration stands for; undefined when it lies outside the given files. */
export function place(home: Home, name: string): string | undefined {
  const { folder, main, reader } = home;
  if (!name.startsWith('/')) return folder && posix.join(folder, name);
  const path = posix.normalize(name);
  if (isLive(home)) return path;
  const { cwd } = reader;
  const asSuch =
    main !== undefined &&
    (isBelow(posix.dirname(main), path) || (cwd !== '/' && isBelow(cwd, main) && isBelow(cwd, path)));
  if (asSuch) return path;
  const tree = main === undefined ? undefined : rootOf(main);
  if (tree) {
    const mapped = tree.root + path;
    return isBelow(tree.folder, path) || isThere(reader, mapped) ? mapped : undefined;
  }
  const known = defaults.find((each) => isBelow(each, path) && each !== path);
  if (!known || !folder) return undefined;
  const mapped = posix.join(folder, posix.relative(known, path));
  return isThere(reader, mapped) ? mapped : undefined;
}

/**
 * Where the program that a command names lies: in its place, or beside the configuration. `folder` is where it belongs when
 * that folder is at hand and it is not in it.
 */
export function programAt(home: Home, path: string): { readonly file?: string; readonly folder?: string } {
  const { reader, main } = home;
  const there = (at: string | undefined): boolean => at !== undefined && reader.fs.status(at).kind === 'file';
  const mapped = place(home, path);
  if (there(mapped)) return { file: mapped! };
  const beside = main === undefined ? undefined : posix.join(posix.dirname(main), posix.basename(path));
  if (!isLive(home) && there(beside)) return { file: beside! };
  const tree = main === undefined ? undefined : rootOf(main);
  const folder = tree && posix.dirname(tree.root + path);
  return folder !== undefined && reader.fs.status(folder).kind === 'directory' ? { folder } : {};
}

const isThere = (reader: Reader, path: string): boolean =>
  reader.fs.status(isPattern(path) ? fixedFolder(path) : path).kind !== 'missing';

/**
 * Where a file is read that may be a link: an absolute link in a copied tree (`sites-enabled`) means that tree's file.
 * Undefined when it leads out of the given files.
 */
export function followed(home: Home, path: string): string | undefined {
  if (isLive(home)) return path;
  let at = path;
  for (let hops = 0; hops < 8; hops++) {
    const link = home.reader.fs.link(at);
    if (!link?.startsWith('/')) return at;
    const target = place(home, link);
    if (target === undefined) return undefined;
    at = target;
  }
  return at;
}
