/** Commands of keepalived together with the files that they run. */
import { groupBy } from '../../../grammar/group-by.ts';
import { once } from '../../../grammar/remembered.ts';
import { type Source, type Span, source } from '../../../grammar/text.ts';
import type { ScriptFile } from '../../load/loaded.ts';
import { type Script, shellText, sideEffect } from './scripts.ts';
import {
  type Arguments,
  type ShellScript,
  type Slip,
  type SyntaxFault,
  shellScript,
  slipIn,
  syntaxFault,
} from './shell/index.ts';
import type { Statement } from './statements.ts';

/** What is known of a keepalived configuration's commands. */
export interface Commands {
  readonly scripts: readonly Script[];
  readonly scriptFiles: ReadonlyMap<string, ScriptFile>;
}

/** A check and what its script says. */
export interface CheckScript {
  readonly script: Script;
  /** The name of the script without its folder, or of the program. */
  readonly name: string;
  readonly text: ShellScript;
  /** Where a place of the script is shown: in its own file, or where the command stands. */
  readonly place: (at: Span) => Span;
}

const interpreters = /(?:^|\/)(?:(?:ba|da|a|k|z)?sh|env|python[\d.]*|perl|ruby|php)$/;

/** The file that a command runs: its program, or what an interpreter is given. */
export function pathOf({ argv }: Script): string {
  const [program = ''] = argv;
  if (!interpreters.test(program)) return program;
  return argv.slice(1).find((word) => word.startsWith('/')) ?? program;
}

const fileOf = ({ scriptFiles }: Pick<Commands, 'scriptFiles'>, script: Script): Source | undefined =>
  scriptFiles.get(pathOf(script))?.source;

const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const byOwner = once((scripts: readonly Script[]) => groupBy(scripts, ({ owner }) => owner));

/** The commands of a block, such as the one of a vrrp_script. */
export const commandsOf = ({ scripts }: Commands, block: Statement): readonly Script[] =>
  byOwner(scripts).get(block) ?? [];

/** Where the text of a command is: in its file, or in the command itself. */
const textHolder = (commands: Commands, script: Script): Source | Script =>
  (shellText(script) === undefined && fileOf(commands, script)) || script;

/** Of all that is of one file, the first: the command that comes first stands for the others. */
function firsts<Each>(all: readonly Each[], fileOf: (each: Each) => unknown): readonly Each[] {
  const first = new Map<unknown, Each>();
  for (const each of all) {
    const file = fileOf(each);
    if (!first.has(file)) first.set(file, each);
  }
  return [...first.values()];
}

/** The checks whose text is at hand, each file once. */
export function checkScripts(commands: Commands): readonly CheckScript[] {
  const checks = commands.scripts.filter(({ use }) => use !== 'notify');
  return firsts(checks, (script) => textHolder(commands, script)).flatMap(
    (script) => checkScript(commands, script) ?? [],
  );
}

/** The text of a check: a script of its own, or what is given to `sh -c`. */
export function checkScript(commands: Commands, script: Script): CheckScript | undefined {
  const text = textOf(commands, script);
  if (!text) return undefined;
  return shellText(script) === undefined
    ? { script, name: nameIn(pathOf(script)), text, place: (at) => at }
    : { script, name: script.argv[0]!, text, place: () => script.at };
}

function textOf(commands: Pick<Commands, 'scriptFiles'>, script: Script): ShellScript | undefined {
  const inner = shellText(script);
  if (inner !== undefined) return shellScript(source('check.sh', inner));
  const file = fileOf(commands, script);
  // What none of its commands has a say in.
  const isStuck =
    file && script.argv[0] === pathOf(script) && /^(?:line ends|mark)$/.test(stuckAt(file)?.fault ?? '');
  return file && !isStuck ? shellScript(file) : undefined;
}

/** A command that runs, where it can be seen. */
interface Run {
  readonly words: readonly string[];
  readonly at: Span;
}

/**
 * What a command of the configuration may run, and what of it certainly: itself, or the commands of its script. keepalived
 * may add words of its own to those of the configuration.
 */
export function runBy(
  commands: Pick<Commands, 'scriptFiles'>,
  script: Script,
  added: Arguments = [],
): { readonly all: readonly Run[]; readonly always: readonly Run[] } {
  const inner = shellText(script);
  if (inner === undefined && !fileOf(commands, script)) {
    const itself = [{ words: script.argv, at: script.at }];
    return { all: itself, always: itself };
  }
  const text = textOf(commands, script);
  if (!text) return { all: [], always: [] };
  const { argv } = script;
  if (inner === undefined) return text.run([...argv.slice(argv.indexOf(pathOf(script)) + 1), ...added]);
  const { all, always } = text.run([]);
  const shown = ({ words }: Run): Run => ({ words, at: script.at });
  return { all: all.map(shown), always: always.map(shown) };
}

/** Programs that change something, and those that run what they are given. */
const acting =
  /^(?:\/\S*\/)?(?:systemctl|service|rc-service|killall5?|pkill|kill|nginx|docker|podman|reboot|poweroff|(?:ba|da)?sh)$|^\/etc\/(?:rc\.d\/)?init\.d\//;
/** Words that may stand before a program. */
const isPrefix = (word: string): boolean =>
  /^(?:sudo|nohup|timeout|exec|env|-\w+|\d+[smh]?|[A-Za-z_]\w*=.*)$/.test(word);

