/** A line on the terminal that tells what a long run is at. A short one never shows it, nor pays for it. */
import { fstatSync } from 'node:fs';
import type { FileSystem } from '../load/disk.ts';
import { stderr, write } from './terminal.ts';

/** Milliseconds after the start of the program, and between two lines. */
const [patience, pace] = [1000, 100];

export interface Progress {
  /** `fs`, with every file that is read counted. */
  readonly counting: (fs: FileSystem) => FileSystem;
  /** A rule is about to be asked about a file, a node or a cluster. */
  readonly onQuestion: (done: number, total: number) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

/** Begins to measure. */
export function progress(): Progress {
  let isPerson: boolean | undefined;
  // Asked a hundred thousand times: the clock that is the cheapest to read. Nothing but the line on the terminal goes by it.
  const clock = Date.now;
  let next = clock() - process.uptime() * 1000 + patience;
  let files = 0;
  let isShown = false;
  const isDue = (): boolean => {
    const now = clock();
    if (now < next) return false;
    // To ask for a terminal loads Node's code for terminals; what is none for certain is told by the kind of file.
    isPerson ??= fstatSync(stderr).isCharacterDevice() && process.stderr.isTTY === true;
    next = isPerson ? now + pace : Number.POSITIVE_INFINITY;
    return isPerson;
  };
  const show = (text: string): void => {
    write(stderr, `\r\x1b[K${text}`);
    isShown = true;
  };
  return {
    counting: (fs) => ({
      ...fs,
      read: (path) => {
        files++;
        if (isDue()) show(`reading, ${files} files so far`);
        return fs.read(path);
      },
    }),
    onQuestion: (done, total) => {
      if (isDue()) show(`checking, ${Math.floor((100 * done) / total)} % done`);
    },
    end: () => {
      if (isShown) write(stderr, '\r\x1b[K');
      isShown = false;
      next = clock() + patience;
    },
  };
}
