/** Texts on their way out: onto a stream of the program, or into a file of their own. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { plain, type Style } from '../format/style.ts';
import type { Output } from './arguments.ts';
import { complain, styleFor, write } from './terminal.ts';

/** Where to write what goes into no file, and the value of `--color`. */
export interface Terminal {
  readonly stream: number;
  readonly colour: string;
}

/** Writes each output as `text` makes it. Gives false when a file could not be written, and the operator has been told so. */
export async function writeOutputs(
  outputs: readonly Output[],
  text: (format: string, style: Style) => string | Promise<string>,
  { stream, colour }: Terminal,
): Promise<boolean> {
  for (const { format, file } of outputs) {
    if (file === undefined) write(stream, await text(format, await styleFor(colour, stream)));
    else if (!save(file, await text(format, plain))) return false;
  }
  return true;
}

/** Writes a file. Gives false when that failed, and the operator has been told so. */
export const save = (file: string, text: string, shown: string = file): boolean =>
  isDone(shown, () => writeFileSync(file, text));

/** Writes at the end of a file. */
export const append = (file: string, text: string): boolean => isDone(file, () => appendFileSync(file, text));

function isDone(shown: string, put: () => void): boolean {
  try {
    put();
    return true;
  } catch (error) {
    complain(`${shown}: not written: ${(error as Error).message}`);
    return false;
  }
}
