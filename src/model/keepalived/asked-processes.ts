/** The processes that checks ask for: those that the node itself stops when it becomes BACKUP, and keepalived. */
import type { Span } from '../../../grammar/text.ts';
import {
  type CheckScript,
  type Commands,
  checkScript,
  commandsOf,
  runBy,
  scriptEffect,
} from './check-scripts.ts';
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

/** The first service that the blocks `homes` stop when they become BACKUP, and that one of `trackers` asks for. */
export function stoppedService(
  commands: Commands,
  homes: readonly (Statement | undefined)[],
  trackers: readonly (readonly [Tracker, Statement | undefined])[],
): StoppedService | undefined {
  const checks = trackers.flatMap(([tracker, object]) => {
    const demand = object && demandOf(commands, tracker, object);
    return demand ? [{ tracker, object, demand }] : [];
  });
  if (checks.length === 0) return undefined;
  for (const notify of homes.flatMap((home) => (home ? commandsOf(commands, home) : []))) {
    const added = wordsForBackup(notify);
    if (!added) continue;
    const { all, always } = runBy(commands, notify, added);
    // What starts it again may stand anywhere.
    if (all.some(({ words }) => words.some((word) => /^(?:re)?start$/.test(word)))) continue;
    for (const { words, at } of always) {
      for (const service of stoppedBy(words)) {
        const check = checks.find(({ demand }) => demand.needs(service));
        if (!check || all.some((each) => starts(each.words, service))) continue;
        const { tracker, object, demand } = check;
        return { service, tracker, notify, at, asked: demand.at, weight: effectiveWeight(tracker, object) };
      }
    }
  }
  return undefined;
}

const starts = (words: readonly string[], service: string): boolean =>
  nameOf(words[0] ?? '') === service && !words.includes('-s');

/** What keepalived adds to a command that it runs when its instance or group becomes BACKUP; undefined where it does not. */
function wordsForBackup({ statement, owner }: Script): readonly (string | undefined)[] | undefined {
  switch (statement.keyword?.name) {
    case 'notify_backup':
      return [];
    case 'notify':
      return [
        owner?.keyword?.name === 'vrrp_instance' ? 'INSTANCE' : 'GROUP',
        owner?.args[0]?.text,
        'BACKUP',
        undefined,
      ];
    default:
      return undefined;
  }
}

/** Without which processes a check fails, and where it says so. */
interface Demand {
  readonly needs: (service: string) => boolean;
  readonly at: Span;
}

function demandOf(commands: Commands, { kind, reverse }: Tracker, object: Statement): Demand | undefined {
  if (reverse || lastOf(object.body, 'weight')?.args.some(({ text }) => text === 'reverse')) return undefined;
  if (kind === 'process') {
    const line = lastOf(object.body, 'process');
    const process = line?.args[0] && nameOf(line.args[0].text);
    return line && process !== undefined
      ? { needs: (service) => service === process, at: valueSpan(line) }
      : undefined;
  }
  const [script] = kind === 'script' ? commandsOf(commands, object) : [];
  if (!script || script.rest.length > 0) return undefined;
  const asked = processAsked(script.argv);
  if (asked !== undefined) return { needs: (service) => service === asked, at: script.at };
  const check = checkScript(commands, script);
  return check && { needs: (service) => failsWithout(check, service), at: script.at };
}

/** A check's script ends with failure where the service does not run, and does not start it. */
function failsWithout(check: CheckScript, service: string): boolean {
  const asks = ({ words }: { readonly words: readonly string[] }): boolean =>
    processAsked(withoutRedirections(words)) === service;
  const { commands, failsWhere } = check.text;
  if (!commands.some(asks) || scriptEffect(check)) return false;
  return !commands.some(({ words }) => nameOf(words[0] ?? '') === service) && failsWhere(asks);
}

/** A check that asks for the keepalived that runs it, which another account than root may not even ask for. */
export const asksForKeepalived = ({ argv, use, rest, user }: Script, account: string | undefined): boolean =>
  use !== 'notify' &&
  rest.length === 0 &&
  (user?.value ?? account ?? 'root') === 'root' &&
  nameOf(argv[0]!) === 'killall' &&
  processAsked(argv) === 'keepalived';

