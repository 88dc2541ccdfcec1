/** The command line: arguments, streams, exit code. The only place that knows `process`. */
import { fstatSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { rules } from '../rules/index.ts';
import { explain, index } from './format/explain.ts';
import { formats } from './format/index.ts';
import { colourful, plain, type Style } from './format/style.ts';
import { check } from './index.ts';
import type { Report } from './lint/diagnostic.ts';
import type { Severity } from './lint/rule.ts';
import { suggest } from './model/suggest.ts';
import { parseVersion, type Version } from './model/version.ts';

/** What the shell and every CI system see. */
const exit = { clean: 0, findings: 1, failure: 2 } as const;

const severities: readonly Severity[] = ['error', 'warning', 'info'];

interface Output {
  readonly format: string;
  readonly file: string | undefined;
}

/** The options of `check`, as commander gives them. */
interface CheckFlags {
  readonly format: readonly Output[];
  readonly failOn: Severity | 'never';
  readonly maxWarnings?: number;
  readonly exitZero: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly rule: ReadonlyMap<string, Severity | 'off'>;
  readonly only: readonly string[];
  readonly lang?: 'nginx' | 'keepalived';
  readonly configId: readonly string[];
  readonly nginxPrefix?: string;
  readonly stdinFilename?: string;
  readonly keepalivedVersion?: Version;
  readonly nginxVersion?: Version;
}

const defaults: CheckFlags = {
  format: [],
  failOn: 'error',
  exitZero: false,
  quiet: false,
  verbose: false,
  rule: new Map(),
  only: [],
  configId: [],
};

const [stdout, stderr] = [1, 2];

/**
 * Writes all of `text`. Not through process.stdout: to make that stream costs as much as to check a file, and what it has
 * not yet written is lost when the process ends.
 */
function write(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return; // the reader has seen enough
      if (code !== 'EAGAIN') throw error; // a pipe that is full for now
    }
  }
}

const complain = (message: string): void => write(stderr, `lbcheck: ${message}\n`);

/** Whether a person is looking. Asks the file first: process.stdout loads Node's terminal code to answer. */
const isTerminal = (): boolean => fstatSync(stdout).isCharacterDevice() && process.stdout.isTTY === true;

/** An argument that cannot be meant; commander says which one it was. The code is how it knows its own errors. */
const usage = (message: string): Error =>
  Object.assign(new Error(message), { code: 'commander.invalidArgument' });

function ruleId(id: string): string {
  if (rules.some((each) => each.id === id)) return id;
  const near = suggest(
    id,
    rules.map((each) => each.id),
  );
  throw usage(`There is no rule ${id}.${near ? ` (Did you mean ${near.word}?)` : ''}`);
}

const ruleIds = (ids: string, previous: readonly string[]): readonly string[] => [
  ...previous,
  ...ids.split(',').map(ruleId),
];

function outputs(text: string, previous: readonly Output[]): readonly Output[] {
  const colon = text.indexOf(':');
  const [format, file] = colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
  if (!formats.has(format)) {
    throw usage(`Allowed formats are ${[...formats.keys()].join(', ')}, each as FORMAT or FORMAT:FILE.`);
  }
  return [...previous, { format, file }];
}

function ruleSeverity(
  text: string,
  previous: ReadonlyMap<string, Severity | 'off'>,
): ReadonlyMap<string, Severity | 'off'> {
  const [id = '', severity = ''] = text.split('=');
  if (severity !== 'off' && !severities.includes(severity as Severity)) {
    throw usage('Write RULE=off, RULE=info, RULE=warning or RULE=error.');
  }
  return new Map(previous).set(ruleId(id), severity as Severity | 'off');
}

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed) throw usage('A version looks like 2.2.7.');
  return parsed;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw usage('Not a number.');
  return Number(text);
}

/** Colour as the operator wants it: the option, then NO_COLOR, then FORCE_COLOR, then whether a person is looking. */
function wantsColour(option: string): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (option !== 'auto') return option === 'always';
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return TERM !== 'dumb' && isTerminal();
}

const styleFor = (colour: string): Promise<Style> =>
  wantsColour(colour) ? colourful() : Promise.resolve(plain);

