/** docs/performance.md states the bounds that the code has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { maxMade } from '../grammar/keepalived/index.ts';
import { mostFindings } from '../src/lint/run.ts';
import { bounds } from '../src/load/include-nginx.ts';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/performance.md'), 'utf8');

/** A constant that only its own file needs. */
function constant(file: string, name: string): number {
  const text = readFileSync(join(root, file), 'utf8');
  const [, value] = new RegExp(`const ${name} = ([\\d_ *]+);`).exec(text) ?? [];
  expect(value, `${file} has no ${name}`).toBeDefined();
  return value!
    .split('*')
    .reduce((product, factor) => product * Number(factor.replaceAll('_', '').trim()), 1);
}
const mib = (bytes: number): string => `${bytes / 1024 / 1024} MiB`;
const count = (n: number): string => n.toLocaleString('en');

it.each([
  ['a file', mib(constant('src/load/disk.ts', 'maxFileSize'))],
  ['includes of one main file, deep', `${bounds.depth} files`],
  ['includes of one main file, all together', `${count(bounds.files)} files`],
  ['includes of one main file, text', mib(bounds.characters)],
  [
    'statements of an nginx configuration, includes written out',
    count(constant('src/model/nginx/statement.ts', 'mostStatements')),
  ],
  ['text that definitions and `~SEQ` of keepalived make', mib(maxMade)],
  ['nodes that the `@id` lines of one file make', count(constant('src/load/index.ts', 'mostNodes'))],
  ['findings of one rule', count(mostFindings)],
  ['a pattern of file names', `4,096 characters, ${count(constant('src/load/glob.ts', 'most') - 1)} matches`],
  [
    '`lbcheck.yaml`',
    `${mib(constant('src/commands/config.ts', 'maxSize'))}, ${count(constant('src/config/yaml.ts', 'maxValues'))} values`,
  ],
  [
    'brackets within brackets in `lbcheck.yaml` and baselines',
    count(constant('src/config/yaml.ts', 'maxDepth')),
  ],
  ['passes of `--fix`', count(constant('src/fix/index.ts', 'maxPasses'))],
  ['sequences of faults that `failover` plays', count(constant('src/election/predict.ts', 'maxSequences'))],
])('%s: %s', (what, value) => {
  expect(page).toContain(`| ${what} | ${value} |`);
});

it('what is followed through the rewrite module', () => {
  const most = count(constant('src/model/nginx/flow/rewrite.ts', 'mostCodes'));
  expect(page).toContain(`has more than ${most} \`set\``);
});

it('what is compared of the conditions in a location', () => {
  const most = count(constant('rules/nginx/if-replaces-location.ts', 'mostBelow'));
  expect(page.replaceAll(/\s+/g, ' ')).toContain(`is compared with the ${most} below it`);
});