/** The first thing that a check's script changes, which it should only look at. */
export function scriptEffect({
  text,
}: CheckScript): { readonly what: string; readonly at: Span } | undefined {
  for (const { words, at } of text.commands) {
    // What is only said is not done: the program decides, whatever its arguments tell.
    const [program = ''] = words.slice(words.findIndex((word) => !isPrefix(word)));
    if (!acting.test(program)) continue;
    const what = sideEffect({ argv: words });
    if (what !== undefined) return { what, at };
  }
  return undefined;
}

/** A slip that makes the command of a check fail, where the command stands in the configuration itself. */
export function commandSlip({ argv, at }: Script): Slip | undefined {
  // A program that does not exist is another matter: keepalived then drops the check.
  const [program = '', ...rest] = argv;
  if (!program.includes('/') && rest.length === 0) return undefined;
  const path = program.includes('/') ? program : `/${program}`;
  return slipIn({ words: [path, ...rest], places: argv.map(() => at) });
}

/** A script that the kernel cannot start, or that ends at once. */
export interface StuckScript {
  readonly script: Script;
  readonly name: string;
  /**
   * `line ends`: those of Windows, one of which belongs to the name of the interpreter, or to its argument; `mark`: a byte order
   * mark before `#!`; `bare`: no `#!` where a file begins, so that only a shell can start it.
   */
  readonly fault: 'line ends' | 'mark' | 'bare';
  /** There is a program that starts, and it does not know its argument: the script fails. Else keepalived takes it to have passed. */
  readonly fails: boolean;
  readonly firstLine: Span;
  /** The signs that are in the way: the carriage returns, or the mark. */
  readonly signs: readonly Span[];
}

/** Scripts that keepalived starts itself, without a shell, and that do not run (execve(2)); each file once. */
export function stuckScripts(commands: Commands): readonly StuckScript[] {
  const started = commands.scripts.filter((script) => script.argv[0] === pathOf(script));
  return firsts(started, (script) => fileOf(commands, script)).flatMap((script): StuckScript[] => {
    const file = fileOf(commands, script);
    const stuck = file && stuckAt(file);
    if (!stuck) return [];
    const end = /\r?\n|$/.exec(file.text)!.index;
    const at = (start: number): Span => ({ source: file, start, end: start + 1 });
    const signs =
      stuck.fault === 'line ends'
        ? Array.from(file.text.matchAll(/\r(?=\n)/g), ({ index }) => at(index))
        : stuck.fault === 'mark'
          ? [at(0)]
          : [];
    const firstLine = { source: file, start: 0, end };
    return [{ script, name: nameIn(pathOf(script)), ...stuck, firstLine, signs }];
  });
}

function stuckAt({ text, encoding }: Source): Pick<StuckScript, 'fault' | 'fails'> | undefined {
  if (encoding.startsWith('utf-16')) return { fault: 'bare', fails: false };
  if (text.startsWith('\uFEFF#!')) return { fault: 'mark', fails: false };
  if (!text.startsWith('#!')) return { fault: 'bare', fails: false };
  // The kernel reads no more of it.
  const [line = ''] = /^[^\n]{0,255}\n/.exec(text) ?? [];
  const [, program, argument] = /^#![ \t]*(\S+)[ \t]*(.*)\r\n$/.exec(line) ?? [];
  if (program === undefined) return undefined;
  if (argument === '') return { fault: 'line ends', fails: false };
  return /\/(?:env|(?:ba|da)?sh)$/.test(program) ? { fault: 'line ends', fails: true } : undefined;
}

/** A script at a word of which every shell stops. */
export interface BrokenScript extends SyntaxFault {
  readonly script: Script;
}

/** Scripts that no shell reads to the end; each file once. */
export function brokenScripts(commands: Commands): readonly BrokenScript[] {
  const scripts = firsts(commands.scripts, (script) => textHolder(commands, script));
  return scripts.flatMap((script): BrokenScript[] => {
    const inner = shellText(script);
    const file = inner === undefined ? fileOf(commands, script) : source('check.sh', inner);
    const fault = file && syntaxFault(file);
    if (!fault) return [];
    return [{ script, ...fault, at: inner === undefined ? fault.at : script.at }];
  });
}

/** A file that a command names and keepalived cannot run. */
export interface LostScript {
  readonly script: Script;
  readonly path: string;
  readonly fault: 'missing' | 'not executable';
  /** The given files leave no doubt. */
  readonly certain: boolean;
  /** Where the script is, when it is there. */
  readonly file: Span | undefined;
}

/** Commands whose file is not there, or has no execute bit; each file once. */
export function lostScripts({ scripts, scriptFiles }: Commands): readonly LostScript[] {
  const lost = scripts.flatMap((script): LostScript[] => {
    const path = pathOf(script);
    const file = scriptFiles.get(path);
    if (!file) return [];
    const at = file.source && { source: file.source, start: 0, end: 0 };
    if (file.presence === 'absent')
      return [{ script, path, fault: 'missing', certain: file.certain, file: undefined }];
    // An interpreter reads it; nobody executes it.
    const runs = script.argv[0] === path;
    return runs && file.executable === false
      ? [{ script, path, fault: 'not executable', certain: true, file: at }]
      : [];
  });
  return firsts(lost, ({ path }) => path);
}
