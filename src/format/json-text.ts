/** JSON as text that can be shown: whatever it holds, it steers no terminal. */

/** Indented, with a line end; what could steer a terminal or reorder its letters is escaped, which changes no value. */
export const jsonText = (value: unknown): string =>
  `${JSON.stringify(value, undefined, 2)}\n`.replace(
    /[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
