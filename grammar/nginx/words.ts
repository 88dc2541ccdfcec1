/** The value of a word of nginx's language. */
import type { Token } from '../chevrotain.ts';
import type { Word } from '../tree.ts';

const control: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };

/**
 * The word of a token. Only `\"`, `\'` and `\\` lose their backslash and `\t`, `\r`, `\n` become the character;
 * every other pair stays, so that `\.` reaches a regular expression (ngx_conf_read_token()).
 */
export function wordOf({ image, startOffset: start, quote }: Token): Word {
  let text = image;
  if (quote) text = image.length > 1 && image.at(-1) === quote ? image.slice(1, -1) : image.slice(1);
  if (text.includes('\\')) {
    text = text.replace(/\\(["'\\trn])/g, (_, next: string) => control[next] ?? next);
  }
  return { text, start, end: start + image.length, quote };
}
