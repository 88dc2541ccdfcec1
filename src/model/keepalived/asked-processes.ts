/** The processes that checks ask for: those that the node itself stops when it becomes BACKUP, and keepalived. */
import type { Span } from '../../../grammar/text.ts';
import { type Commands, runBy } from './check-scripts.ts';
import type { Tracker } from './instance.ts';
import type { Script } from './scripts.ts';
import { lastOf, valueSpan } from './settings.ts';
import type { Statement } from './statements.ts';
import { effectiveWeight } from './trackers.ts';

/** A check that fails as soon as the node is BACKUP. */
export interface StoppedService {
  readonly service: string;
  readonly tracker: Tracker;
  /** The command that keepalived runs, and where the service is stopped. */
  readonly notify: Script;
  readonly at: Span;
  /** Where the check says what it asks for. */
  readonly asked: Span;
  /** Without a weight its failure is FAULT. */
  readonly weight: number | undefined;
}

/** The first service that the blocks `homes` stop at `notify_backup`, and that one of `trackers` asks for. */
export function stoppedService(
  commands: Commands,
  homes: readonly (Statement | undefined)[],
  trackers: readonly (readonly [Tracker, Statement | undefined])[],
): StoppedService | undefined {
  const asked = trackers.flatMap(([tracker, object]) => {
    const found = object && askedBy(commands, tracker, object);
    return found ? [{ ...found, tracker, weight: effectiveWeight(tracker, object) }] : [];
  });
  if (asked.length === 0) return undefined;
  for (const notify of commands.scripts) {
    if (notify.statement.keyword?.name !== 'notify_backup' || !homes.includes(notify.owner)) continue;
    const { all, always } = runBy(commands, notify);
    // What starts it again may stand anywhere.
    if (all.some(({ words }) => words.some((word) => /^(?:re)?start$/.test(word)))) continue;
    for (const { words, at } of always) {
      const stopped = stoppedBy(words);
      const check = asked.find(({ service }) => stopped.includes(service));
      if (check) return { ...check, notify, at };
    }
  }
  return undefined;
}

/** The process that has to run for a check to pass. */
function askedBy(
  { scripts }: Commands,
  { kind, reverse }: Tracker,
  object: Statement,
): { readonly service: string; readonly asked: Span } | undefined {
  if (reverse || lastOf(object.body, 'weight')?.args.some(({ text }) => text === 'reverse')) return undefined;
  if (kind === 'process') {
    const line = lastOf(object.body, 'process');
    return line?.args[0] && { service: nameOf(line.args[0].text), asked: valueSpan(line) };
  }
  const script = kind === 'script' ? scripts.find(({ owner }) => owner === object) : undefined;
  const service = script && script.rest.length === 0 ? processAsked(script.argv) : undefined;
  return script && service !== undefined ? { service, asked: script.at } : undefined;
}

/** A check that asks for the keepalived that runs it, which another account than root may not even ask for. */
export const asksForKeepalived = ({ argv, use, rest, user }: Script, account: string | undefined): boolean =>
  use !== 'notify' &&
  rest.length === 0 &&
  (user?.value ?? account ?? 'root') === 'root' &&
  nameOf(argv[0]!) === 'killall' &&
  processAsked(argv) === 'keepalived';

/** The process that a check may not signal: the account that keepalived has for scripts runs nothing else (kill(2), EPERM). */
export function unaskable(script: Script, account: string | undefined): string | undefined {
  const { argv, use, user } = script;
  const isForeign = use !== 'notify' && (user?.value ?? account) === 'keepalived_script';
  return isForeign && nameOf(argv[0]!) === 'killall' ? processAsked(argv) : undefined;
}

const nameOf = (word: string): string => word.slice(word.lastIndexOf('/') + 1).replace(/\.service$/, '');
const isOption = (word: string): boolean => word.startsWith('-');
/** A name and nothing that a shell or a pattern makes of it. */
const isPlain = (word: string): boolean => /^[\w./-]+$/.test(word) && !isOption(word);

/** The one process or service that a command succeeds for. */
function processAsked([program = '', ...words]: readonly string[]): string | undefined {
  const [first, second, ...more] = words.filter((word) => !isOption(word));
  const options = words.filter(isOption);
  const only = first !== undefined && second === undefined && isPlain(first) ? nameOf(first) : undefined;
  switch (nameOf(program)) {
    case 'killall':
      return options.join() === '-0' ? only : undefined;
    case 'pidof':
      return options.length === 0 || options.join() === '-s' ? only : undefined;
    case 'pgrep':
      return options.length === 0 || options.join() === '-x' ? only : undefined;
    case 'systemctl':
      return first === 'is-active' && second !== undefined && more.length === 0 && isPlain(second)
        ? nameOf(second)
        : undefined;
    default:
      return undefined;
  }
}

/** The processes and services that a command stops. */
function stoppedBy(command: readonly string[]): readonly string[] {
  const [program = '', ...words] = command[0] === 'sudo' ? command.slice(1) : command;
  const [first, ...more] = words.filter((word) => !isOption(word));
  const options = words.filter(isOption).join();
  switch (nameOf(program)) {
    case 'systemctl':
      return first === 'stop' ? more.filter(isPlain).map(nameOf) : [];
    case 'service':
      return first !== undefined && more[0] === 'stop' ? [nameOf(first)] : [];
    case 'killall':
      return /^(?:-9|-15|-KILL|-TERM|-QUIT)?$/.test(options) && first !== undefined && isPlain(first)
        ? [nameOf(first)]
        : [];
    default:
      return /^\/etc\/(?:rc\.d\/)?init\.d\//.test(program) && first === 'stop' ? [nameOf(program)] : [];
  }
}
