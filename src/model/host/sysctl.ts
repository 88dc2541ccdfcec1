/** Kernel settings, as systemd-sysctl applies the files of sysctl.d(5). */
import type { HostFile } from '../../load/loaded.ts';
import { type Located, located } from '../located.ts';
import { linesOf } from './lines.ts';

/** What the files say of one key; `unknown` where it depends on who reads them. */
export type SysctlValue = Located<string> | 'unset' | 'unknown';

export interface Sysctl {
  /** Some file of settings is at hand. */
  readonly given: boolean;
  /** The value of a key such as `net.ipv4.ip_nonlocal_bind` once all files have been applied. */
  value(key: string): SysctlValue;
  /** Every key that some file sets, as the kernel spells it: `net.ipv4.ip_forward`. */
  readonly keys: ReadonlyMap<string, Located<string>>;
}

interface Assignment {
  /** With `/` between its parts, as below /proc/sys. */
  readonly key: string;
  /** Undefined for `-key`, which takes a key out of what a pattern sets. */
  readonly value: Located<string> | undefined;
}

/** Where a file of the same name counts instead of the others, the first before the next (CONF_PATHS in systemd). */
const folders = ['etc', 'run', 'usr/local/lib', 'usr/lib', 'lib'];

/** The settings that these files make together. */
export function sysctlOf(files: readonly HostFile[]): Sysctl {
  // systemd-sysctl meets /etc/sysctl.conf as a link named 99-sysctl.conf, procps reads it after all others.
  const [systemd, procps] = ['99-sysctl.conf', '\u{10ffff}'].map((name) =>
    inOrder(files, name).flatMap((file) => [...assignmentsOf(file)]),
  ) as [Assignment[], Assignment[]];
  const keys = new Map<string, Located<string>>();
  for (const { key, value } of systemd) if (value) keys.set(shownKey(key), value);
  return {
    given: files.length > 0,
    keys,
    value: (name) => {
      const key = pathOf(name);
      const [first, second] = [lastValue(systemd, key), lastValue(procps, key)];
      return first?.value === second?.value ? (first ?? 'unset') : 'unknown';
    },
  };
}

function lastValue(assignments: readonly Assignment[], key: string): Located<string> | undefined {
  const named = assignments.findLast((each) => each.key === key);
  if (named) return named.value;
  return assignments.findLast((each) => each.value && matches(each.key, key))?.value;
}

function inOrder(files: readonly HostFile[], mainName: string): readonly HostFile[] {
  const places = files.map((file) => {
    const [, folder = 'etc', name = ''] =
      /(?:^|\/)(?:(etc|run|usr\/local\/lib|usr\/lib|lib)\/)?(?:sysctl\.d\/)?([^/]*)$/.exec(
        file.source.path,
      ) ?? [];
    const dropIn = /(?:^|\/)sysctl\.d\/[^/]*$/.test(file.source.path);
    // What is no file of settings is a dump of what the kernel holds.
    const key = dropIn ? name : name.endsWith('.conf') ? mainName : '\u{10ffff}\u{10ffff}';
    return { file, key, rank: folders.indexOf(folder), dropIn };
  });
  return places
    .filter(
      ({ key, rank, dropIn }) =>
        !dropIn || !places.some((other) => other.dropIn && other.key === key && other.rank < rank),
    )
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ file }) => file);
}

function* assignmentsOf({ source }: HostFile): Generator<Assignment> {
  for (const { text, start } of linesOf(source)) {
    const match = /^\s*(-?)\s*([^#;=\s][^=]*?)(?<!\s)\s*(?:=\s*(?!\s)(|\S|\S.*?\S)\s*)?$/d.exec(text);
    if (!match) continue;
    const [, minus, key = '', value] = match;
    if (value === undefined) {
      if (minus) yield { key: pathOf(key), value: undefined };
      continue;
    }
    const at = { source, start: start + match.indices![2]![0], end: start + match.indices![3]![1] };
    yield { key: pathOf(key), value: located(value, at) };
  }
}

/** sysctl_normalize(): the first separator says which one is meant, the other one then stands for itself. */
function pathOf(key: string): string {
  const first = /[./]/.exec(key)?.[0];
  return first === '.' ? key.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.')) : key;
}

const shownKey = (path: string): string => path.replace(/[./]/g, (sign) => (sign === '/' ? '.' : '/'));

/** Whether a pattern of glob(7) covers a key. */
function matches(pattern: string, key: string): boolean {
  const [own, other] = [pattern.split('/'), key.split('/')];
  return (
    pattern.includes('*') &&
    own.length === other.length &&
    own.every((part, index) => globbed(part, other[index]!))
  );
}

/** `*` and nothing else: steps forward only, so that no pattern takes long. */
function globbed(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    if (index === rest.length - 1) return text.length - part.length >= at && text.endsWith(part);
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
