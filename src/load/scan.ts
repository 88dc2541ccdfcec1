/** Folders: the configurations that lie in one, and the machines that lie below it. */
import { posix } from 'node:path';
import type { Language } from '../model/syntax.ts';
import { isUnread } from './disk.ts';
import { couldBeHostFile, hostKindOf } from './host-files.ts';
import { hostPlaces } from './host-places.ts';
import { isCopy, isForeign, isFragmentPath, isMain, languageByName, languageOf } from './language.ts';
import { homeOf, isRole, labelKey, labelOf } from './names.ts';
import { followed } from './place.ts';
import type { Reader } from './reader.ts';
import { shippedFile } from './shipped.ts';

/** A configuration file and what its place says. */
export interface Found {
  readonly path: string;
  readonly language: Language | 'host';
  /** An nginx main file, or any keepalived file. */
  readonly main: boolean;
  /** The folder of its machine. */
  readonly home: string;
  /** What its name says besides the language, or empty. */
  readonly label: string;
  /** Met in a folder: then the folder names the node, unless several files of it share the folder. */
  readonly met: boolean;
  /** Its folder is one of several below the folder that the operator named, so it is a machine by itself. */
  readonly own: boolean;
}

/** What a folder holds, and what lies there that could not be used. */
export interface Scan {
  readonly found: readonly Found[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/** Where the daemons' folders lie in the folder of a machine. */
const places = ['.', 'etc/keepalived', 'keepalived', 'etc/nginx', 'nginx', 'usr/local/nginx/conf', 'conf'];
/** Folders of nginx that hold what the main file includes. */
const fragments = ['conf.d', 'http.d', 'stream.d', 'sites-enabled'];
const never = /^(?:\..*|node_modules|__pycache__|vendor)$/;
/** Names that a configuration could have: no extension, or one that stands for none. */
const couldBe = /^[^.]+$|\.(?:conf|cfg|cnf|txt|j2|jinja2?|erb|tpl|tmpl|template|in)(?:[._~-]|$)/i;
/** A file whose name tells nothing is looked into only up to this size: 1 MiB. */
const maxGuess = 1024 * 1024;

/** The configurations of a folder: those in it, or else those of the machines one level below. */
export function scan(reader: Reader, folder: string): Scan {
  const here = machine(reader, folder, homeOf(folder, reader.cwd), false);
  if (here.found.some(({ language }) => language === 'keepalived')) return here;
  const below = subfolders(reader, folder).map((path) => {
    const found = machine(reader, path, homeOf(path, reader.cwd), true);
    // Beside a main file the folders are parts of it, unless they hold a main file by name.
    const counts =
      here.found.every(({ language }) => language === 'host') ||
      found.found.some((each) => each.main && languageByName(each.path) !== undefined);
    return counts ? found : { found: [], skipped: [] };
  });
  const found = [...here.found, ...below.flatMap(({ found }) => found)];
  return {
    // What a host is set to matters for the daemons on it.
    found: found.some(({ language }) => language !== 'host') ? found : [],
    skipped: [...here.skipped, ...below.flatMap(({ skipped }) => skipped)],
  };
}

/** Folders that may be machines, also sorted by daemon first: `keepalived/lb1`, `nginx/lb1`. */
function subfolders(reader: Reader, folder: string): readonly string[] {
  const below = (path: string): readonly string[] =>
    reader.fs
      .list(path)
      .filter((name) => !never.test(name))
      .map((name) => posix.join(path, name))
      .filter((each) => reader.fs.status(each).kind === 'directory' && !isFragmentPath(`${each}/x`));
  const all = below(folder);
  const daemons = all.filter((path) => places.includes(posix.basename(path)));
  return [...all.filter((path) => !daemons.includes(path)), ...daemons.flatMap(below)];
}

function machine(reader: Reader, folder: string, home: string, own: boolean): Scan {
  const skipped: { path: string; reason: string }[] = [];
  const seen = new Set<string>();
  const look = (met: string): Found[] => {
    const name = posix.basename(met);
    const path = followed({ reader, main: met, folder: posix.dirname(met) }, met);
    if (path === undefined) {
      const reason = `a link to ${reader.fs.link(met)}, which lies outside the given files`;
      if (languageByName(met) !== undefined || isFragmentPath(met)) skipped.push({ path: met, reason });
      return [];
    }
    const { kind, size, reason } = reader.fs.status(path);
    if (name.startsWith('.') || isForeign(name) || kind === 'directory') return [];
    const named = languageByName(path) !== undefined;
    if (kind !== 'file') {
      if (named) skipped.push({ path, reason });
      return [];
    }
    // An empty file tells nothing; those of /proc say that they are empty, and some of them never end.
    if (!named && (size === 0 || size > maxGuess || !couldBe.test(name))) return [];
    const text = reader.text(path);
    if (isUnread(text)) {
      if (named) skipped.push({ path, reason: text.reason });
      return [];
    }
    if (couldBeHostFile(path) && hostKindOf(path, text.text)) return [];
    const language = languageOf(path, text.text, true);
    const real = reader.fs.realPath(path);
    if (!language || seen.has(real)) return [];
    seen.add(real);
    const main = language === 'keepalived' || isMain(path, text.text);
    // What packages ship is a part of some main file.
    if (!main && shippedFile(name)) return [];
    return [{ path, language, main, home, label: labelOf(path), met: true, own }];
  };
  const names = new Map([['.', reader.fs.list(folder)]]);
  // Most of the places are nowhere: their parents' listings tell so for less than asking for them costs.
  const namesIn = (place: string): readonly string[] => {
    let found = names.get(place);
    if (!found) {
      const cut = place.lastIndexOf('/');
      const isThere = namesIn(cut < 0 ? '.' : place.slice(0, cut)).includes(place.slice(cut + 1));
      found = isThere ? reader.fs.list(posix.join(folder, place)) : [];
      names.set(place, found);
    }
    return found;
  };
  const list = (place: string): string[] => namesIn(place).map((name) => posix.join(folder, place, name));

  const paths = places.flatMap(list);
  const isSpare = (path: string): boolean => isCopy(posix.basename(path)) || isSafetyCopy(reader, path);
  let found = paths.filter((path) => !isSpare(path)).flatMap(look);
  if (found.length === 0) found = paths.filter(isSpare).flatMap(look);
  const hasMain = found.some(({ language, main }) => language === 'nginx' && main);
  const inside = places
    .filter((place) => !place.endsWith('keepalived'))
    .flatMap((place) =>
      [...fragments, ...(hasMain ? [] : ['sites-available'])].map((name) =>
        place === '.' ? name : `${place}/${name}`,
      ),
    )
    .flatMap(list)
    .filter((path) => /\/sites-[^/]*\/[^/]*$/.test(path) || path.endsWith('.conf'))
    .filter((path) => !isSpare(path))
    .flatMap(look)
    .filter(({ language }) => language === 'nginx');
  // Beside a main file only those folders are known to be meant for it; what else it does not include is not in use.
  found = found.filter(({ main }) => main || !hasMain);
  const kept = chosen(found);
  for (const { path } of found.filter((each) => !kept.includes(each))) {
    skipped.push({ path, reason: 'no file includes it, and its name names no machine' });
  }
  const host = hostPlaces
    .flatMap(([place, name]) =>
      namesIn(place)
        .filter((each) => name.test(each))
        .flatMap((each) =>
          // systemd.unit(5): what changes a part of a file lies in a folder of its name.
          each.endsWith('.network.d') ? list(posix.join(place, each)) : posix.join(folder, place, each),
        ),
    )
    .filter((path) => couldBeHostFile(path) && !seen.has(reader.fs.realPath(path)))
    .flatMap(hostFile);
  return { found: [...kept, ...inside, ...host], skipped };

  function hostFile(path: string): Found[] {
    const { kind, size } = reader.fs.status(path);
    if (kind !== 'file' || size === 0 || size > maxGuess) return [];
    const text = reader.text(path);
    if (isUnread(text) || !hostKindOf(path, text.text)) return [];
    seen.add(reader.fs.realPath(path));
    return [{ path, language: 'host', main: false, home, label: hostLabel(path), met: true, own }];
  }
}

/** What the name of a host file says of its machine: `lb1` of `sysctl-lb1.conf`. */
export const hostLabel = (path: string): string =>
  // The numbers of drop-in files are an order.
  labelOf(path)
    .split(/[-_.]/)
    .find((word) => isRole(word) && /[a-z]/i.test(word))
    ?.toLowerCase() ?? '';

/** Beside `keepalived.conf` only names that name a machine are other machines' files; so with nginx. */
function chosen(found: readonly Found[]): readonly Found[] {
  const keepalived = found.filter(({ language }) => language === 'keepalived');
  const balancers = keepalived.some(({ label }) => label === '')
    ? keepalived.filter(({ label }) => label === '' || isRole(label))
    : keepalived;
  const labels = new Set(balancers.map(({ label }) => labelKey(label)));
  const nginx = found.filter(({ language, main }) => language === 'nginx' && main);
  const plain = nginx.some(({ label }) => label === '');
  const dropped = plain
    ? nginx.filter(({ label }) => label !== '' && !labels.has(labelKey(label)) && !isRole(label))
    : [];
  return found.filter((each) =>
    each.language === 'keepalived' ? balancers.includes(each) : !dropped.includes(each),
  );
}

/** `keepalived.conf.backup` beside `keepalived.conf`: the other machine's when it says so, else an old copy. */
function isSafetyCopy(reader: Reader, path: string): boolean {
  if (!/\.conf[._-]backup$/i.test(path)) return false;
  if (reader.fs.status(path.replace(/[._-]backup$/i, '')).kind !== 'file') return false;
  const text = reader.text(path);
  return isUnread(text) || !/^[ \t]*state[ \t]+BACK/im.test(text.text);
}
