/** The door of baselines: the findings of one day, kept in a file, so that later runs show what is new. */
import { groupBy } from '../../grammar/group-by.ts';
import type { Source } from '../../grammar/text.ts';
import { type Problem, problemsOf, readYaml, type Shape, type Value } from '../config/index.ts';
import { jsonLine } from '../format/json-text.ts';
import type { Diagnostic, Report } from '../lint/diagnostic.ts';

/** Findings that are the same to a baseline. No line numbers, no files: both move. */
export interface Known {
  readonly rule: string;
  /** `lb1: vrrp_instance VI_1 > priority`, for each object of a finding, in order. */
  readonly at: readonly string[];
  readonly count: number;
}

export interface Baseline {
  /** The nodes of the run that it was written from: without all of them, nothing can be said to be gone. */
  readonly nodes: readonly string[];
  readonly findings: readonly Known[];
}

const text = (what: string): Shape => ({ kind: 'text', what, pattern: '' });

const shape: Shape = {
  kind: 'object',
  required: ['version', 'nodes', 'findings'],
  fields: {
    version: { kind: 'text', what: 'a number', pattern: '^1$', orNumber: true },
    nodes: { kind: 'list', item: text('the name of a node'), mayBeEmpty: true },
    findings: {
      kind: 'list',
      mayBeEmpty: true,
      item: {
        kind: 'object',
        required: ['rule', 'at', 'count'],
        fields: {
          rule: text('the id of a rule'),
          at: { kind: 'list', item: text('a node and an object') },
          count: { kind: 'text', what: 'a number from 1 on', pattern: '^[1-9]\\d{0,8}$', orNumber: true },
        },
      },
    },
  },
};

/** What a baseline file holds; its problems, from top to bottom, when it has any. JSON is YAML, and so has positions. */
export function readBaseline(source: Source): Baseline | readonly Problem[] {
  const root = readYaml(source);
  if ('message' in root) return [root];
  const problems = [...problemsOf(shape, root)];
  if (problems.length > 0) return problems;
  const version = field(root, 'version');
  if (word(version) !== '1') return [{ at: version.at, message: 'version 1 is the only one there is' }];
  const bad = items(field(root, 'findings')).find(
    (each) => !/^[1-9]\d{0,8}$/.test(word(field(each, 'count'))),
  );
  if (bad) return [{ at: field(bad, 'count').at, message: 'a count is a number from 1 on' }];
  return {
    nodes: texts(field(root, 'nodes')),
    findings: items(field(root, 'findings')).map((each) => ({
      rule: word(field(each, 'rule')),
      at: texts(field(each, 'at')),
      count: Number(word(field(each, 'count'))),
    })),
  };
}

/** Of a value whose shape is known. */
const field = ({ content }: Value, key: string): Value =>
  content.kind === 'map' ? content.entries.find((each) => each.key === key)!.value : missing();
const items = ({ content }: Value): readonly Value[] => (content.kind === 'list' ? content.items : missing());
const word = ({ content }: Value): string => ('text' in content ? content.text : missing());
const texts = (value: Value): readonly string[] => items(value).map(word);
const missing = (): never => {
  throw new Error('a baseline of another shape');
};

/** The findings of a report. */
export function baselineOf(report: Report): Baseline {
  const findings = [...byFinding(report.diagnostics).values()].map(([first, ...more]) => ({
    rule: first.rule,
    at: placesOf(first),
    count: more.length + 1,
  }));
  return { nodes: [...report.nodes].sort(), findings: findings.sort(byKey) };
}

/** A baseline as text: a finding is a line, so that differences can be read. */
export function written({ nodes, findings }: Baseline): string {
  const lines = findings.map((each) => `    ${jsonLine(each)}`).join(',\n');
  return `{\n  "version": 1,\n  "nodes": ${jsonLine(nodes)},\n  "findings": [${lines && `\n${lines}\n  `}]\n}\n`;
}

/** What a baseline leaves of a report. */
export interface Compared {
  readonly report: Report;
  /** The findings of the baseline that are still there, as many as there are. */
  readonly still: Baseline;
  /** How many of its findings are gone. */
  readonly gone: number;
  /** Nodes of the baseline that were not checked: then `gone` is not known, and 0. */
  readonly absent: readonly string[];
}

/**
 * Takes the known findings out of a report. Where there are more of a kind than known, all are shown: which is the new one
 * nobody can tell. `ran` tells which rules were asked: what the others know of stays.
 */
export function compared(report: Report, baseline: Baseline, ran: (rule: string) => boolean): Compared {
  const groups = byFinding(report.diagnostics);
  const known = new Map(baseline.findings.map((each) => [keyOf(each.rule, each.at), each]));
  const hidden = new Set<Diagnostic>();
  for (const [key, group] of groups) {
    if (group.length <= (known.get(key)?.count ?? 0)) for (const each of group) hidden.add(each);
  }
  const absent = baseline.nodes.filter((node) => !report.nodes.includes(node));
  const still = baseline.findings.flatMap((each) => {
    const now = ran(each.rule) ? (groups.get(keyOf(each.rule, each.at))?.length ?? 0) : each.count;
    return now === 0 ? [] : [{ ...each, count: Math.min(now, each.count) }];
  });
  const total = (findings: readonly Known[]): number => findings.reduce((sum, { count }) => sum + count, 0);
  const diagnostics = report.diagnostics.filter((each) => !hidden.has(each));
  const count = (severity: Diagnostic['severity']): number =>
    diagnostics.filter((each) => each.severity === severity).length;
  return {
    report: {
      ...report,
      diagnostics,
      summary: {
        ...report.summary,
        errors: count('error'),
        warnings: count('warning'),
        infos: count('info'),
        baselined: hidden.size,
      },
    },
    still: { nodes: baseline.nodes, findings: still },
    gone: absent.length > 0 ? 0 : total(baseline.findings) - total(still),
    absent,
  };
}

const byFinding = (
  diagnostics: readonly Diagnostic[],
): ReadonlyMap<string, readonly [Diagnostic, ...Diagnostic[]]> =>
  groupBy(diagnostics, (each) => keyOf(each.rule, placesOf(each)));

const keyOf = (rule: string, at: readonly string[]): string => JSON.stringify([rule, ...at]);

const byKey = (a: Known, b: Known): number => (keyOf(a.rule, a.at) < keyOf(b.rule, b.at) ? -1 : 1);

/** In an order of their own: which of two nodes a finding is shown at depends on how they were given. */
const placesOf = ({ whom, object, related }: Diagnostic): readonly string[] =>
  [...new Set([object(), ...related.map((each) => each.object())])]
    .map((each) => [whom, each].filter(Boolean).join(': '))
    .sort();
