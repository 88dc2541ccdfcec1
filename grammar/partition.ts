/** Binary search. */

/** How many of `length` places meet `test`, where all that do come before all that do not. */
export function partitionPoint(length: number, test: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
