/** The value of a word of nginx's language. */
import type { Word } from '../tree.ts';

const control: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };

/**
 * The word that is written at `start`. Only `\"`, `\'` and `\\` lose their backslash and `\t`, `\r`, `\n` become the character;
 * every other pair stays, so that `\.` reaches a regular expression (ngx_conf_read_token()).
 */
export function wordOf(written: string, start: number, quote: Word['quote']): Word {
  let text = written;
  if (quote) text = written.slice(1, written.length > 1 && written.at(-1) === quote ? -1 : undefined);
  if (text.includes('\\')) {
    text = text.replace(/\\(["'\\trn])/g, (_, next: string) => control[next] ?? next);
  }
  return { text, start, end: start + written.length, quote };
}
