/** XML as text: elements of attributes and content, with nothing in them that a parser would refuse or obey. */
import { visible } from './style.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
};

/** One line of text. Most control characters are illegal in XML 1.0 even when escaped, so they are shown instead. */
export const xmlText = (text: string): string =>
  visible(text).replace(/[&<>"'\t]/g, (character) => entities[character]!);

/** An element; `content` is XML already. Attributes without a value are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content: readonly string[] = [],
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${xmlText(String(value))}"`);
  const inner = content.join('');
  return inner === ''
    ? `<${name}${written.join('')}/>\n`
    : `<${name}${written.join('')}>${inner.startsWith('<') ? '\n' : ''}${inner}</${name}>\n`;
}

export const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
