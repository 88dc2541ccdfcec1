/** The distance between two words is the one of the textbook, as far as the bound goes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distance, nearby, suggest } from '../src/model/suggest.ts';

/** Optimal string alignment as it is defined, by recursion. */
function textbook(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const same = a.at(-1) === b.at(-1);
  const [shortA, shortB] = [a.slice(0, -1), b.slice(0, -1)];
  const swapped = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
  return Math.min(
    textbook(shortA, b) + 1,
    textbook(a, shortB) + 1,
    textbook(shortA, shortB) + (same ? 0 : 1),
    ...(swapped ? [textbook(a.slice(0, -2), b.slice(0, -2)) + 1] : []),
  );
}

it('is the least number of slips up to the bound, and beyond it one more than the bound', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(word, word, fc.nat({ max: 4 }), (a, b, bound) => {
      expect(distance(a, b, bound)).toBe(Math.min(textbook(a, b), bound + 1));
    }),
    { numRuns: 2000, seed: 20261122 },
  );
});

it('names what was meant, and is certain only of the one nearest word', () => {
  const states = ['MASTER', 'BACKUP'];
  expect(suggest('BACKUIP', states)).toEqual({ word: 'BACKUP', certain: true });
  expect(suggest('BAKCUP', states)).toEqual({ word: 'BACKUP', certain: true });
  expect(suggest('PRIMARY', states)).toBeUndefined();
  expect(suggest('fall', ['call', 'ball'])?.certain).toBe(false);
  // Another number names another thing; one too many or too few is a slip.
  expect(suggest('native_ipv4', ['native_ipv6'])).toBeUndefined();
  expect(suggest('native_ipv', ['native_ipv6'])?.word).toBe('native_ipv6');
  expect(nearby('vrrp_instace', ['vrrp_instance', 'vrrp_script'])).toEqual(['vrrp_instance']);
});
