/** Sets of characters as bits: one for each of ASCII, and one for all that lies beyond. */

/** Bit n is the character n; bit 128 is everything beyond ASCII. */
export type Charset = bigint;

const beyond = 128;
const bit = (code: number): Charset => 1n << BigInt(Math.min(code, beyond));

export const none: Charset = 0n;
export const all: Charset = (1n << 129n) - 1n;

/** The characters from `from` to `to`. */
export function range(from: number, to: number): Charset {
  const last = Math.min(to, beyond);
  return from > last ? bit(from) : ((1n << BigInt(last + 1)) - 1n) & ~((1n << BigInt(from)) - 1n);
}

/** The characters of a text. */
export const charsOf = (text: string): Charset => {
  let found = none;
  for (let at = 0; at < text.length; at++) found |= bit(text.charCodeAt(at));
  return found;
};

export const has = (set: Charset, character: string): boolean => (set & charsOf(character)) !== none;
export const without = (set: Charset, characters: string): Charset => set & ~charsOf(characters);

export const lineFeed = charsOf('\n');
export const digits = range(48, 57);
export const wordChars = digits | range(65, 90) | range(97, 122) | charsOf('_');
/** What nginx takes raw in a request line: no control characters, no blank. */
export const visible = range(33, 126) | bit(beyond);
/** Letters, digits and hyphens: what names of hosts are made of. */
const hostLetters = [...'abcdefghijklmnopqrstuvwxyz0123456789-'].map((each) => charsOf(each));

/** It leaves a name of a host so much freedom that somebody else's fits. */
export const isWide = (set: Charset): boolean =>
  hostLetters.filter((each) => (set & each) !== none).length > 10;

const shift = 32n;
const upper = range(65, 90);
const lower = range(97, 122);

/** The set with both cases of each of its letters. */
export const folded = (set: Charset): Charset => set | ((set & upper) << shift) | ((set & lower) >> shift);

const pretty = 'xae1b2cdfghijklmnopqrstuvwyz03456789XAEBCDFGHIJKLMNOPQRSTUVWYZ-_./~!,;:=+@()*$';

/** One character of the set, a readable one where there is any; undefined of none. */
export function sampleOf(set: Charset): string | undefined {
  for (const each of pretty) if (has(set, each)) return each;
  for (let code = 32; code < 128; code++) if (set & bit(code)) return String.fromCharCode(code);
  for (let code = 0; code < 32; code++) if (set & bit(code)) return String.fromCharCode(code);
  return set === none ? undefined : '\u00ff';
}
