/** What every command shares: exit codes, streams, colours. With the other commands the only place that knows `process`. */
import { fstatSync, statSync, writeSync } from 'node:fs';
import { colourful, plain, type Style, visible } from '../format/style.ts';

/** What the shell and every CI system see. */
export const exit = { clean: 0, findings: 1, failure: 2 } as const;

export const [stdout, stderr] = [1, 2] as const;

const unwritable = 'lbcheck.unwritable';

/**
 * Tells what ended the program, in one line: a stream that takes nothing, or else a mistake of ours. A trace would say where
 * the program lies and what it was reading.
 */
export function complainOf(error: unknown): void {
  const { code, message = String(error) } = error as { code?: string; message?: string };
  complain(code === unwritable ? message : `internal error: ${message} (please report it)`);
}

/**
 * Writes all of `text`, or all bytes. Not through process.stdout: to make that stream costs as much as to check a file, and what it has
 * not yet written is lost when the process ends.
 */
export function write(fd: number, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return; // the reader has seen enough
      if (code === 'EAGAIN') continue; // a pipe that is full for now
      if (fd === stderr) return; // nobody is left to be told
      throw Object.assign(new Error(`standard output cannot be written: ${(error as Error).message}`), {
        code: unwritable,
      });
    }
  }
}

/** Lines that repeat what was typed, fit to be shown. */
export const withoutControls = (text: string): string => text.split('\n').map(visible).join('\n');

/** One line on standard error; the name of a file that it holds may be anything. */
export const complain = (message: string): void => write(stderr, `lbcheck: ${visible(message)}\n`);

/**
 * Whether a person is looking. process.stdout knows, but loads Node's terminal code to answer: what is no terminal for
 * certain is told by the kind of file.
 */
export function isTerminal(stream: number = stdout): boolean {
  const file = fstatSync(stream);
  const nowhere = statSync('/dev/null', { throwIfNoEntry: false });
  return (
    file.isCharacterDevice() &&
    file.rdev !== nowhere?.rdev &&
    (stream === stderr ? process.stderr : process.stdout).isTTY === true
  );
}

/** Colour as the operator wants it: the option, then NO_COLOR, then FORCE_COLOR, then whether a person is looking. */
function wantsColour(option: string, stream: number): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (option !== 'auto') return option === 'always';
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return TERM !== 'dumb' && isTerminal(stream);
}

/** How to write on standard output, or on another stream. */
export const styleFor = (colour: string, stream: number = stdout): Promise<Style> =>
  wantsColour(colour, stream) ? colourful() : Promise.resolve(plain);

/** The package commander, which is loaded only when there is more to read than paths. */
export type Commander = typeof import('commander');

/** What a command is given beside its own arguments. */
export interface Context {
  /** The value of `--color`. */
  readonly colour: () => string;
  /** Takes the exit code. */
  readonly done: (code: number) => void;
}
