/** What a misspelt word was meant to be. */

/** A word that was probably meant. */
export interface Suggestion {
  readonly word: string;
  /** Only one word is this near, and near enough to go on as if it had been written. */
  readonly certain: boolean;
}

/**
 * Edits between two words: insertions, deletions, substitutions and swaps of neighbours count one each (optimal string
 * alignment). Swaps matter: `BAKCUP` is one slip of the fingers, not two. Gives `bound + 1` as soon as it is beyond `bound`.
 */
export function distance(a: string, b: string, bound: number): number {
  const far = bound + 1;
  if (Math.abs(a.length - b.length) > bound || strangers(a, b) > bound) return far;
  let before: number[] = [];
  let previous: number[] = [];
  for (let j = 0; j <= b.length; j++) previous.push(j);
  for (let i = 1; i <= a.length; i++) {
    const row: number[] = [];
    row[0] = i;
    let best = i;
    // Further from the diagonal than the bound, every value is beyond it.
    const from = Math.max(1, i - bound);
    const to = Math.min(b.length, i + bound);
    if (from > 1) row[from - 1] = far;
    for (let j = from; j <= to; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? far) + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (!same && i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? far) + 1);
      }
      row[j] = cost;
      if (cost < best) best = cost;
    }
    if (best > bound) return far;
    before = previous;
    previous = row;
  }
  return Math.min(previous[b.length] ?? far, far);
}

const counts = new Uint32Array(128);

/** Letters of `b` that `a` has none of, or fewer: each is an edit at least, and most words differ in more than a few. */
function strangers(a: string, b: string): number {
  let found = 0;
  for (let i = 0; i < a.length; i++) counts[a.charCodeAt(i) & 127]!++;
  for (let j = 0; j < b.length; j++) {
    const letter = b.charCodeAt(j) & 127;
    if (counts[letter] === 0) found++;
    else counts[letter]!--;
  }
  for (let i = 0; i < a.length; i++) counts[a.charCodeAt(i) & 127] = 0;
  return found;
}

/** Slips allowed for a word of `length` characters: one in a short word, up to a third of it, never more than three. */
const allowance = (length: number): number =>
  length < 3 ? 0 : Math.min(3, Math.max(1, Math.floor(length / 3)));

const folded = (word: string): string => {
  const lower = word.toLowerCase();
  return lower.includes('-') ? lower.replaceAll('-', '_') : lower;
};

/** Tells whether another word names a different thing of one series: `native_ipv4` is no slip of `native_ipv6`. */
function otherNumber(word: string): (other: string) => boolean {
  const series = word.replace(/\d/g, '');
  if (series === word) return () => false;
  return (other) => other !== word && other.replace(/\d/g, '') === series && other.length > series.length;
}

/** What nearby() found, for each list of candidates: nodes copy each other, and so do their slips. */
const found = new WeakMap<readonly string[], Map<string, readonly string[]>>();

/** Those of `candidates` that `word` could be a slip of. */
export function nearby(word: string, candidates: readonly string[]): readonly string[] {
  const known = found.get(candidates) ?? new Map<string, readonly string[]>();
  found.set(candidates, known);
  let near = known.get(word);
  if (!near) {
    const wanted = folded(word);
    const bound = allowance(word.length);
    const isOtherNumber = otherNumber(wanted);
    near = candidates.filter((candidate) => {
      // Most candidates differ in length already; to fold those would be most of the work.
      if (Math.abs(candidate.length - wanted.length) > bound) return false;
      const other = folded(candidate);
      return distance(wanted, other, bound) <= bound && !isOtherNumber(other);
    });
    known.set(word, near);
  }
  return near;
}

/** Of more names nobody can say which was meant, and a file may have as many words to compare with each of them. */
const mostCandidates = 3000;

/**
 * The nearest of `candidates` to `word`, or undefined where none is near. Letter case and `-` for `_` weigh less than a
 * wrong letter, and a tie is never certain.
 */
export function suggest(
  word: string,
  candidates: readonly string[] | ReadonlySet<string>,
): Suggestion | undefined {
  if (('size' in candidates ? candidates.size : candidates.length) > mostCandidates) return undefined;
  const wanted = folded(word);
  const bound = allowance(word.length);
  let best: string | undefined;
  const isOtherNumber = otherNumber(wanted);
  let least = bound + 1;
  let tie = false;
  for (const candidate of candidates) {
    if (candidate === word) continue;
    const other = folded(candidate);
    const edits = distance(wanted, other, Math.min(bound, least));
    if (edits > bound || isOtherNumber(other)) continue;
    if (edits < least) {
      best = candidate;
      least = edits;
      tie = false;
    } else if (edits === least) tie = true;
  }
  if (best === undefined) return undefined;
  return { word: best, certain: !tie && least <= Math.max(1, Math.floor(word.length / 4)) };
}
