/** Things put together by what they have in common. */

/** Lists by key, in the order in which each key is first met. */
export function groupBy<K, T>(list: readonly T[], key: (each: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const each of list) {
    const own = key(each);
    const group = groups.get(own);
    if (group) group.push(each);
    else groups.set(own, [each]);
  }
  return groups;
}
