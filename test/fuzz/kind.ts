/** What a kind of try is: files made by chance, and what must hold whatever they are. */
import type { Dice } from '../bench/workloads.ts';

/** Texts by path; with them a try can be told again and made smaller. */
export type Files = Readonly<Record<string, string>>;

export interface Kind {
  readonly files: (roll: Dice) => Files;
  /** What is wrong; nothing, as it should be. What it throws is wrong, too. */
  readonly faults: (files: Files) => Iterable<string> | AsyncIterable<string>;
}
