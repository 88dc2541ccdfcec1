/** lbcheck.yaml: as it should be, and broken by its values and by its characters. */
import { source } from '../../grammar/text.ts';
import { allRules } from '../../rules/index.ts';
import { type Config, type Problem, readConfig } from '../../src/config/index.ts';
import { failover } from '../../src/failover.ts';
import { problem } from '../../src/format/pretty.ts';
import { plain } from '../../src/format/style.ts';
import { check, memory, render } from '../../src/index.ts';
import { frameOf } from '../../src/lint/frame.ts';
import type { Dice } from '../bench/workloads.ts';
import { raw, reportFaults } from './invariants.ts';
import type { Files, Kind } from './kind.ts';
import { corpus, nasty, scratched } from './mutate.ts';

const name = 'lbcheck.yaml';
const ruleIds = allRules().map(({ id }) => id);
const { keepalived, nginx } = corpus();

/** Words and signs that mean something to YAML. */
const signs = [
  '&a ',
  '*a',
  '<<: *a',
  '!!binary x',
  '!x ',
  '|\n',
  '>-\n',
  '? ',
  ': ',
  '- ',
  '---\n',
  '...\n',
  '[',
  ']',
  '{',
  '}',
  '{a: b}',
  '[[]]',
  '"',
  "'",
  '~',
  'null',
  'yes',
  '.inf',
  '0o17',
  '2026-01-01',
  '%YAML 1.2\n',
  '\t',
  '# x',
  '@',
  '`',
  '"\\u0000"',
  '"\\ud800"',
];

const nodes = ['lb1', 'lb2', 'web1', 'constructor', '"a b"'];

const facts = (roll: Dice, indent: string): string =>
  `${indent}facts: { keepalived: "${roll.one(['2.2.7', '2.3.3', '1', '99999.1'])}", nginx: "1.22.1", ip_nonlocal_bind: ${roll.one(['true', 'false', 'yes'])} }\n`;

/** A node as a list of files, or as an object that says more. */
function node(roll: Dice, at: string): string {
  const files = `[${Array.from({ length: roll.between(1, 2) }, () => roll.one(['lb1', 'lb2', 'lb1/keepalived.conf', './lb2', '../lb1', 'lb3'])).join(', ')}]`;
  if (roll.often(50)) return `      ${at}: ${files}\n`;
  return `      ${at}:\n        files: ${files}\n${roll.often(50) ? `        addresses: { eth0: [10.0.0.${roll.between(1, 3)}/24, "fe80::1"], eth1: [] }\n` : ''}${roll.often(30) ? facts(roll, '        ') : ''}`;
}

function text(roll: Dice): string {
  const clusters = ['edge', 'core', '__proto__'].slice(0, roll.between(1, 3)).map((cluster) => {
    const own = nodes.slice(0, roll.between(1, 3)).map((each) => node(roll, each));
    return [
      `  ${cluster}:\n    nodes:\n${own.join('')}`,
      roll.often(30) ? `    segment: ${roll.one(['vlan-20', '20', '"x y"'])}\n` : '',
      roll.often(30) ? `    backends:\n${node(roll, 'web9')}` : '',
      roll.often(30) ? '    allow-differences: [worker_processes, VI_1]\n' : '',
      roll.often(20) ? facts(roll, '    ') : '',
    ].join('');
  });
  return [
    roll.often(90) ? `clusters:\n${clusters.join('')}` : '',
    roll.often(40) ? facts(roll, '') : '',
    roll.often(40)
      ? `rules:\n  ${roll.one(ruleIds)}: ${roll.one(['off', 'info', 'warning', 'error', 'fatal'])}\n`
      : '',
  ].join('');
}

const shown = ({ at, message, label, help }: Problem): string => {
  const place = { cluster: undefined, node: undefined, bytes: undefined, object: () => '', file: name };
  const stretch = { ...place, line: 1, column: 1, endLine: 1, endColumn: 1, frame: frameOf(at, () => []) };
  return problem({ ...stretch, message, label, help }, plain);
};

export const configuration: Kind = {
  files: (roll) => {
    let config = text(roll);
    for (let n = roll.between(0, 3); n > 0; n--)
      config = scratched(config, [...signs, ...nasty, text(roll)], roll);
    const [common, site] = [roll.one(keepalived), roll.one(nginx)];
    return {
      [name]: config,
      'lb1/keepalived.conf': common,
      'lb2/keepalived.conf': roll.often(60) ? common : roll.one(keepalived),
      'lb1/nginx.conf': site,
      'lb2/nginx.conf': site,
    };
  },
  async *faults(files) {
    const { [name]: text = '', ...others } = files;
    const fs = memory(files);
    const config = readConfig(source(name, text), { fs, folder: '/', ruleIds });
    if ('length' in config) return yield* problemFaults(config, text);
    yield* runFaults(config, others);
  },
};

function* problemFaults(problems: readonly Problem[], text: string): Generator<string> {
  if (problems.length === 0) yield 'bad without a problem';
  for (const each of problems) {
    const { start, end } = each.at;
    if (!(start >= 0 && start <= end && end <= text.length))
      yield `a problem at ${start}–${end} of ${text.length}`;
    if (each.message === '' || /\bundefined\b(?!-)/.test(each.message))
      yield `a problem without words: ${each.message}`;
    if (raw.test(shown(each))) yield `a control character in ${JSON.stringify(each.message)}`;
  }
}

async function* runFaults(config: Config, files: Files): AsyncGenerator<string> {
  const paths = config.clusters.length > 0 ? [] : ['.'];
  const report = check(paths, { config, fs: memory(files), cwd: '/' });
  yield* reportFaults(report, files);
  for (const format of ['pretty', 'json', 'github']) {
    if (raw.test(await render(report, format))) yield `${format} holds a control character`;
  }
  const { prediction, problem } = failover(paths, { config, fs: memory(files), cwd: '/' });
  if (problem !== undefined) yield `failover says ${problem}`;
  JSON.stringify(prediction);
}
