/** One try of a kind. */
import { dice } from '../bench/workloads.ts';
import type { Files } from './kind.ts';
import { kinds } from './kinds.ts';

/** Seconds of the processor that no try may take. */
export const slow = 20;

/** The files of a try, the same for the same seed. */
export const filesOf = (kind: string, seed: number): Files => kinds.get(kind)!.files(dice(seed));

/** What is wrong with a try; nothing, as it should be. */
export const faultsOf = (kind: string, seed: number): Promise<readonly string[]> =>
  faultsIn(kind, filesOf(kind, seed));

/** What is wrong with files. */
export async function faultsIn(kind: string, files: Files): Promise<readonly string[]> {
  const found: string[] = [];
  try {
    for await (const fault of kinds.get(kind)!.faults(files)) found.push(fault);
  } catch (error) {
    found.push(`throws ${(error as Error).stack?.split('\n').slice(0, 6).join('\n')}`);
  }
  return found;
}
