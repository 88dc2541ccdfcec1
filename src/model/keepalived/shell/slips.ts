/** Misspelt programs and options in the commands of a check. */
import type { Span } from '../../../../grammar/text.ts';
import { distance, suggest } from '../../suggest.ts';
import type { ShellCommand } from './tree.ts';

/** A misspelt option or program. */
export interface Slip {
  readonly at: Span;
  /** In words: `systemctl has no option --quite`. */
  readonly says: string;
  readonly meant: string;
}

/** Programs of checks, and the long options of those whose options are told apart here. */
const programs = ['killall', 'pidof', 'systemctl'];
const options: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<readonly string[]>({
    systemctl: [
      '--quiet',
      '--user',
      '--system',
      '--no-pager',
      '--type',
      '--state',
      '--all',
      '--failed',
      '--now',
      '--full',
      '--lines',
      '--output',
      '--property',
      '--value',
      '--plain',
      '--no-legend',
      '--root',
      '--host',
      '--machine',
      '--signal',
      '--wait',
      '--force',
    ],
    grep: [
      '--quiet',
      '--silent',
      '--count',
      '--invert-match',
      '--ignore-case',
      '--extended-regexp',
      '--fixed-strings',
      '--word-regexp',
      '--line-regexp',
      '--regexp',
      '--max-count',
      '--no-messages',
    ],
    killall: ['--quiet', '--exact', '--signal', '--user', '--verbose', '--wait', '--regexp', '--ignore-case'],
    pgrep: ['--full', '--exact', '--count', '--list-name', '--parent', '--newest', '--oldest', '--uid'],
    curl: [
      '--silent',
      '--fail',
      '--show-error',
      '--max-time',
      '--connect-timeout',
      '--output',
      '--head',
      '--insecure',
      '--header',
      '--location',
      '--request',
      '--write-out',
      '--resolve',
    ],
    wget: [
      '--quiet',
      '--spider',
      '--tries',
      '--timeout',
      '--output-document',
      '--no-check-certificate',
      '--no-verbose',
    ],
  }),
);
/** Programs whose names are near to those and their own. */
const neighbours = new Set(['killall5', 'pidofproc']);

/** Why a command always fails: its name or an option of it is a slip of the fingers. */
export function slipIn({ words, places }: Pick<ShellCommand, 'words' | 'places'>): Slip | undefined {
  const from = words.findIndex((word) => !/^[A-Za-z_]\w*\+?=/.test(word));
  const path = words[from];
  if (path === undefined) return undefined;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (!path.includes('/') && !neighbours.has(name)) {
    const meant = programs.find((program) => program !== name && distance(name, program, 1) === 1);
    if (meant) return { at: places[from]!, says: `there is no program ${name}`, meant };
  }
  if (name === 'killall' && words[from + 1] === '-O') {
    return { at: places[from + 1]!, says: 'killall has no signal O', meant: '-0' };
  }
  const known = options.get(name);
  if (!known) return undefined;
  for (const [index, word] of words.entries()) {
    if (word === '--') return undefined;
    const [option = ''] = /^--[a-z][a-z-]+/.exec(word) ?? [];
    // The beginning of an option is the option.
    if (index <= from || option.length < 6 || known.some((each) => each.startsWith(option))) continue;
    const near = suggest(option, known);
    if (near && distance(option, near.word, 1) === 1)
      return { at: places[index]!, says: `${name} has no option ${option}`, meant: near.word };
  }
  return undefined;
}
