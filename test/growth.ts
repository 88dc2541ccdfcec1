/** How work grows with what it is given: a limit of seconds would let through what is slow on small files only. */

/** Processor time in microseconds, the least of three tries. */
function cost(work: () => void): number {
  const tries = Array.from({ length: 3 }, () => {
    const start = process.cpuUsage();
    work();
    return process.cpuUsage(start).user;
  });
  return Math.min(...tries);
}

/** Microseconds under which a collection of garbage would weigh too much. */
const leastCost = 20_000;

/**
 * Times that `work` takes longer for four times the size: about 4 where it grows in step, 16 with the square. `size` is
 * where to begin; what is done too fast to be measured is given more.
 */
export function growth(work: (size: number) => void, size: number): number {
  let [at, least] = [size, cost(() => work(size))];
  while (least < leastCost) {
    at *= 2;
    least = cost(() => work(at));
  }
  return cost(() => work(4 * at)) / least;
}

/** The middle between the two. */
export const tooMuch = 8;
