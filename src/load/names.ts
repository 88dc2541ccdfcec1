/** What files and folders say about the machine they are of. */
import { posix } from 'node:path';
import { fragmentFolders } from './language.ts';
import { isBelow } from './reader.ts';

/** Folders that say what lies in them, not whose it is. */
const general = new Set([
  'etc',
  'keepalived',
  'nginx',
  'openresty',
  'conf',
  'config',
  'configs',
  'usr',
  'local',
  ...fragmentFolders,
]);

/** The folder of the machine that a file or folder belongs to: `lb1` of `lb1/etc/nginx`. */
export function homeOf(folder: string, cwd: string): string {
  const base = isBelow(cwd, folder) ? cwd : '/';
  const own = posix.relative(base, folder).split('/');
  return posix.join(base, ...own.filter((segment) => !general.has(segment)));
}

/** Extensions and endings that say nothing about the machine. */
const endings = new Set([
  'conf',
  'cfg',
  'txt',
  'j2',
  'jinja',
  'jinja2',
  'erb',
  'tpl',
  'tmpl',
  'template',
  'in',
]);

/** What a file's name says besides its language: `master` of `keepalived-master.conf`, nothing of `nginx.conf`. */
export function labelOf(path: string): string {
  const [first, ...rest] = posix.basename(path).split('.');
  if (['/dev/fd', '/proc/self/fd'].includes(posix.dirname(path))) return `fd${first}`;
  const name = [first, ...rest.filter((part) => !endings.has(part.toLowerCase()))].join('.');
  if (name === 'keepalived' || name === 'nginx') return '';
  const label = name
    .replace(/(^|[-_.])(?:keepalived|nginx)(?=[-_.]|\d|$)/gi, '$1')
    .replace(/^[-_.]+|(?<![-_.])[-_.]+$/g, '')
    .replace(/[-_.]{2,}/g, '-');
  // A mere number is no name.
  return /^\d+$/.test(label) ? name : label;
}

/** What two labels are compared by: `nginx1` goes with `keepalived1`. */
export const labelKey = (label: string): string =>
  label.toLowerCase().replace(/^(?:keepalived|nginx)[-_.]?(?=\d+$)/, '');

const role =
  /^(?:master|backup|slave|primary|secondary|standby|active|passive|main|peer|left|right|[ab]|(?:lb|node|ha|server|srv|host|vm|proxy|ka|gw|web|edge|dr|keepalived|nginx)?\d+)$/i;

/** Whether a label names one of several machines: `master`, `lb2`, `eu-node-1`. */
export const isRole = (label: string): boolean => label.split(/[-_.]/).some((word) => role.test(word));

/** Names that a node could have, best first. */
export function namesFor(label: string, home: string): readonly string[] {
  const folders = home.split('/').filter((segment) => segment !== '');
  return [label, ...folders.reverse()].filter((name) => name !== '');
}

/**
 * One name for each list of candidates, no two alike; `taken` are names that others have already. Nodes whose names
 * would be alike take the next folder that tells them apart, or a number.
 */
export function uniqueNames(
  candidates: readonly (readonly string[])[],
  taken: readonly string[],
): readonly string[] {
  const lists = candidates.map((names) => (names.length > 0 ? names : ['localhost']));
  const names = lists.map((list) => list[0]!);
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const name of [...counts.keys()]) {
    if (counts.get(name)! < 2) continue;
    const alike = [...names.keys()].filter((index) => names[index] === name);
    const depth = alike.reduce((most, index) => Math.max(most, lists[index]!.length), 0);
    for (let level = 1; level < depth; level++) {
      const next = alike.map((index) => lists[index]![level]);
      if (next.includes(undefined) || new Set(next).size < next.length) continue;
      for (const [position, index] of alike.entries()) {
        const other = next[position]!;
        names[index] = other;
        counts.set(other, (counts.get(other) ?? 0) + 1);
      }
      break;
    }
  }
  const used = new Set(taken);
  return names.map((name) => {
    let result = name;
    for (let number = 2; used.has(result); number++) result = `${name}-${number}`;
    used.add(result);
    return result;
  });
}
