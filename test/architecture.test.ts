/** The layers of src/README.md, as a table one can read aloud: each imports only what stands in its row. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What each layer may import from, besides itself. */
const layers: Readonly<Record<string, readonly string[]>> = {
  grammar: [],
  'src/model': ['grammar', 'src/load/loaded.ts'],
  'src/load': ['grammar', 'src/model/syntax.ts', 'src/model/facts.ts', 'src/model/net.ts'],
  'src/election': ['grammar/group-by.ts', 'grammar/remembered.ts', 'grammar/text.ts', 'src/model'],
  'src/lint': ['grammar', 'src/model', 'src/load/loaded.ts'],
  rules: ['grammar', 'src/model', 'src/election', 'src/lint/rule.ts'],
  'src/format': ['grammar/group-by.ts', 'src/lint', 'src/election/index.ts'],
  'src/fix': ['grammar', 'src/lint', 'src/load'],
  'src/config': [
    'grammar/text.ts',
    'src/model',
    'src/lint/rule.ts',
    'src/load/disk.ts',
    'src/load/declared.ts',
  ],
  'src/input.ts': ['src/config/index.ts', 'src/load'],
  'src/check.ts': ['rules/index.ts', 'src/input.ts', 'src/lint'],
  'src/mend.ts': ['src/check.ts', 'src/fix', 'src/lint', 'src/load'],
  'src/failover.ts': ['src/input.ts', 'src/load/loaded.ts', 'src/model', 'src/election'],
  'src/baseline': ['grammar', 'src/config', 'src/lint', 'src/format/json-text.ts'],
  'src/index.ts': [
    'rules/index.ts',
    'src/check.ts',
    'src/election',
    'src/failover.ts',
    'src/fix',
    'src/mend.ts',
    'src/render.ts',
    'src/load',
    'src/model',
    'src/lint',
    'src/format',
  ],
  'src/commands': [
    'grammar/tables',
    'grammar/text.ts',
    'package.json',
    'rules/index.ts',
    'src/config',
    'src/check.ts',
    'src/baseline',
    'src/fix',
    'src/mend.ts',
    'src/failover.ts',
    'src/load',
    'src/model',
    'src/election',
    'src/lint',
    'src/format',
  ],
  'src/render.ts': ['package.json', 'rules/index.ts', 'src/lint', 'src/format'],
  'src/cli.ts': ['rules/index.ts', 'src/commands', 'src/model/suggest.ts', 'package.json'],
};

/** Packages, and the one place that may import each. */
const doors: Readonly<Record<string, readonly string[]>> = {
  '@eslint-community/regexpp': ['src/model/nginx/pattern.ts'],
  chevrotain: ['grammar/chevrotain.ts'],
  diff: ['src/fix/diff.ts'],
  commander: ['src/cli.ts', 'src/commands'],
  chalk: ['src/format/style.ts'],
  'get-east-asian-width': ['src/format/width.ts'],
  'ipaddr.js': ['src/model/networks.ts'],
  'fast-xml-parser': ['src/model/host/firewalld.ts'],
  yaml: ['src/config/yaml.ts', 'src/model/host/netplan.ts'],
  'node:crypto': ['src/format/fingerprint.ts', 'src/fix/index.ts'],
  'node:buffer': ['grammar/text.ts'],
  'node:fs': ['src/cli.ts', 'src/load/disk.ts', 'src/fix/write.ts', 'src/commands'],
  'node:path': ['src/load', 'src/config', 'src/fix', 'src/input.ts', 'src/mend.ts', 'src/commands'],
};

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.ts$/.test(entry.name)) yield path;
  }
}

const files = ['grammar', 'src', 'rules'].flatMap((folder) => [...sources(folder)]);

const importsOf = (file: string): string[] =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /^(?:import|export)\s(?:[^;'"]*?\sfrom\s)?'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].map((match) => match[1] ?? match[2]!);

const isIn = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

const layerOf = (path: string): string | undefined => Object.keys(layers).find((layer) => isIn(path, layer));

it.each(files)('%s imports only from the layers above it', (file) => {
  const layer = layerOf(file)!;
  expect(layer).toBeDefined();
  for (const specifier of importsOf(file)) {
    if (!specifier.startsWith('.')) {
      expect(doors[specifier], `${specifier} has no door`).toBeDefined();
      expect(
        doors[specifier]!.some((door) => isIn(file, door)),
        `${file} imports ${specifier}`,
      ).toBe(true);
      continue;
    }
    const target = relative(root, join(root, dirname(file), specifier.replace(/\?raw$/, '')));
    const allowed = isIn(target, layer) || layers[layer]!.some((place) => isIn(target, place));
    expect(allowed, `${file} imports ${target}`).toBe(true);
  }
});

it('only the commands know the process and the console', () => {
  for (const file of files.filter((each) => !isIn(each, 'src/commands'))) {
    expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(/\b(?:process|console)\.\w/);
  }
});

it('a rule imports no other rule', () => {
  for (const file of files.filter((each) => /^rules\/\w+\//.test(each))) {
    for (const specifier of importsOf(file))
      expect(specifier, file).toMatch(/^\.\.\/\.\.\/(?:src|grammar)\//);
  }
});
