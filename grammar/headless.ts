/** The blocks of a file that lost their heads. */
import { partitionPoint } from './partition.ts';
import type { Source, Span } from './text.ts';
import type { File } from './tree.ts';

/** Tells whether a place lies in a block that lost its head: that has its finding. Undefined where no block did. */
export function headless(files: readonly Pick<File, 'oddities'>[]): ((at: Span) => boolean) | undefined {
  const stretches = files.flatMap(({ oddities }) =>
    oddities.flatMap(({ kind, other }) => (kind === 'stray-brace' && other ? [other] : [])),
  );
  if (stretches.length === 0) return undefined;
  // One may lie in another: only the ends of the outer ones matter.
  const ends = new Map<Source, { readonly starts: number[]; readonly ends: number[] }>();
  for (const { source, start, end } of stretches.sort((a, b) => a.start - b.start)) {
    const known = ends.get(source) ?? { starts: [], ends: [] };
    ends.set(source, known);
    if (end <= (known.ends.at(-1) ?? -1)) continue;
    known.starts.push(start);
    known.ends.push(end);
  }
  return ({ source, start }) => {
    const known = ends.get(source);
    if (!known) return false;
    const before = partitionPoint(known.starts.length, (at) => known.starts[at]! <= start);
    return before > 0 && start < known.ends[before - 1]!;
  };
}
