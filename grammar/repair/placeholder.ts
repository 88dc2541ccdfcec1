/** What stands for a value that only a template engine or the operator knows. */

/** Stands for every character of a value that only a template engine or the operator can fill in. */
const mark = '\uE000';

/** Most runs never make one, and need not look for it in every word. */
let isMade = false;

/** What stands for so many characters. */
export function placeholder(length: number): string {
  isMade = true;
  return mark.repeat(length);
}

/** Whether a value is, or holds, something that only a template engine or the operator knows. */
export const isPlaceholder = (text: string): boolean => isMade && text.includes(mark);
