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
  const lengths = new Set(names.map(({ length }) => length));
  const found = new Set<string>();
  const look = (words: readonly Word[]): void => {
    for (const { text } of words) {
      for (let start = 0, end = 0; start < text.length; start = end + 1) {
        end = start;
        while (isNamed(text.charCodeAt(end))) end++;
        // Few parts have the length of a name, so few are cut out.
        const name = lengths.has(end - start) ? open.get(text.slice(start, end).toLowerCase()) : undefined;
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

/** Letters, digits and `_`, `.`, `-`; NaN, behind the last, is none. */
const isNamed = (code: number): boolean =>
  (code >= 97 && code <= 122) || // a-z
  (code >= 48 && code <= 57) || // 0-9
  (code >= 65 && code <= 90) || // A-Z
  code === 95 ||
  code === 46 ||
  code === 45;