/** `--quiet`: the errors alone. */
const errorsOnly = (report: Report): Report => ({
  ...report,
  diagnostics: report.diagnostics.filter(({ severity }) => severity === 'error'),
  summary: { ...report.summary, warnings: 0, infos: 0 },
});

async function runCheck(paths: readonly string[], flags: CheckFlags, colour: string): Promise<number> {
  const report = check(paths.length > 0 ? paths : ['.'], {
    cwd: process.cwd(),
    ...(flags.lang ? { lang: flags.lang } : {}),
    configIds: flags.configId,
    ...(flags.nginxPrefix === undefined ? {} : { nginxPrefix: flags.nginxPrefix }),
    ...(flags.stdinFilename === undefined ? {} : { stdinFilename: flags.stdinFilename }),
    versions: { keepalived: flags.keepalivedVersion, nginx: flags.nginxVersion },
    severities: flags.rule,
    only: new Set(flags.only),
  });
  for (const { file, reason, named } of report.skipped) {
    if (named || flags.verbose) complain(`${file}: ${reason}`);
  }
  for (const { rule, message } of report.internalErrors) {
    complain(
      `internal error in the rule ${rule}: ${message} (please report it; the other rules' findings stand)`,
    );
  }
  if (report.clusters.length > 1) {
    const names = report.clusters.map((nodes) => nodes.join(' and '));
    complain(`${names.join(', ')} share no virtual router and are checked as ${names.length} clusters`);
  }
  if (report.summary.nodes === 0) {
    if (report.skipped.length === 0) complain('no configuration found');
    return exit.failure;
  }
  const shown = flags.quiet ? errorsOnly(report) : report;
  const wanted = flags.format.length > 0 ? flags.format : [{ format: defaultFormat(), file: undefined }];
  for (const { format, file } of wanted) {
    const style = file === undefined ? await styleFor(colour) : plain;
    const text = formats.get(format)!(shown, { style, verbose: flags.verbose });
    if (file === undefined) write(stdout, text);
    else {
      try {
        writeFileSync(file, text);
      } catch (error) {
        complain(`${file}: ${(error as Error).message}`);
        return exit.failure;
      }
    }
  }
  if (report.internalErrors.length > 0 || report.skipped.some(({ named }) => named)) return exit.failure;
  return flags.exitZero ? exit.clean : verdict(report, flags);
}

const defaultFormat = (): string => (process.env.GITHUB_ACTIONS === 'true' ? 'github' : 'pretty');

function verdict({ summary }: Report, { failOn, maxWarnings }: CheckFlags): number {
  const { errors, warnings, infos } = summary;
  const failing = { error: errors, warning: errors + warnings, info: errors + warnings + infos, never: 0 }[
    failOn
  ];
  return failing > 0 || (maxWarnings !== undefined && warnings > maxWarnings) ? exit.findings : exit.clean;
}

async function runExplain(id: string, colour: string): Promise<number> {
  const style = await styleFor(colour);
  // The bundle leaves out what only this command needs (vite.config.ts).
  const page = readFileSync(join(import.meta.dirname, 'pages', `${id}.md`), 'utf8');
  write(stdout, explain(page, rules.find((each) => each.id === id)!, style));
  return exit.clean;
}

function runRules(format: string): number {
  if (format === 'json') {
    const list = rules.map(({ id, scope, severity, summary }) => ({ id, scope, severity, summary }));
    write(stdout, `${JSON.stringify(list, undefined, 2)}\n`);
  } else if (format === 'md')
    write(
      stdout,
      index(rules, ({ scope, id }) => `${scope}/${id}.md`),
    );
  else {
    const width = Math.max(...rules.map(({ id }) => id.length));
    for (const { id, severity, summary } of rules) {
      write(stdout, `${id.padEnd(width)}  ${severity.padEnd(7)}  ${summary}\n`);
    }
  }
  return exit.clean;
}

