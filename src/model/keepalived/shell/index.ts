/**
 * Shell scripts, read and never run: which commands stand in them, which of them a call runs, and whether they can end with
 * success or with failure. What is not understood makes the answer unknown.
 */
import { once } from '../../../../grammar/remembered.ts';
import type { Source } from '../../../../grammar/text.ts';
import { type Arguments, type Run, runOf } from './call.ts';
import { endingOf, isOpaque } from './ending.ts';
import { type Slip, slipIn } from './slips.ts';
import { tokensOf } from './tokens.ts';
import { commandsIn, type ShellCommand, type SyntaxFault, treeOf } from './tree.ts';

export type { Arguments } from './call.ts';
export { type Slip, slipIn } from './slips.ts';
export type { SyntaxFault } from './tree.ts';

/** A script as far as it can be understood. */
export interface ShellScript {
  /** Every command, in the order of the text. */
  readonly commands: readonly ShellCommand[];
  /** Which of them a call with these words runs. */
  readonly run: (args: Arguments) => Run;
  /** How it can end; undefined where that is not certain. */
  readonly ending: 'success' | 'failure' | undefined;
  /** It ends with failure where these commands fail. */
  readonly failsWhere: (fails: (command: ShellCommand) => boolean) => boolean;
  /** The command that it ends with. */
  readonly last: ShellCommand | undefined;
  /** A word because of which a command always fails. */
  readonly slips: readonly Slip[];
}

/** A script of more characters is not looked into. */
const longest = 64 * 1024;

/** The script in `source`; undefined for other languages and for what cannot be read. */
export const shellScript = once((source: Source): ShellScript | undefined => {
  const tree = parsed(source)?.tree;
  if (!tree) return undefined;
  const commands = [...commandsIn(tree)];
  const slips = commands.flatMap((command) => slipIn(command) ?? []);
  const strict = /^#!.*\s-\w*e/.test(source.text);
  const isCertain = !strict && !commands.some(isOpaque);
  const whole = { all: commands, always: [] };
  return {
    commands,
    run: (args) => (isCertain ? (runOf(tree, args) ?? whole) : whole),
    ending: isCertain ? endingOf(tree, (command) => slipIn(command) !== undefined) : undefined,
    failsWhere: (fails) => isCertain && endingOf(tree, fails) === 'failure',
    last: commands.at(-1),
    slips,
  };
});

/** Where every shell stops reading the script in `source`; zsh has forms of its own. */
export const syntaxFault = (source: Source): SyntaxFault | undefined =>
  /^#!.*zsh/.test(source.text) ? undefined : parsed(source)?.fault;

const parsed = once((source: Source) => {
  const { text, path } = source;
  const [, shebang] = /^#!([^\n]*)/.exec(text) ?? [];
  if (shebang !== undefined && !/(?:^|[/\s])(?:ba|da|a|k|z)?sh(?:\s|$)/.test(shebang)) return undefined;
  if (shebang === undefined && !/\.(?:ba)?sh$/.test(path)) return undefined;
  if (text.length > longest) return undefined;
  const tokens = tokensOf(text);
  return tokens && treeOf(source, tokens);
});
