/** `--watch`: checks again whenever something has changed that the last check looked at. */
import { readdirSync, statSync, watch as watchFolder } from 'node:fs';
import { dirname } from 'node:path';
import { disk, type FileSystem } from '../load/disk.ts';
import { isTerminal, stderr, stdout, write } from './terminal.ts';

/** Milliseconds without a change before the next check: an editor, or git, may be in the midst of it. */
const settled = 100;
/** Milliseconds between looks where nothing tells of changes: network shares, folders that came back. */
const interval = 1000;

/** What every path that was looked at was like, at the first look. */
type Looks = Map<string, string>;

/** Checks again and again; `run` reads through the file system that it is given. Ends with the process. */
export async function watch(run: (fs: FileSystem) => Promise<unknown>): Promise<never> {
  for (;;) {
    const looks: Looks = new Map();
    if (isTerminal()) write(stdout, '\x1b[2J\x1b[3J\x1b[H');
    await run(noting(looks));
    write(stderr, `lbcheck: waiting for changes of ${looks.size} files and folders; Ctrl-C ends it\n`);
    await change(looks);
  }
}

/** The disk, with a note of what was looked at. */
function noting(looks: Looks): FileSystem {
  const note = (path: string): void => {
    if (!looks.has(path)) looks.set(path, lookOf(path));
  };
  const noted =
    <T>(ask: (path: string) => T) =>
    (path: string): T => {
      note(path);
      return ask(path);
    };
  return { ...disk, status: noted(disk.status), read: noted(disk.read), list: noted(disk.list) };
}

/** What tells that a path has changed; of a folder the names in it, but for what editors put there for a while. */
function lookOf(path: string): string {
  try {
    const stats = statSync(path, { bigint: true });
    if (!stats.isDirectory()) return `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
    return readdirSync(path)
      .filter((name) => !/^\.|~$|^4913$/.test(name))
      .sort()
      .join('\n');
  } catch {
    return 'nothing';
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const isChanged = (looks: Looks): boolean => [...looks].some(([path, look]) => lookOf(path) !== look);

/** Resolves when something has changed, and has then stayed as it is for a moment. */
async function change(looks: Looks): Promise<void> {
  let wake = (): void => {};
  const folders = new Set([...looks.keys()].flatMap((path) => [path, dirname(path)]));
  const watchers = [...folders].flatMap((folder) => {
    try {
      if (!statSync(folder).isDirectory()) return [];
      const watcher = watchFolder(folder, () => wake());
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
  for (;;) {
    const start = performance.now();
    if (isChanged(looks)) break;
    const rest = Math.max(interval, 20 * (performance.now() - start));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, rest);
      wake = () => {
        clearTimeout(timer);
        setTimeout(resolve, settled);
      };
    });
  }
  for (const watcher of watchers) watcher.close();
  for (;;) {
    const now: Looks = new Map([...looks.keys()].map((path) => [path, lookOf(path)]));
    await pause(settled);
    if (!isChanged(now)) return;
  }
}
