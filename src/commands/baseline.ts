/** `lbcheck baseline`, and what a baseline hides from `lbcheck check`. */
import type { Command } from 'commander';
import { decode, source } from '../../grammar/text.ts';
import { check } from '../check.ts';
import type { Report } from '../lint/diagnostic.ts';
import { type FileSystem, isUnread } from '../load/disk.ts';
import { tell } from './config.ts';
import { save } from './output.ts';
import { type InputFlags, inputOptions, type Settings, settingsOf } from './settings.ts';
import { type Commander, type Context, complain, exit, stderr, write } from './terminal.ts';

/** Takes what is known out of a report. */
export type Judge = (report: Report) => Report;

/** A baseline as a judge; `bad` when it cannot be used, and the operator has been told why. */
export async function judgeBy(
  { path, shown }: Settings['baseline'],
  fs: FileSystem,
  ran: Settings['ran'],
  colour: string,
): Promise<Judge | 'bad'> {
  const { compared } = await import('../baseline/index.ts');
  const baseline = await baselineAt(path, shown, fs, colour);
  if (baseline === 'bad') return 'bad';
  let isTold = false;
  return (report) => {
    const result = compared(report, baseline, ran);
    if (result.gone > 0 && !isTold) {
      const what = result.gone === 1 ? '1 finding in it is' : `${result.gone} findings in it are`;
      complain(`${shown}: ${what} gone; lbcheck baseline prune takes out what is`);
    }
    isTold = true;
    return result.report;
  };
}

async function baselineAt(path: string, shown: string, fs: FileSystem, colour: string) {
  const { readBaseline } = await import('../baseline/index.ts');
  const bytes = fs.read(path);
  if (isUnread(bytes)) {
    complain(`${shown}: ${bytes.reason}`);
    return 'bad';
  }
  const { text, encoding } = decode(bytes);
  const baseline = readBaseline(source(shown, text, encoding));
  if (!('length' in baseline)) return baseline;
  await tell(baseline, colour);
  return 'bad';
}

async function runBaseline(
  action: 'write' | 'prune',
  paths: readonly string[],
  flags: Partial<InputFlags>,
  colour: string,
): Promise<number> {
  const settings = await settingsOf(paths, flags, colour);
  if (settings === 'bad') return exit.failure;
  const { given, options, baseline: file } = settings;
  const report = check(given, options);
  if (report.summary.nodes === 0) {
    complain('no configuration found');
    return exit.failure;
  }
  const unread = report.skipped.filter(({ named }) => named);
  for (const { file, reason } of unread) complain(`${file}: ${reason}`);
  if (unread.length > 0 || report.internalErrors.length > 0) return exit.failure;
  const { baselineOf, compared, written } = await import('../baseline/index.ts');
  let kept = baselineOf(report);
  let gone = 0;
  if (action === 'prune') {
    const known = await baselineAt(file.path, file.shown, options.fs, colour);
    if (known === 'bad') return exit.failure;
    const result = compared(report, known, settings.ran);
    if (result.absent.length > 0) {
      complain(
        `${file.shown}: ${result.absent.join(', ')} are in it and were not checked: check all nodes, or write it anew`,
      );
      return exit.failure;
    }
    kept = result.still;
    gone = result.gone;
  }
  if (!save(file.path, written(kept), file.shown)) return exit.failure;
  const count = kept.findings.reduce((sum, each) => sum + each.count, 0);
  const findings = count === 1 ? '1 finding' : `${count} findings`;
  write(
    stderr,
    action === 'write' ? `${file.shown}: ${findings}\n` : `${file.shown}: ${gone} gone, ${count} left\n`,
  );
  return exit.clean;
}

/** `baseline` for commander's tree. */
export const baselineCommand = (commander: Commander, { colour, done }: Context): Command =>
  inputOptions(
    commander,
    new commander.Command('baseline')
      .description('keep the findings of today in a file, so that later runs show what is new')
      .addArgument(
        new commander.Argument('<action>', 'write the file, or prune what is gone from it').choices([
          'write',
          'prune',
        ]),
      )
      .argument('[paths...]', 'as for lbcheck check'),
  ).action(async (action: 'write' | 'prune', paths: string[], flags: Partial<InputFlags>) =>
    done(await runBaseline(action, paths, flags, colour())),
  );
