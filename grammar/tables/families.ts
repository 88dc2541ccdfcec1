import text from './nginx-families.tsv?raw';
import { table } from './table.ts';

const byPrefix = table(text, 'prefix');

/** The word of nginx-families.tsv by which a module of others begins the names of all its directives; undefined without. */
export function familyOfName(name: string): string | undefined {
  for (let end = name.length; end > 0; end = name.lastIndexOf('_', end - 1)) {
    if (byPrefix.has(name.slice(0, end))) return name.slice(0, end);
  }
  return undefined;
}
