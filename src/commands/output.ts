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

/**
 * Writes each output as `text` makes it. Gives false when a file could not be written, or a format broke, and the operator has
 * been told so; the others are written nevertheless.
 */
export async function writeOutputs(
  outputs: readonly Output[],
  text: (format: string, style: Style) => string | Promise<string>,
  { stream, colour }: Terminal,
): Promise<boolean> {
  let isWhole = true;
  for (const { format, file } of outputs) {
    const style = file === undefined ? await styleFor(colour, stream) : plain;
    const made = await madeOf(format, () => text(format, style));
    if (made === undefined) isWhole = false;
    else if (file === undefined) write(stream, made);
    else if (!save(file, made)) isWhole = false;
  }
  return isWhole;
}

/** What `make` gives; undefined when the format broke. */
async function madeOf(format: string, make: () => string | Promise<string>): Promise<string | undefined> {
  try {
    return await make();
  } catch (error) {
    complain(`internal error in the format ${format}: ${(error as Error).message} (please report it)`);
    return undefined;
  }
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
