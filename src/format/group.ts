/** Things put together by what they have in common. */

/** Lists by key, in the order in which each key is first met. */
export function groupBy<K, T>(list: readonly T[], key: (each: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const each of list) {
    const group = groups.get(key(each));
    if (group) group.push(each);
    else groups.set(key(each), [each]);
  }
  return groups;
}
