/** Comments that allow and baselines: they take findings away and never make any, whatever they say. */
import { source } from '../../grammar/text.ts';
import { allRules } from '../../rules/index.ts';
import { baselineOf, compared, readBaseline, written } from '../../src/baseline/index.ts';
import type { Diagnostic, Report } from '../../src/index.ts';
import type { Dice } from '../bench/workloads.ts';
import { checked, reportFaults } from './invariants.ts';
import type { Files, Kind } from './kind.ts';
import { corpus, type Language, mutated, nasty, scratched } from './mutate.ts';

const baselineName = 'lbcheck-baseline.json';
const rules = allRules();
const ids = rules.map(({ id }) => id);
const aboutComments = new Set(rules.flatMap(({ id, scope }) => (scope === 'suppression' ? [id] : [])));

/** A comment that allows something, more or less as it should. */
function allow(roll: Dice, found: readonly string[], language: Language): string {
  const id = (): string =>
    found.length > 0 && roll.often(70)
      ? roll.one(found)
      : roll.one([...ids, 'no-such', '', 'all', '__proto__']);
  const list = Array.from({ length: roll.between(1, 3) }, id).join(roll.one([', ', ',', ' ']));
  const sign = language === 'keepalived' ? roll.one(['#', '!', '  !  ', '##']) : roll.one(['#', ' # ', '##']);
  const verb = roll.one(['allow', 'allow', 'allow', 'allow-file', 'alow', 'allow-', 'disable']);
  const reason = roll.one([
    ' -- because',
    ' -- because',
    ' --',
    '',
    ' - x',
    ' — x',
    ` -- ${roll.one(nasty)}`,
  ]);
  return `${sign} lbcheck${roll.one([':', ':', ' :', ''])} ${verb} ${list}${reason}`;
}

function commented(text: string, roll: Dice, found: readonly string[], language: Language): string {
  const lines = text.split('\n');
  for (let n = roll.between(1, 6); n > 0; n--) {
    const at = roll.between(0, lines.length - 1);
    if (roll.often(50)) lines[at] += ` ${allow(roll, found, language)}`;
    else lines.splice(at, 0, allow(roll, found, language));
  }
  return lines.join('\n');
}

export const comments: Kind = {
  files: (roll) => {
    const { keepalived, nginx } = corpus();
    const [common, site] = [roll.one(keepalived), roll.one(nginx)];
    const plain: Record<string, string> = {};
    for (const node of ['lb1', 'lb2']) {
      plain[`${node}/keepalived.conf`] = mutated(common, 'keepalived', roll);
      plain[`${node}/nginx.conf`] = mutated(site, 'nginx', roll);
    }
    const report = checked(plain);
    const found = [...new Set(report.diagnostics.map(({ rule }) => rule))];
    const baseline = written(baselineOf(report));
    return {
      ...Object.fromEntries(
        Object.entries(plain).map(([path, text]) => [
          path,
          commented(text, roll, found, path.includes('nginx') ? 'nginx' : 'keepalived'),
        ]),
      ),
      [baselineName]: roll.often(50) ? scratched(baseline, nasty, roll) : baseline,
    };
  },
  *faults({ [baselineName]: baseline = '', ...files }) {
    const report = checked(files);
    yield* reportFaults(report, files);
    yield* allowFaults(report, files);
    yield* baselineFaults(report);
    const known = readBaseline(source(baselineName, baseline));
    if ('length' in known) {
      for (const { at, message } of known)
        if (!(at.start <= at.end && at.end <= baseline.length) || message === '')
          yield `a bad problem: ${message}`;
    } else {
      const { report: left, still } = compared(report, known, () => true);
      if (left.diagnostics.length > report.diagnostics.length) yield 'a baseline makes findings';
      readBaseline(source(baselineName, written(still)));
    }
  },
};

const placeOf = ({ rule, file, line, column, message }: Diagnostic): string =>
  `${rule} ${file}:${line}:${column} ${message.replaceAll('lbcheck', 'lbchexx')}`;

/** The comments taken for others, of the same length: what was found with them is found without them. */
function* allowFaults({ diagnostics, summary }: Report, files: Files): Generator<string> {
  const without = checked(
    Object.fromEntries(
      Object.entries(files).map(([path, text]) => [
        path,
        text.replaceAll(/lbcheck(?=\s*:?\s*allow)/g, 'lbchexx'),
      ]),
    ),
  );
  if (without.flooded.length > 0) return;
  const all = new Set(without.diagnostics.map(placeOf));
  const own = diagnostics.filter(({ rule }) => !aboutComments.has(rule));
  for (const each of own) if (!all.has(placeOf(each))) yield `a comment makes a finding: ${placeOf(each)}`;
  if (
    own.length + summary.suppressed <
    without.diagnostics.filter(({ rule }) => !aboutComments.has(rule)).length
  )
    yield `${without.diagnostics.length} findings without comments, with them ${own.length} and ${summary.suppressed} allowed`;
}

/** A baseline of a report leaves nothing of it. */
function* baselineFaults(report: Report): Generator<string> {
  const known = readBaseline(source(baselineName, written(baselineOf(report))));
  if ('length' in known) return yield `a baseline that was written cannot be read: ${known[0]?.message}`;
  const { report: left, gone, absent } = compared(report, known, () => true);
  if (left.diagnostics.length > 0) yield `a baseline leaves ${left.diagnostics[0]!.rule} of its own report`;
  if (gone > 0 || absent.length > 0) yield `${gone} gone and ${absent.length} absent from a baseline of now`;
}
