/** A few tries of what `npm run fuzz` does for hours. */
import { expect, it } from 'vitest';
import { faults } from './fuzz/trial.ts';

it.each(Array.from({ length: 40 }, (_, n) => 20_261_122 + n))(
  'files made by chance, seed %i',
  async (seed) => {
    const found: string[] = [];
    for await (const fault of faults(seed)) found.push(fault);
    expect(found).toEqual([]);
  },
);
