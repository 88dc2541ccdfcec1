/** Every rule does what its examples say, and its page says what the rule says. */
import { describe, expect, it } from 'vitest';
import { source } from '../grammar/text.ts';
import { type Config, readConfig } from '../src/config/index.ts';
import { schema } from '../src/config/schema.ts';
import { index, loneFile, page } from '../src/format/explain.ts';
import { check, type FileSystem, memory, parseVersion, rules } from '../src/index.ts';
import type { Report } from '../src/lint/diagnostic.ts';
import { type Mark, marked } from '../src/lint/example.ts';
import { applyEdits, compatible } from '../src/lint/fix.ts';
import type { Example, Rule } from '../src/lint/rule.ts';

/** What the `lbcheck.yaml` of an example says, where it has one. */
function configIn(files: Readonly<Record<string, string>>, fs: FileSystem): Config | undefined {
  const text = files['lbcheck.yaml'];
  if (text === undefined) return undefined;
  const config = readConfig(source('lbcheck.yaml', text), {
    fs,
    folder: '/',
    ruleIds: rules.map(({ id }) => id),
  });
  if ('length' in config) throw new Error(config.map(({ message }) => message).join('\n'));
  return config;
}

function checked(files: Readonly<Record<string, string>>, facts: Example['facts']): Report {
  const names = Object.keys(files);
  const fs = memory(files);
  const config = configIn(files, fs);
  return check(config ? [] : names.length === 1 ? names : ['.'], {
    fs,
    config,
    versions: {
      keepalived: facts?.keepalived ? parseVersion(facts.keepalived) : undefined,
      nginx: facts?.nginx ? parseVersion(facts.nginx) : undefined,
    },
  });
}

const marksOf = (rule: Rule, { diagnostics }: Report): Mark[] =>
  diagnostics
    .filter((each) => each.rule === rule.id)
    .map(({ file, line, column, endLine, endColumn, message }) => ({
      file,
      line,
      column,
      // A mark has at least one caret, and none goes on in the next line.
      endColumn: endLine === line && endColumn > column ? endColumn : column + 1,
      message,
    }))
    .sort(byPlace);

const byPlace = (a: Mark, b: Mark): number =>
  a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  it.each(rule.bad.map((example) => [example.title, example] as const))('reports: %s', (_, example) => {
    const { files, marks } = marked(example.files, loneFile(rule));
    expect(marks.length).toBeGreaterThan(0);
    const report = checked(files, example.facts);
    expect(report.internalErrors).toEqual([]);
    expect(marksOf(rule, report)).toEqual([...marks].sort(byPlace));
    if (!example.fixed) return;
    const fixed = marked(example.fixed, loneFile(rule)).files;
    const fixes = report.diagnostics.flatMap((each) => (each.rule === id && each.fix ? [each.fix] : []));
    const edits = compatible(fixes).flatMap((each) => each.edits);
    const result = Object.fromEntries(
      Object.entries(files).map(([file, text]) => [
        file,
        applyEdits(
          text,
          edits.filter((edit) => edit.file === file),
        ),
      ]),
    );
    expect(result).toEqual(fixed);
    expect(marksOf(rule, checked(fixed, example.facts))).toEqual([]);
  });

  it.each(rule.good.map((example) => [example.title, example] as const))(
    'is silent: %s',
    (_, { files, facts }) => {
      const { files: texts, marks } = marked(files, loneFile(rule));
      expect(marks).toEqual([]);
      const report = checked(texts, facts);
      expect(report.internalErrors).toEqual([]);
      const said = report.diagnostics.filter((each) => each.rule === id || each.severity !== 'info');
      expect(said.map((each) => `${each.file}:${each.line} ${each.rule} ${each.message}`)).toEqual([]);
    },
  );

  it('has a page that is up to date', async () => {
    await expect(page(rule)).toMatchFileSnapshot(`../rules/${rule.scope}/${id}.md`);
  });

  it('keeps to the house style', () => {
    expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(id).not.toMatch(/^no-(?!health-check|arbiter|alarm)/);
    expect(rule.summary).not.toMatch(/[.\n]/);
    expect(rule.why.trim().length).toBeGreaterThan(80);
    for (const { files } of rule.bad) {
      for (const { message } of marked(files, loneFile(rule)).marks) {
        expect(message.length).toBeLessThanOrEqual(110);
        expect(message).not.toMatch(/\.$/);
      }
    }
  });
});

it('each id is used once', () => {
  const ids = rules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it('every file below a scope is a rule of that scope and name', () => {
  const modules = import.meta.glob<Rule>('../rules/*/*.ts', { eager: true, import: 'default' });
  for (const [path, rule] of Object.entries(modules))
    expect(path).toBe(`../rules/${rule.scope}/${rule.id}.ts`);
  expect(Object.keys(modules)).toHaveLength(rules.length);
});

it('the index of the rules is up to date', async () => {
  const text = `# The rules\n\n${rules.length} rules, by what they look at.\n\n${index(rules, ({ scope, id }) => `${scope}/${id}.md`)}`;
  await expect(text).toMatchFileSnapshot('../rules/README.md');
});

it('the schema of lbcheck.yaml knows every rule', async () => {
  const text = `${JSON.stringify(schema(rules.map(({ id }) => id).sort()), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../lbcheck.schema.json');
});
