/** A few tries of what `npm run fuzz` does for hours. */
import { describe, expect, it } from 'vitest';
import { kinds } from './fuzz/kinds.ts';
import { faultsOf } from './fuzz/trial.ts';

const tries = 6;
const first = 20_261_122;

describe.each([...kinds.keys()])('%s', (kind) => {
  it.each(Array.from({ length: tries }, (_, n) => first + n))('made by chance, seed %i', async (seed) => {
    expect(await faultsOf(kind, seed)).toEqual([]);
  });
});
