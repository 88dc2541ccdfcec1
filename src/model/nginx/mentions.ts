/** Where a name stands in a configuration, whatever the directive. */
import type { Word } from '../../../grammar/tree.ts';
import { entries, type Included, type Statement } from './statement.ts';

/** Those of `names` that are part of some word, other than as the name of an upstream. Letter case does not count. */
export function mentions(
  names: readonly string[],
  statements: Iterable<Statement>,
  included: Included,
): ReadonlySet<string> {
  const open = new Map(names.map((name) => [name.toLowerCase(), name]));
  const found = new Set<string>();
  const look = (words: readonly Word[]): void => {
    for (const { text } of words) {
      for (const part of text.toLowerCase().split(/[^\w.-]+/)) {
        const name = open.get(part);
        if (name !== undefined) found.add(name);
      }
    }
  };
  for (const statement of statements) {
    const { directive, name, variant } = statement;
    if (name !== 'upstream') look(directive.args);
    if (variant?.body !== 'entries') continue;
    for (const entry of entries(statement, included)) look(entry.args);
  }
  return found;
}
