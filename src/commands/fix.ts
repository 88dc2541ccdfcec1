/** `--fix`, `--unsafe-fixes` and `--diff` of `lbcheck check`. */
import { type CheckOptions, check } from '../check.ts';
import { type Change, type Fixed, fixable, replaceFile, stdinOrigin, unifiedDiff } from '../fix/index.ts';
import type { Report } from '../lint/diagnostic.ts';
import { type FileSystem, readStdin } from '../load/disk.ts';
import { mend } from '../mend.ts';
import { complain, isTerminal, stderr, stdout, withoutControls, write } from './terminal.ts';

/** Which of the options are given. */
export interface FixFlags {
  readonly fix: boolean;
  readonly unsafeFixes: boolean;
  readonly diff: boolean;
}

/** What was done. */
export interface Mended {
  /** What is left; with `--diff`, what is found as the files are. */
  readonly report: Report;
  /** Standard output has the text that came from standard input, so findings go elsewhere. */
  readonly isFilter: boolean;
  /** There is something to change that `--diff` has shown. */
  readonly differs: boolean;
  /** Some file should have been written and was not. */
  readonly failed: boolean;
}

/** Mends what `paths` name, or shows how. `judged` is the rest of the check; `done` is called once it is over. */
export function runMend(
  paths: readonly string[],
  options: CheckOptions & { readonly cwd: string; readonly fs: FileSystem },
  flags: FixFlags,
  judged: (report: Report) => Report,
  done: () => void,
): Mended {
  const stdin = paths.includes('-') ? readStdin() : undefined;
  const read = { ...options, stdin: () => stdin ?? new Uint8Array() };
  const result = mend(paths, { ...read, unsafe: flags.unsafeFixes, judge: judged });
  done();
  for (const [file, reason] of result.refused) complain(`${file}: left as it is: ${reason}`);
  if (result.restless) complain('some fixes undo each other (please report it)');
  if (flags.diff) {
    for (const change of result.changes) show(change, result);
    sum(result, flags, 'Would fix');
    return { report: result.before, isFilter: false, differs: result.changes.length > 0, failed: false };
  }
  const failed = written(result.changes);
  // After a failure the files are not what was checked last.
  const report = failed ? judged(check(paths, read)) : result.after;
  if (!failed) sum(result, flags, 'Fixed');
  if (stdin) write(stdout, result.changes.find(({ origin }) => origin === stdinOrigin)?.after ?? stdin);
  return { report, isFilter: stdin !== undefined, differs: false, failed };
}

/** Writes the patch of a file. A program gets its bytes, a person what a terminal does not obey. */
function show(change: Change, { before, after }: Fixed): void {
  const { file } = change;
  const { bytes, isMasked } = unifiedDiff(change, before.maskedIn(file), after.maskedIn(file));
  write(stdout, isTerminal() ? withoutControls(Buffer.from(bytes).toString()) : bytes);
  if (isMasked) complain(`${file}: a secret is masked in this patch, so it cannot be applied; --fix can`);
}

/** Writes the files; gives whether one could not be. */
function written(changes: readonly Change[]): boolean {
  let failed = false;
  for (const { file, origin, before, after } of changes) {
    const failure = origin === stdinOrigin ? undefined : replaceFile(origin, before, after);
    if (!failure) continue;
    failed = true;
    complain(`${file}: not written: ${failure.reason}`);
  }
  return failed;
}

function sum({ before, after }: Fixed, { unsafeFixes }: FixFlags, what: string): void {
  const total = before.diagnostics.length;
  const left = after.diagnostics.length;
  const more = unsafeFixes ? 0 : fixable(after, true).length;
  const hint = more > 0 ? ` (${more} more with --unsafe-fixes)` : '';
  if (total > 0)
    write(
      stderr,
      `${what} ${Math.max(0, total - left)} of ${total} ${total === 1 ? 'finding' : 'findings'}${hint}\n`,
    );
}
