/** Finding the items of a list by a word of theirs, however long the list is. */

/** A search in lists by the words that `wordsOf` gives for an item; each list is gone through once. */
export function lookup<T>(
  wordsOf: (item: T) => readonly string[],
): (list: readonly T[], word: string) => readonly T[] {
  const indexes = new WeakMap<readonly T[], ReadonlyMap<string, readonly T[]>>();
  const indexOf = (list: readonly T[]): ReadonlyMap<string, readonly T[]> => {
    const index = new Map<string, T[]>();
    for (const item of list) {
      for (const word of wordsOf(item)) {
        const items = index.get(word);
        if (items) items.push(item);
        else index.set(word, [item]);
      }
    }
    indexes.set(list, index);
    return index;
  };
  return (list, word) => (indexes.get(list) ?? indexOf(list)).get(word) ?? [];
}
