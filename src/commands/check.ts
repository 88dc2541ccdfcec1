/** `lbcheck check`, the default command. */
import type { Command } from 'commander';
import { check } from '../check.ts';
import { formats } from '../format/index.ts';
import type { Report } from '../lint/diagnostic.ts';
import type { Severity } from '../lint/rule.ts';
import type { Version } from '../model/version.ts';
import {
  nginxContext,
  type Output,
  outputsIn,
  ruleIds,
  ruleSeverity,
  severities,
  version,
  wholeNumber,
} from './arguments.ts';
import { configFor } from './config.ts';
import { writeReport } from './report.ts';
import { type Commander, type Context, complain, exit, stderr, stdout } from './terminal.ts';

/** The options of `check`, as commander gives them. */
interface Flags {
  readonly format: readonly Output[];
  readonly failOn: Severity | 'never';
  readonly maxWarnings?: number;
  readonly exitZero: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly statistics: boolean;
  readonly rule: ReadonlyMap<string, Severity | 'off'>;
  readonly only: readonly string[];
  readonly lang?: 'nginx' | 'keepalived';
  readonly configId: readonly string[];
  readonly nginxPrefix?: string;
  readonly context?: string;
  readonly config?: string;
  readonly stdinFilename?: string;
  readonly keepalivedVersion?: Version;
  readonly nginxVersion?: Version;
  readonly fix: boolean;
  readonly unsafeFixes: boolean;
  readonly diff: boolean;
}

const defaults: Flags = {
  format: [],
  failOn: 'error',
  exitZero: false,
  quiet: false,
  verbose: false,
  statistics: false,
  rule: new Map(),
  only: [],
  configId: [],
  fix: false,
  unsafeFixes: false,
  diff: false,
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
  flags: Flags = defaults,
  colour = 'auto',
): Promise<number> {
  const config = await configFor(flags.config, colour);
  if (config === 'bad') return exit.failure;
  const declared = paths.length === 0 && (config?.clusters.length ?? 0) > 0;
  const given = paths.length > 0 || declared ? paths : ['.'];
  const options = {
    config,
    cwd: process.cwd(),
    ...(flags.lang ? { lang: flags.lang } : {}),
    configIds: flags.configId,
    ...(flags.context === undefined ? {} : { context: flags.context }),
    ...(flags.nginxPrefix === undefined ? {} : { nginxPrefix: flags.nginxPrefix }),
    ...(flags.stdinFilename === undefined ? {} : { stdinFilename: flags.stdinFilename }),
    versions: { keepalived: flags.keepalivedVersion, nginx: flags.nginxVersion },
    severities: flags.rule,
    only: new Set(flags.only),
  };
  const mended =
    flags.fix || flags.unsafeFixes || flags.diff
      ? (await import('./fix.ts')).mend(given, options, flags, (report) => report)
      : undefined;
  const report = mended?.report ?? check(given, options);
  for (const { file, reason, named } of report.skipped) {
    if (named || flags.verbose) complain(`${file}: ${reason}`);
  }
  for (const { rule, message } of report.internalErrors) {
    complain(
      `internal error in the rule ${rule}: ${message} (please report it; the other rules' findings stand)`,
    );
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
  if (flags.diff) return mended?.differs && !flags.exitZero ? exit.findings : exitCode;
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
export const checkCommand = ({ Command, Option }: Commander, { colour, done }: Context): Command =>
  new Command('check')
    .description('check configurations (the default command)')
    .argument(
      '[paths...]',
      'files and folders, or NODE=PATH; - is standard input; when left out the clusters of lbcheck.yaml, else the current folder',
    )
    .option(
      '--format <format[:file]>',
      `${[...formats.keys()].join(', ')}; may be repeated`,
      outputsIn([...formats.keys()]),
      defaults.format,
    )
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 from this severity on')
        .choices([...severities, 'never'])
        .default(defaults.failOn),
    )
    .option('--max-warnings <n>', 'exit with 1 on more warnings', wholeNumber)
    .option('--exit-zero', 'exit with 0 whatever is found', defaults.exitZero)
    .option('-q, --quiet', 'errors only', defaults.quiet)
    .option('-v, --verbose', 'frames for notes too, and what was skipped', defaults.verbose)
    .option('--statistics', 'counts by rule in place of the findings', defaults.statistics)
    .option(
      '--rule <id=severity>',
      "change a rule's severity, or turn it off; may be repeated",
      ruleSeverity,
      defaults.rule,
    )
    .option('--fix', 'mend what can be mended safely', defaults.fix)
    .option('--unsafe-fixes', 'mend also what changes the meaning; look at the result', defaults.unsafeFixes)
    .option('--diff', 'show what --fix would change, and change nothing', defaults.diff)
    .option('--only <id>', 'these rules only; may be repeated', ruleIds, defaults.only)
    .addOption(new Option('--lang <language>', 'read every file as this').choices(['nginx', 'keepalived']))
    .option(
      '--config-id <id>',
      'a node of a keepalived file with @ID lines; may be repeated',
      (id: string, all: readonly string[]) => [...all, id],
      defaults.configId,
    )
    .option(
      '--context <blocks>',
      'the blocks around fragments of nginx, outermost first, such as http,server',
      nginxContext,
    )
    .option(
      '--nginx-prefix <dir>',
      'where relative includes of nginx begin (default: the folder of the main file)',
    )
    .option('--stdin-filename <name>', 'what standard input is called')
    .option('--config <file>', 'the configuration file (default: the nearest lbcheck.yaml from here upward)')
    .option('--keepalived-version <version>', 'the version that runs', version)
    .option('--nginx-version <version>', 'the version that runs', version)
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
    )
    .action(async (paths: string[], flags: Flags) => done(await runCheck(paths, flags, colour())));
