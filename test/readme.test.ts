/** The README shows what the program prints. `npm test -- -u` brings it up to date. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { index } from '../src/format/explain.ts';
import { pretty } from '../src/format/pretty.ts';
import { plain } from '../src/format/style.ts';
import { check, rules } from '../src/index.ts';

const root = join(import.meta.dirname, '..');
const path = join(root, 'README.md');

/** The text between a pair of markers, replaced by what `made` gives for the marker's words. */
const between = (text: string, name: string, made: (words: string) => string): string =>
  text.replace(
    new RegExp(`(<!-- ${name}(?:: (.*?))? -->\n)[\\s\\S]*?(<!-- /${name} -->)`, 'g'),
    (_, open: string, words: string | undefined, close: string) => `${open}${made(words ?? '')}${close}`,
  );

it('shows what the program prints, and every rule', async () => {
  const written = readFileSync(path, 'utf8');
  const screens = between(written, 'screen', (words) => {
    const report = check(words.split(' '), { cwd: root });
    return `\n\`\`\`text\n${pretty(report, { style: plain, verbose: false })}\`\`\`\n\n`;
  });
  const text = between(
    screens,
    'rules',
    () => `\n${index(rules, ({ scope, id }) => `rules/${scope}/${id}.md`)}\n`,
  );
  expect(text).toContain('error[unknown-keyword]');
  expect(text).toContain('| [unknown-keyword](rules/keepalived/unknown-keyword.md)');
  await expect(text).toMatchFileSnapshot(path);
});
