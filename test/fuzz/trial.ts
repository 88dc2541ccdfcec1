/** One try of everything with files made by chance, and what must hold whatever they are. */

import { failover } from '../../src/failover.ts';
import { fix } from '../../src/fix/index.ts';
import { check, formatNames, memory, type Report, render } from '../../src/index.ts';
import { type Dice, dice } from '../bench/workloads.ts';
import { corpus, mutated } from './mutate.ts';

type Files = Record<string, string>;

const texts = corpus();
const raw = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ufffe\uffff]/;

/** The files of a try, the same for the same number. */
export function filesOf(seed: number): Files {
  const roll = dice(seed);
  const files: Files = {};
  const keepalived = roll.one(texts.keepalived);
  for (const node of ['lb1', 'lb2', 'lb3'].slice(0, roll.between(1, 3))) {
    // Nodes are mostly copies of each other.
    const own = roll.often(70) ? keepalived : roll.one(texts.keepalived);
    files[`${node}/keepalived.conf`] = mutated(own, texts.keepalived, roll);
    if (roll.often(60)) files[`${node}/nginx.conf`] = mutated(roll.one(texts.nginx), texts.nginx, roll);
    if (roll.often(30)) Object.assign(files, includes(node, roll));
  }
  return files;
}

/** Files that include each other as it comes. */
function includes(node: string, roll: Dice): Files {
  const names = ['a', 'b', 'c'].map((name) => `${name}.conf`);
  return Object.fromEntries(
    names.map((name) => [
      `${node}/${name}`,
      `${mutated(roll.one(texts.keepalived), texts.keepalived, roll).slice(0, 500)}\ninclude ${roll.one([...names, '*.conf', '../lb1/*.conf'])}\n`,
    ]),
  );
}

/** What is wrong with a try; nothing, as it should be. */
export async function* faults(seed: number): AsyncGenerator<string> {
  const files = filesOf(seed);
  const fs = memory(files);
  const report = check(['.'], { fs, cwd: '/' });
  for (const { rule, message } of report.internalErrors) yield `${rule} broke: ${message}`;
  yield* strayPlaces(report, files);
  for (const name of formatNames) {
    const text = await render(report, name);
    if (raw.test(text)) yield `${name} holds a control character`;
    if (text !== (await render(check(['.'], { fs: memory(files), cwd: '/' }), name)))
      yield `${name} differs the second time`;
    if (seed % 10 !== 0) break;
  }
  yield* afterFix(files, report);
  const { prediction } = failover(['.'], { fs, cwd: '/' });
  const again = failover(['.'], { fs: memory(files), cwd: '/' }).prediction;
  if (JSON.stringify(prediction) !== JSON.stringify(again)) yield 'the election differs the second time';
}

function* strayPlaces({ diagnostics }: Report, files: Files): Generator<string> {
  for (const each of diagnostics) {
    for (const { file, line, column, endLine, endColumn } of [
      each,
      ...each.related,
      ...(each.fix?.edits ?? []),
    ]) {
      const lines = Buffer.from(files[file] ?? '')
        .toString()
        .replace(/^\ufeff/, '')
        .split('\n');
      const ordered = line < endLine || (line === endLine && column <= endColumn);
      if (!ordered || endLine > lines.length || endColumn > lines[endLine - 1]!.length + 1) {
        yield `${each.rule} points at ${file}:${line}:${column}–${endLine}:${endColumn}`;
      }
    }
  }
}

/** Safe fixes settle, and none makes an error of another kind. */
function* afterFix(files: Files, before: Report): Generator<string> {
  if (!before.diagnostics.some(({ fix }) => fix?.safe)) return;
  const fs = memory(files);
  const { after, restless, changes } = fix({
    unsafe: false,
    fs,
    stdin: undefined,
    roots: ['/'],
    check: (view) => check(['.'], { fs: view, cwd: '/' }),
  });
  if (restless) yield 'fixes undo each other';
  for (const { rule, message } of after.internalErrors) yield `${rule} broke after a fix: ${message}`;
  for (const { file } of changes) if (!(file in files)) yield `a fix changes ${file}`;
}
