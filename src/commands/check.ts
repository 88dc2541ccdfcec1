/** `lbcheck check`, the default command. */
import type { Command } from 'commander';
import { check } from '../check.ts';
import { formats } from '../format/index.ts';
import type { Report } from '../lint/diagnostic.ts';
import type { Severity } from '../lint/rule.ts';
import { mostFindings } from '../lint/run.ts';
import { disk, type FileSystem } from '../load/disk.ts';
import { type Output, outputsIn, severities, wholeNumber } from './arguments.ts';
import { judgeBy } from './baseline.ts';
import { progress } from './progress.ts';
import { writeReport } from './report.ts';
import { type InputFlags, inputDefaults, inputOptions, settingsOf } from './settings.ts';
import { type Commander, type Context, complain, exit, stderr, stdout } from './terminal.ts';

/** The options of `check`, as commander gives them. */
interface Flags extends InputFlags {
  readonly format: readonly Output[];
  readonly failOn: Severity | 'never';
  readonly maxWarnings?: number;
  readonly exitZero: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly statistics: boolean;
  readonly fix: boolean;
  readonly unsafeFixes: boolean;
  readonly diff: boolean;
  readonly watch: boolean;
}

const defaults: Flags = {
  ...inputDefaults,
  format: [],
  failOn: 'error',
  exitZero: false,
  quiet: false,
  verbose: false,
  statistics: false,
  fix: false,
  unsafeFixes: false,
  diff: false,
  watch: false,
};

/** `--quiet`: the errors alone. */
const errorsOnly = (report: Report): Report => ({
  ...report,
  diagnostics: report.diagnostics.filter(({ severity }) => severity === 'error'),
  summary: { ...report.summary, warnings: 0, infos: 0 },
});

/** Clusters that are named when a run turns out to have several. */
const maxStrangers = 5;

/** Checks `paths` and writes what was found; gives the exit code. */
export async function runCheck(
  paths: readonly string[],
  given: Partial<Flags> = {},
  colour = 'auto',
): Promise<number> {
  const flags = { ...defaults, ...given };
  const mends = flags.fix || flags.unsafeFixes || flags.diff;
  if (!flags.watch) return runOnce(paths, flags, colour, disk);
  if (mends || paths.includes('-')) {
    complain(`--watch does not go with ${mends ? '--fix and --diff' : 'standard input'}`);
    return exit.failure;
  }
  const { watch } = await import('./watch.ts');
  return watch((fs) => runOnce(paths, flags, colour, fs));
}

async function runOnce(
  paths: readonly string[],
  flags: Flags,
  colour: string,
  fs: FileSystem,
): Promise<number> {
  const meter = progress();
  const settings = await settingsOf(paths, flags, colour, meter.counting(fs));
  if (settings === 'bad') return exit.failure;
  const { given, baseline, ran } = settings;
  const options = { ...settings.options, onQuestion: meter.onQuestion };
  const judge = baseline.isWanted
    ? await judgeBy(baseline, options.fs, ran, colour)
    : (report: Report): Report => report;
  if (judge === 'bad') return exit.failure;
  const mended =
    flags.fix || flags.unsafeFixes || flags.diff
      ? (await import('./fix.ts')).runMend(given, options, flags, judge, meter.end)
      : undefined;
  const report = mended?.report ?? judge(check(given, options));
  meter.end();
  for (const { file, reason, named } of report.skipped) {
    if (named || flags.verbose) complain(`${file}: ${reason}`);
  }
  for (const { rule, message } of report.internalErrors) {
    complain(
      `internal error in the rule ${rule}: ${message} (please report it; the other rules' findings stand)`,
    );
  }
  for (const rule of report.flooded) {
    complain(`more than ${mostFindings.toLocaleString('en')} findings of ${rule}: the rest is left out`);
  }
  if (report.strangers.length > 0) {
    const names = report.strangers.slice(0, maxStrangers).map((nodes) => nodes.join(' and '));
    if (report.strangers.length > maxStrangers) names.push('…');
    complain(
      `${names.join(', ')} share no virtual router and are checked as ${report.strangers.length} clusters`,
    );
  }
  if (report.summary.nodes === 0 && report.skipped.length === 0) complain('no configuration found');
  const exitCode = mended?.failed ? exit.failure : codeOf(report, flags);
  if (flags.diff)
    return mended?.differs && exitCode === exit.clean && !flags.exitZero ? exit.findings : exitCode;
  const isDone = await writeReport(flags.quiet ? errorsOnly(report) : report, {
    outputs: flags.format,
    stream: mended?.isFilter ? stderr : stdout,
    verbose: flags.verbose,
    statistics: flags.statistics,
    exitCode,
    colour,
  });
  return isDone ? exitCode : exit.failure;
}

function codeOf(report: Report, flags: Flags): number {
  const isWhole = report.internalErrors.length === 0 && !report.skipped.some(({ named }) => named);
  if (!isWhole || report.summary.nodes === 0) return exit.failure;
  return flags.exitZero ? exit.clean : verdict(report, flags);
}

function verdict({ summary }: Report, { failOn, maxWarnings }: Flags): number {
  const { errors, warnings, infos } = summary;
  const failing = { error: errors, warning: errors + warnings, info: errors + warnings + infos, never: 0 }[
    failOn
  ];
  return failing > 0 || (maxWarnings !== undefined && warnings > maxWarnings) ? exit.findings : exit.clean;
}

/** The command for commander's tree. */
export const checkCommand = (commander: Commander, { colour, done }: Context): Command =>
  inputOptions(
    commander,
    new commander.Command('check')
      .description('check configurations (the default command)')
      .argument(
        '[paths...]',
        'files and folders, or NODE=PATH; - is standard input; when left out the clusters of lbcheck.yaml, else the current folder',
      )
      .option(
        '--format <format[:file]>',
        `${[...formats.keys()].join(', ')}; may be repeated`,
        outputsIn([...formats.keys()]),
      )
      .addOption(
        new commander.Option('--fail-on <severity>', 'exit with 1 from this severity on')
          .choices([...severities, 'never'])
          .default(defaults.failOn),
      )
      .option('--max-warnings <n>', 'exit with 1 on more warnings', wholeNumber)
      .option('--exit-zero', 'exit with 0 whatever is found')
      .option('-q, --quiet', 'errors only')
      .option('-v, --verbose', 'frames for notes too, and what was skipped')
      .option('--statistics', 'counts by rule in place of the findings')
      .option('--fix', 'mend what can be mended safely')
      .option('--unsafe-fixes', 'mend also what changes the meaning; look at the result')
      .option('--diff', 'show what --fix would change, and change nothing')
      .option('--watch', 'check again whenever a file changes')
      .addHelpText(
        'after',
        `
Examples:
  lbcheck master.conf backup.conf          two keepalived files, each a node
  lbcheck lb1/ lb2/ web1/                  folders as nodes, nginx joined
  lbcheck lb1=/tmp/a.conf lb2=/tmp/b.conf  names for the nodes
  lbcheck hosts/ --format pretty --format sarif:lbcheck.sarif
  lbcheck hosts/ --only virtual-router-id-mismatch --statistics
  lbcheck <(ssh lb1 cat /etc/keepalived/keepalived.conf) <(ssh lb2 cat /etc/keepalived/keepalived.conf)

Exit code: 0 nothing at or above --fail-on; 1 findings; 2 something could not be checked.`,
      ),
  )
    // After --baseline, or commander takes it for a switch that is on.
    .option('--no-baseline', 'show what the baseline knows, too')
    .action(async (paths: string[], flags: Partial<Flags>) => done(await runCheck(paths, flags, colour())));
