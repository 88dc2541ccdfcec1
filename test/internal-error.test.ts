/** A rule that breaks loses its own findings only, and says so. */
import { expect, it } from 'vitest';
import { rulesOf } from '../rules/index.ts';
import { memory, render } from '../src/index.ts';
import { readInput } from '../src/input.ts';
import { rule } from '../src/lint/rule.ts';
import { run } from '../src/lint/run.ts';

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

it("the other rules' findings stand, the rule is named, and the run has failed", async () => {
  const fs = memory({ 'keepalived.conf': 'vrrp_instance A {\n    bogus x\n}\n' });
  const loaded = readInput(['keepalived.conf'], { fs, cwd: '/' });
  const whole = run(loaded, rulesOf);
  const report = run(loaded, { ...rulesOf, keepalived: () => [broken, ...rulesOf.keepalived()] });
  expect(whole.diagnostics.length).toBeGreaterThan(0);
  expect(report.diagnostics).toEqual(whole.diagnostics);
  expect(report.internalErrors).toEqual([{ rule: 'broken-for-the-test', message: 'boom' }]);
  for (const name of ['github', 'junit', 'sarif', 'markdown']) {
    expect(await render(report, name), name).toContain('broken-for-the-test');
  }
  const { runs } = JSON.parse(await render(report, 'sarif'));
  expect(runs[0].invocations[0]).toMatchObject({ executionSuccessful: false, exitCode: 2 });
});