/** The command tree. `done` takes the exit code of the command that ran. */
function commands({ Command, Option }: typeof import('commander'), done: (code: number) => void): Command {
  const program = new Command('lbcheck')
    .description(
      'Checks nginx and keepalived configurations of load balancers, each alone and against each other.',
    )
    .version(packageJson.version)
    .addOption(
      new Option('--color <when>', 'colours in the terminal')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .showHelpAfterError('(lbcheck --help shows what there is)')
    .configureOutput({ writeOut: (text) => write(stdout, text), writeErr: (text) => write(stderr, text) })
    .exitOverride();
  const colour = (): string => program.opts<{ color: string }>().color;

  program
    .command('check', { isDefault: true })
    .description('check configurations (the default command)')
    .argument(
      '[paths...]',
      'files and folders, or NODE=PATH; - is standard input; the current folder when left out',
    )
    .option(
      '--format <format[:file]>',
      `${[...formats.keys()].join(', ')}; may be repeated`,
      outputs,
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
    .option(
      '--rule <id=severity>',
      "change a rule's severity, or turn it off; may be repeated",
      ruleSeverity,
      defaults.rule,
    )
    .option('--only <id>', 'these rules only; may be repeated', ruleIds, defaults.only)
    .addOption(new Option('--lang <language>', 'read every file as this').choices(['nginx', 'keepalived']))
    .option(
      '--config-id <id>',
      'a node of a keepalived file with @ID lines; may be repeated',
      (id: string, all: readonly string[]) => [...all, id],
      defaults.configId,
    )
    .option(
      '--nginx-prefix <dir>',
      'where relative includes of nginx begin (default: the folder of the main file)',
    )
    .option('--stdin-filename <name>', 'what standard input is called')
    .option('--keepalived-version <version>', 'the version that runs', version)
    .option('--nginx-version <version>', 'the version that runs', version)
    .addHelpText(
      'after',
      `
Examples:
  lbcheck master.conf backup.conf          two keepalived files, each a node
  lbcheck lb1/ lb2/ web1/                  folders as nodes, nginx joined
  lbcheck lb1=/tmp/a.conf lb2=/tmp/b.conf  names for the nodes
  lbcheck <(ssh lb1 cat /etc/keepalived/keepalived.conf) <(ssh lb2 cat /etc/keepalived/keepalived.conf)

Exit code: 0 nothing at or above --fail-on; 1 findings; 2 something could not be checked.`,
    )
    .action(async (paths: string[], flags: CheckFlags) => done(await runCheck(paths, flags, colour())));

  program
    .command('explain')
    .description('what a rule finds, why it matters, with examples')
    .argument('<rule>', 'its id', ruleId)
    .action(async (id: string) => done(await runExplain(id, colour())));

  program
    .command('rules')
    .description('all rules')
    .addOption(
      new Option('--format <format>', 'how to list them').choices(['pretty', 'json', 'md']).default('pretty'),
    )
    .action(({ format }: { format: string }) => done(runRules(format)));

  return program;
}

/** `--only A B path`: what follows the option is one of its ids as long as it is an id of a rule. */
function withOnly(argv: readonly string[]): readonly string[] {
  const ids = new Set(rules.map(({ id }) => id));
  let inOnly = false;
  return argv.flatMap((arg, index) => {
    if (arg === '--only') {
      inOnly = true;
      return [arg];
    }
    if (argv[index - 1] === '--only') return [arg];
    inOnly &&= ids.has(arg);
    return inOnly ? ['--only', arg] : [arg];
  });
}

/** Whether all arguments are plainly paths: the usual command, for which commander need not be loaded. */
const arePaths = (argv: readonly string[]): boolean =>
  argv.length > 0 &&
  argv.every((arg) => !arg.startsWith('-')) &&
  !/^(?:check|explain|rules|help)$/.test(argv[0]!);

/** Runs the command in `argv` (without node and script). Gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  if (arePaths(argv)) return runCheck(argv, defaults, 'auto');
  const commander = await import('commander');
  let code: number = exit.clean;
  try {
    await commands(commander, (result) => {
      code = result;
    }).parseAsync([...withOnly(argv)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof commander.CommanderError)) throw error;
    return error.exitCode === 0 ? exit.clean : exit.failure;
  }
  return code;
}
