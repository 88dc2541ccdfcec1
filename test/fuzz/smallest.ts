/** Files made smaller as long as they go wrong in the same way. */
import type { Files } from './kind.ts';
import { faultsIn } from './trial.ts';

/** Milliseconds that it may take. */
const patience = 60_000;

/** What a fault is whichever numbers and names it has. */
const likeness = (fault: string): string => fault.split('\n')[0]!.replaceAll(/\d+/g, '0').slice(0, 40);

/** The smallest files that were found which show `fault`. */
export async function smallest(kind: string, files: Files, fault: string): Promise<Files> {
  const end = performance.now() + patience;
  const shows = async (some: Files): Promise<boolean> =>
    performance.now() < end &&
    (await faultsIn(kind, some)).some((each) => likeness(each) === likeness(fault));
  let best = files;
  for (const path of Object.keys(files)) {
    const { [path]: _, ...others } = best;
    if (await shows(others)) best = others;
  }
  for (const pieces of [/(?<=\n)/, /(?<=[\s;{}])/]) {
    for (const path of Object.keys(best)) {
      const parts = await fewest(best[path]!.split(pieces), (some) =>
        shows({ ...best, [path]: some.join('') }),
      );
      best = { ...best, [path]: parts.join('') };
    }
  }
  return best;
}

/** Takes stretches out, halves first, single parts at last. */
async function fewest(
  all: readonly string[],
  shows: (some: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> {
  let parts = all;
  for (let size = Math.ceil(parts.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < parts.length; ) {
      const rest = [...parts.slice(0, at), ...parts.slice(at + size)];
      if (await shows(rest)) parts = rest;
      else at += size;
    }
  }
  return parts;
}
