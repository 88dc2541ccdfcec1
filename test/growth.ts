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

/** Further measures before growth that looks like too much is believed. */
const doubts = 4;

/**
 * Times that `work` takes longer for four times the size: about 4 where it grows in step, 16 with the square. `size` is
 * where to begin; what is done too fast to be measured is given more. A busy machine only ever adds, and not for long to
 * the same measure, so the least of all tries counts on both sides: what does grow too fast stays so.
 */
export function growth(work: (size: number) => void, size: number): number {
  let [at, least] = [size, cost(() => work(size))];
  while (least < leastCost) {
    at *= 2;
    least = cost(() => work(at));
  }
  let most = cost(() => work(4 * at));
  for (let round = 0; round < doubts && most / least >= tooMuch; round++) {
    least = Math.min(
      least,
      cost(() => work(at)),
    );
    most = Math.min(
      most,
      cost(() => work(4 * at)),
    );
  }
  return most / least;
}

/** The middle between the two. */
export const tooMuch = 8;
