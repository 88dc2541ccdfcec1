/** The README shows what the program prints. `npm test -- -u` brings it up to date. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scopes } from '../src/format/explain.ts';
import { check, render, rules } from '../src/index.ts';

const root = join(import.meta.dirname, '..');
const path = join(root, 'README.md');

/** The text between a pair of markers, replaced by what `made` gives for the marker's words. */
async function between(
  text: string,
  name: string,
  made: (words: string) => string | Promise<string>,
): Promise<string> {
  const marker = new RegExp(`(<!-- ${name}(?:: (.*?))? -->\n)[\\s\\S]*?(<!-- /${name} -->)`, 'g');
  let out = text;
  for (const [all, open, words, close] of text.matchAll(marker)) {
    const content = await made(words ?? '');
    out = out.replace(all, () => `${open}${content}${close}`);
  }
  return out;
}

it('shows what the program prints, and every rule', async () => {
  const written = readFileSync(path, 'utf8');
  const screens = await between(written, 'screen', async (words) => {
    const text = await render(check(words.split(' '), { cwd: root }), 'pretty');
    return `\n\`\`\`text\n${text}\`\`\`\n\n`;
  });
  const text = await between(screens, 'rules', () => `\n${ruleNames()}\n\n`);
  expect(text).toContain('error[unknown-keyword]');
  expect(text).toContain('[unknown-keyword](rules/keepalived/unknown-keyword.md)');
  await expect(text).toMatchFileSnapshot(path);
});

/** The names of all rules, a paragraph for each scope. */
function ruleNames(): string {
  const groups = [...new Set(rules.map(({ scope }) => scope))];
  return groups
    .map((scope) => {
      const names = rules.filter((each) => each.scope === scope);
      const links = names.map(({ id }) => `[${id}](rules/${scope}/${id}.md)`).join(', ');
      return `**${scope}** ${scopes[scope]} (${names.length}): ${links}`;
    })
    .join('\n\n');
}
