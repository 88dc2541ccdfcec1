/** How wide text is in a terminal, and text made to a width. */
import { eastAsianWidth } from 'get-east-asian-width';

/** Columns that a terminal gives to a text without control characters. */
export function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x7f) columns++;
    else {
      const wide = eastAsianWidth(code);
      if (wide === 2 || !/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) columns += wide;
    }
  }
  return columns;
}

/** `text` with blanks behind it, so that it takes `columns`. */
export const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - width(text)));

/** `text` in lines of at most `columns`, broken at blanks; a longer word has a line of its own. */
export function wrapped(text: string, columns: number): readonly [string, ...string[]] {
  const [first = '', ...words] = text.split(' ');
  const lines: [string, ...string[]] = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (width(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