/** A check that asks with a signal, which its account may not send. */
export interface UnaskableProcess {
  readonly account: string;
  /** Undefined where the name of the process is not written there. */
  readonly process: string | undefined;
  readonly at: Span;
}

/** The process that a check may not signal: an account that is keepalived's own runs nothing else (kill(2), EPERM). */
export function unaskable(
  commands: Commands,
  script: Script,
  byDefault: string | undefined,
): UnaskableProcess | undefined {
  const account = script.user?.value ?? byDefault ?? '';
  if (script.use === 'notify' || !account.startsWith('keepalived')) return undefined;
  if (asksBySignal(script.argv)) return { account, process: processAsked(script.argv), at: script.at };
  const check = checkScript(commands, script);
  const asks = ({ words }: { readonly words: readonly string[] }): boolean =>
    asksBySignal(withoutRedirections(words));
  const asking = check?.text.commands.find(asks);
  if (!check || !asking || check.text.ending === 'failure' || scriptEffect(check)) return undefined;
  if (!check.text.failsWhere(asks)) return undefined;
  return { account, process: processAsked(withoutRedirections(asking.words)), at: check.place(asking.at) };
}

function asksBySignal(words: readonly string[]): boolean {
  switch (nameOf(words[0]!)) {
    case 'killall':
    case 'pkill':
      return processAsked(words) !== undefined;
    case 'kill':
      return words[1] === '-0' && words.length === 3 && /^(?:\$\(|`)/.test(words[2]!);
    default:
      return false;
  }
}

const nameOf = (word: string): string => word.slice(word.lastIndexOf('/') + 1).replace(/\.service$/, '');
const isOption = (word: string): boolean => word.startsWith('-');
/** A name and nothing that a shell or a pattern makes of it. */
const isPlain = (word: string): boolean => /^[\w./-]+$/.test(word) && !isOption(word);

const withoutRedirections = (words: readonly string[]): readonly string[] =>
  words.filter(
    (word, index) => !/^(?:\d*[<>]|&>)/.test(word) && !/^(?:\d*[<>]+|&>>?)$/.test(words[index - 1] ?? ''),
  );

/** The one process or service that a command succeeds for. */
function processAsked([program = '', ...words]: readonly string[]): string | undefined {
  const [first, second, ...more] = words.filter((word) => !isOption(word));
  const options = words.filter(isOption);
  const only = first !== undefined && second === undefined && isPlain(first) ? nameOf(first) : undefined;
  switch (nameOf(program)) {
    case 'killall':
      return options.join() === '-0' ? only : undefined;
    case 'kill':
      return options.join() === '-0'
        ? /^(?:\$\(|`)(?:\/\S*\/)?(?:pidof|pgrep -x) ([\w.-]+)[)`]$/.exec(first ?? '')?.[1]
        : undefined;
    case 'pkill':
      return /^-0(?:,-x)?$|^-x,-0$/.test(options.join()) ? only : undefined;
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
  const [program = '', ...words] = withoutRedirections(command[0] === 'sudo' ? command.slice(1) : command);
  const [first, ...more] = words.filter((word) => !isOption(word));
  const options = words.filter(isOption);
  const isSignal = (option: string): boolean => /^-(?:9|15|(?:SIG)?(?:KILL|TERM|QUIT))$/.test(option);
  const named = first !== undefined && isPlain(first) ? [nameOf(first)] : [];
  switch (nameOf(program)) {
    case 'systemctl':
      return first === 'stop' || (first === 'disable' && options.includes('--now'))
        ? more.filter(isPlain).map(nameOf)
        : [];
    case 'service':
    case 'rc-service':
    case 'invoke-rc.d':
      return more[0] === 'stop' ? named : [];
    case 'killall':
      return options.every(isSignal) ? named : [];
    case 'pkill':
      return options.every((option) => isSignal(option) || /^-[xf]$/.test(option)) ? named : [];
    case 'nginx':
      return options.join() === '-s' && /^(?:stop|quit)$/.test(first ?? '') ? ['nginx'] : [];
    default:
      return /^\/etc\/(?:rc\.d\/)?init\.d\//.test(program) && first === 'stop' ? [nameOf(program)] : [];
  }
}
