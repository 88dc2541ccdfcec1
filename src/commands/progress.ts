/** A line on the terminal that tells what a long run is at. A short one never shows it, nor pays for it. */
import { fstatSync } from 'node:fs';
import type { FileSystem } from '../load/disk.ts';
import { stderr, write } from './terminal.ts';

/** Milliseconds after the start of the program, and between two lines. */
const [patience, pace] = [1000, 100];

/** Milliseconds since the start of the program. To name `performance` would load Node's code for measuring. */
const clock = (): number => process.uptime() * 1000;

export interface Progress {
  /** `fs`, with every file that is read counted. */
  readonly counting: (fs: FileSystem) => FileSystem;
  /** A rule is about to be asked. */
  readonly onRule: (done: number, total: number) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

/** Begins to measure. */
export function progress(): Progress {
  let isPerson: boolean | undefined;
  let next = patience;
  let files = 0;
  let isShown = false;
  const show = (text: () => string): void => {
    const now = clock();
    if (now < next) return;
    // To ask for a terminal loads Node's code for terminals; what is none for certain is told by the kind of file.
    isPerson ??= fstatSync(stderr).isCharacterDevice() && process.stderr.isTTY === true;
    next = isPerson ? now + pace : Number.POSITIVE_INFINITY;
    if (!isPerson) return;
    write(stderr, `\r\x1b[K${text()}`);
    isShown = true;
  };
  return {
    counting: (fs) => ({
      ...fs,
      read: (path) => {
        files++;
        show(() => `reading, ${files} files so far`);
        return fs.read(path);
      },
    }),
    onRule: (done, total) => show(() => `checking, rule ${done + 1} of ${total}`),
    end: () => {
      if (isShown) write(stderr, '\r\x1b[K');
      isShown = false;
      next = Math.max(patience, clock() + patience);
    },
  };
}
