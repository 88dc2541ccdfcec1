/** What holds of every report. */
import { fix } from '../../src/fix/index.ts';
import { check, memory, type Report } from '../../src/index.ts';
import type { Files } from './kind.ts';

/** What may never reach a reader: control characters, marks that turn the text around, no characters. */
export const raw = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/;

/** A check of all files. */
export const checked = (files: Files): Report => check(['.'], { fs: memory(files), cwd: '/' });

/** What is wrong with a report, whatever it is of. */
export function* reportFaults({ internalErrors, diagnostics }: Report, files: Files): Generator<string> {
  for (const { rule, message } of internalErrors) yield `${rule} broke: ${message}`;
  const texts = new Map<string, readonly string[]>();
  const linesOf = (file: string): readonly string[] => {
    const lines =
      texts.get(file) ??
      Buffer.from(files[file] ?? '')
        .toString()
        .split('\n');
    texts.set(file, lines);
    return lines;
  };
  for (const each of diagnostics) {
    for (const place of [each, ...each.related, ...(each.fix?.edits ?? [])]) {
      const { file, line, column, endLine, endColumn } = place;
      const lines = linesOf(file);
      const ordered = line < endLine || (line === endLine && column <= endColumn);
      if (!ordered || endLine > lines.length || endColumn > lines[endLine - 1]!.length + 1) {
        yield `${each.rule} points at ${file}:${line}:${column}–${endLine}:${endColumn}`;
      }
    }
  }
}

/** Rounds of --fix until there is nothing left to mend; each does what it can in its passes. */
const rounds = 6;

/** Fixes settle, and none makes a rule break or touches what was not given. */
export function* fixFaults(files: Files, { diagnostics }: Report, unsafe: boolean): Generator<string> {
  if (!diagnostics.some((each) => each.fix && (unsafe || each.fix.safe))) return;
  let now = files;
  for (let round = 1; ; round++) {
    const { after, restless, changes } = fix({
      unsafe,
      fs: memory(now),
      stdin: undefined,
      roots: ['/'],
      check: (view) => check(['.'], { fs: view, cwd: '/' }),
    });
    const kind = unsafe ? 'unsafe fixes' : 'safe fixes';
    if (restless) return yield `${kind} undo each other`;
    for (const { rule, message } of after.internalErrors) yield `${rule} broke after ${kind}: ${message}`;
    for (const { origin } of changes)
      if (!(origin.slice(1) in files)) yield `${kind} change ${origin}, which is no file`;
    if (changes.length === 0) return;
    if (round > rounds) return yield `${kind} never settle`;
    now = {
      ...now,
      ...Object.fromEntries(
        changes.map(({ origin, after }) => [origin.slice(1), Buffer.from(after).toString()]),
      ),
    };
  }
}
