/** The value of a word of nginx's language. */
import type { Word } from '../tree.ts';

const control: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };

/**
 * What is meant by a word as it is written. Only `\"`, `\'` and `\\` lose their backslash and `\t`, `\r`, `\n` become the
 * character; every other pair stays, so that `\.` reaches a regular expression (ngx_conf_read_token()).
 */
export function textOf(written: string, quote: Word['quote']): string {
  const text = quote
    ? written.slice(1, written.length > 1 && written.at(-1) === quote ? -1 : undefined)
    : written;
  return text.includes('\\')
    ? text.replace(/\\(["'\\trn])/g, (_, next: string) => control[next] ?? next)
    : text;
}
