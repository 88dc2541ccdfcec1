/** JSON as text that can be shown: whatever it holds, it steers no terminal. */

/** Indented, with a line end. */
export const jsonText = (value: unknown): string => `${escaped(JSON.stringify(value, undefined, 2))}\n`;

/** On one line. */
export const jsonLine = (value: unknown): string => escaped(JSON.stringify(value));

/** What could steer a terminal or reorder its letters is escaped, which changes no value. */
const escaped = (json: string): string =>
  json.replace(
    /[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
