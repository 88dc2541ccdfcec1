/** Things put together by what they have in common. */

/** Lists by key, in the order in which each key is first met: what Map.groupBy() gives from Node 21 on. */
export function groupBy<T, K>(items: Iterable<T>, key: (item: T) => K): ReadonlyMap<K, readonly [T, ...T[]]> {
  const groups = new Map<K, [T, ...T[]]>();
  for (const item of items) {
    const own = key(item);
    const group = groups.get(own);
    if (group) group.push(item);
    else groups.set(own, [item]);
  }
  return groups;
}

/** The same lists without their keys. */
export const grouped = <T>(
  items: Iterable<T>,
  key: (item: T) => unknown,
): readonly (readonly [T, ...T[]])[] => [...groupBy(items, key).values()];
