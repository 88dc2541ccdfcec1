/** What belongs together, where one thing leads to the next. */

/** Tells the set that something is in: all that lists have in common, directly or through others, is in one set. */
export function setsOf(lists: Iterable<readonly string[]>): (item: string) => string {
  const towards = new Map<string, string>();
  const setOf = (item: string): string => {
    let at = item;
    for (let next = towards.get(at); next !== undefined; next = towards.get(at)) {
      const beyond = towards.get(next);
      if (beyond !== undefined) towards.set(at, beyond);
      at = next;
    }
    return at;
  };
  for (const [first, ...others] of lists) {
    for (const other of others) {
      const [one, set] = [setOf(first!), setOf(other)];
      if (one !== set) towards.set(one, set);
    }
  }
  return setOf;
}
