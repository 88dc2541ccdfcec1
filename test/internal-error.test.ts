/** A rule that breaks loses its own findings only, and says so. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { rulesOf } from '../rules/index.ts';
import { main } from '../src/cli.ts';
import { writeOutputs } from '../src/commands/output.ts';
import { memory, type Report, render } from '../src/index.ts';
import { readInput } from '../src/input.ts';
import { type Finding, type Rule, rule, type Scope } from '../src/lint/rule.ts';
import { type RulesOf, run } from '../src/lint/run.ts';

const broken = rule({
  scope: 'keepalived',
  id: 'broken-for-the-test',
  severity: 'error',
  summary: 'Breaks at the second file',
  why: 'For the test.',
  sources: [],
  bad: [{ title: 'x', files: 'x' }],
  good: [{ title: 'x', files: 'x' }],
  // biome-ignore lint/correctness/useYield: it breaks before
  *check() {
    throw new TypeError('boom');
  },
});

/** The findings as data: what a place is about is worked out when it is asked for, anew in each run. */
const findingsOf = ({ diagnostics, keyOf }: Report) =>
  diagnostics.map((each) => ({ key: keyOf(each), ...JSON.parse(JSON.stringify(each)) }));

it("the other rules' findings stand, the rule is named, and the run has failed", async () => {
  const fs = memory({ 'keepalived.conf': 'vrrp_instance A {\n    bogus x\n}\n' });
  const loaded = readInput(['keepalived.conf'], { fs, cwd: '/' });
  const whole = run(loaded, rulesOf);
  const report = run(loaded, { ...rulesOf, keepalived: () => [broken, ...rulesOf.keepalived()] });
  expect(whole.diagnostics.length).toBeGreaterThan(0);
  expect(findingsOf(report)).toEqual(findingsOf(whole));
  expect(report.internalErrors).toEqual([{ rule: 'broken-for-the-test', message: 'boom' }]);
  for (const name of ['github', 'junit', 'sarif', 'markdown']) {
    expect(await render(report, name), name).toContain('broken-for-the-test');
  }
  const { runs } = JSON.parse(await render(report, 'sarif'));
  expect(runs[0].invocations[0]).toMatchObject({ executionSuccessful: false, exitCode: 2 });
});

/** A rule of any scope that does as it is told. */
const ruleOf = (scope: Scope, check: () => Iterable<Finding>): Rule => ({ ...broken, scope, check }) as Rule;
const withRule = (extra: Rule): RulesOf => ({
  ...rulesOf,
  [extra.scope]: () => [extra, ...rulesOf[extra.scope]()],
});
const boom = (): never => {
  throw new TypeError('boom');
};

describe('in every scope', () => {
  const instance = (id: number): string =>
    `# lbcheck: allow unknown-keyword -- it is ours\nbogus x\nvrrp_instance A {\n    virtual_router_id ${id}\n    virtual_ipaddress {\n        10.0.0.${id}\n    }\n}\n`;
  const files = {
    'a/keepalived.conf': instance(1),
    'a/nginx.conf': 'events {}\nhttp { bogus x; }\n',
    'b/keepalived.conf': instance(2),
  };
  const loaded = readInput(['.'], { fs: memory(files), cwd: '/' });
  const whole = run(loaded, rulesOf);
  const source = loaded.nodes[0]!.keepalived!.syntax.file.source;

  it.each(Object.keys(rulesOf) as Scope[])('%s', (scope) => {
    const report = run(loaded, withRule(ruleOf(scope, boom)));
    expect(report.internalErrors).toEqual([{ rule: 'broken-for-the-test', message: 'boom' }]);
    expect(findingsOf(report)).toEqual(findingsOf(whole));
  });

  it.each(Object.keys(rulesOf) as Scope[])('%s, by its fix', (scope) => {
    const fix = {
      title: 'x',
      safe: true,
      get edits() {
        return boom();
      },
    };
    const report = run(
      loaded,
      withRule(ruleOf(scope, () => [{ at: { source, start: 0, end: 1 }, message: 'x', fix }])),
    );
    expect(report.internalErrors).toEqual([{ rule: 'broken-for-the-test', message: 'boom' }]);
    expect(findingsOf(report)).toEqual(findingsOf(whole));
  });
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lbcheck-broken-'));
  const path = (name: string): string => join(folder, name);

  it('ends with 2 and writes what was found', async () => {
    writeFileSync(path('keepalived.conf'), 'bogus x\n');
    const list = rulesOf.keepalived();
    const spy = vi.spyOn(rulesOf, 'keepalived').mockReturnValue([ruleOf('keepalived', boom), ...list]);
    const code = await main(['--exit-zero', `--format=json:${path('out.json')}`, path('keepalived.conf')]);
    spy.mockRestore();
    expect(code).toBe(2);
    const { diagnostics } = JSON.parse(readFileSync(path('out.json'), 'utf8'));
    expect(diagnostics.map((each: { rule: string }) => each.rule)).toContain('unknown-keyword');
  });

  it('writes the other formats when one breaks, and says which', async () => {
    const outputs = ['bad', 'good'].map((format) => ({ format, file: path(format) }));
    const text = (format: string): string => (format === 'bad' ? boom() : 'fine\n');
    expect(await writeOutputs(outputs, text, { stream: 1, colour: 'never' })).toBe(false);
    expect(existsSync(path('bad'))).toBe(false);
    expect(readFileSync(path('good'), 'utf8')).toBe('fine\n');
    rmSync(folder, { recursive: true });
  });
});
