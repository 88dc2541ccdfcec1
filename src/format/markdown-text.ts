/** Markdown as text that says what it says. */
import { visible } from './style.ts';

/** Characters of one text; nobody reads more in a table. */
const limit = 500;

/**
 * Text of a configuration, which may come with a pull request, as text: no markup, no table cells, no HTML, no links of its
 * own, and nobody is called by name.
 */
export function markdownText(text: string): string {
  const short = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return visible(short)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>()#+!|&~$^]/g, '\\$&')
    .replace(/:\/\//g, '&#58;//')
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`)
    .replaceAll('@', '@&#8203;');
}
