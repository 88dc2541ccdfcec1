/** Which of the objects that two configurations have no common name for are one, by what stands in them. */
import { once } from '../../../../grammar/remembered.ts';
import { distance } from '../../suggest.ts';
import type { Statement } from '../statement.ts';

/** Beyond so many on each side nobody renamed one. */
const mostAlone = 24;

/** Pairs across two lists, the most alike first, none twice; `likeness` gives undefined for what cannot be one. */
export function likePairs<T>(
  left: Iterable<T>,
  right: Iterable<T>,
  likeness: (a: T, b: T) => number | undefined,
): readonly (readonly [T, T])[] {
  const [mine, theirs] = [[...left], [...right]];
  if (mine.length > mostAlone || theirs.length > mostAlone) return [];
  const candidates = mine
    .flatMap((a) => theirs.map((b) => ({ a, b, value: likeness(a, b) ?? 0 })))
    .filter(({ value }) => value > 0)
    .sort((x, y) => y.value - x.value);
  const taken = new Set<T>();
  return candidates.flatMap(({ a, b }) => {
    if (taken.has(a) || taken.has(b)) return [];
    taken.add(a).add(b);
    return [[a, b] as const];
  });
}

/** What is said in a block, each thing once; `server_name` and `listen` are what it is called. */
export const linesIn = once((block: Statement): ReadonlySet<string> => {
  const found = new Set<string>();
  const stack = [...block.body];
  for (let each = stack.pop(); each; each = stack.pop()) {
    const { name, directive, body } = each;
    if (name !== 'server_name' && name !== 'listen')
      found.add([name, ...directive.args.map(({ text }) => text)].join(' '));
    stack.push(...body);
  }
  return found;
});

/** The directives that stand on the level of a block. */
export const namesIn = ({ body }: Statement): ReadonlySet<string> => new Set(body.map(({ name }) => name));

/** Share of what is said in both, of all that is said in either: 0 to 1. */
export function sharedIn(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const each of a) if (b.has(each)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** Whether one name may be a slip of the fingers away from the other. */
export const isNear = (a: string, b: string): boolean =>
  Math.min(a.length, b.length) > 3 && distance(a, b, 2) <= (Math.min(a.length, b.length) > 6 ? 2 : 1);
