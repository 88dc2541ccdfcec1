/** The command line: which command is meant, and its exit code. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { allRules } from '../rules/index.ts';
import { baselineCommand } from './commands/baseline.ts';
import { checkCommand, runCheck } from './commands/check.ts';
import { completionCommand } from './commands/completion.ts';
import { failoverCommand } from './commands/failover.ts';
import { initCommand } from './commands/init.ts';
import { explainCommand, rulesCommand } from './commands/rules.ts';
import {
  type Commander,
  type Context,
  complain,
  complainOf,
  exit,
  stderr,
  stdout,
  withoutControls,
  write,
} from './commands/terminal.ts';
import { suggest } from './model/suggest.ts';

/** The commands; each is a file in src/commands. Functions, for what nobody asked for need not be loaded. */
const makers: Readonly<Record<string, () => (commander: Commander, context: Context) => Command>> = {
  check: () => checkCommand,
  failover: () => failoverCommand,
  baseline: () => baselineCommand,
  explain: () => explainCommand,
  rules: () => rulesCommand,
  completion: () => completionCommand,
  init: () => initCommand,
};

/** The command tree. `done` takes the exit code of the command that ran. */
function commands(commander: Commander, done: (code: number) => void): Command {
  const { Command, Option } = commander;
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
    .configureOutput({
      writeOut: (text) => write(stdout, text),
      writeErr: (text) => write(stderr, withoutControls(inShort(text))),
    })
    .addHelpText(
      'after',
      `
Examples:
  lbcheck master.conf backup.conf                    two keepalived files, each a node
  lbcheck lb1/ lb2/ web1/                            folders as nodes, nginx and keepalived joined
  lbcheck explain virtual-router-id-mismatch         what a rule finds, and why it matters
  lbcheck check --help                               the options of a check`,
    )
    .exitOverride();
  const context = { colour: () => program.opts<{ color: string }>().color, done };
  for (const [name, make] of Object.entries(makers)) {
    const command = make()(commander, context).copyInheritedSettings(program);
    program.addCommand(command, { isDefault: name === 'check' });
  }
  return program;
}

/** `--only A B path`: what follows the option is one of its ids as long as it is an id of a rule. */
function withOnly(argv: readonly string[]): readonly string[] {
  const ids = new Set(allRules().map(({ id }) => id));
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
  !Object.hasOwn(makers, argv[0]!) &&
  argv[0] !== 'help';

/** An error of commander's without what it says of its own machinery. */
const inShort = (text: string): string =>
  text
    .replace(/^error: command-argument value '.*' is invalid for argument '\w+'\. /, 'error: ')
    .replace(/^error: option '([^ ']+)[^']*' argument '(.*)' is invalid\. /, 'error: $1 $2: ');

/** What people take for commands, and how it is asked for. */
const options: ReadonlyMap<string, string> = new Map([
  ['fix', '--fix mends, --diff shows what it would'],
  ['diff', '--diff shows what --fix would change'],
  ['watch', '--watch checks again whenever a file changes'],
  ['lint', 'a check needs no command: lbcheck PATH'],
  ['version', '--version says which it is'],
]);

/** What was meant by a word that is no command and names no file; undefined where it may be a path. */
function meant(word: string | undefined): string | undefined {
  if (word === undefined || !/^[a-z]+$/.test(word) || Object.hasOwn(makers, word) || word === 'help')
    return undefined;
  const near = suggest(word, [...Object.keys(makers), 'help'])?.word;
  const says = options.get(word) ?? (near && `did you mean the command ${near}?`);
  return says !== undefined && !existsSync(word) ? says : undefined;
}

/** Runs the command in `argv` (without node and script). Gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv);
  } catch (error) {
    complainOf(error);
    return exit.failure;
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const says = meant(argv[0]);
  if (says !== undefined) {
    complain(`${argv[0]} is no command, and no such file or folder is here: ${says}`);
    return exit.failure;
  }
  if (arePaths(argv)) return runCheck(argv);
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
