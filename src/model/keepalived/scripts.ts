/**
 * Commands in a keepalived configuration, split as lib/parser.c and lib/notify.c do: first into words with both kinds of
 * quotes, then the first word into the program and its arguments. No shell is involved.
 */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { Span } from '../../../grammar/text.ts';
import { headSpan, wordSpan } from '../../../grammar/tree.ts';
import { type Located, located } from '../located.ts';
import type { Statement } from './statements.ts';

/** What a command is for: `track` a vrrp_script, `check` a checker of a real server, `notify` everything else. */
export type ScriptUse = 'track' | 'check' | 'notify';

/** A command that keepalived runs. */
export interface Script {
  readonly statement: Statement;
  /** The block it stands in; undefined in none. */
  readonly owner: Statement | undefined;
  readonly use: ScriptUse;
  /** What stands after the keyword. */
  readonly at: Span;
  /** All that stands after the keyword, as written. */
  readonly raw: string;
  /** The command as one text, program and arguments. */
  readonly command: string;
  /** The program and its arguments, quotes and escapes resolved. */
  readonly argv: readonly string[];
  /** A quote in the command never closes: keepalived drops it. */
  readonly isOpen: boolean;
  /** The words after the command: dropped by `track` and `check`, a user and a group for `notify`. */
  readonly rest: readonly string[];
  /** The account it is to run as, where its own block or line names one. */
  readonly user: Located<string> | undefined;
}

/** Every command of the file. One of which not all words are known is left out. */
export function scriptsOf(statements: readonly Statement[]): readonly Script[] {
  const found: Script[] = [];
  const visit = (block: readonly Statement[], owner: Statement | undefined): void => {
    for (const statement of block) {
      const script = statement.keyword?.raw ? scriptOf(statement, owner) : undefined;
      if (script) found.push(script);
      visit(statement.body, statement);
    }
  };
  visit(statements, undefined);
  return found;
}

function scriptOf(statement: Statement, owner: Statement | undefined): Script | undefined {
  const text = rawText(statement);
  if (text === undefined || isPlaceholder(text)) return undefined;
  const [command = '', ...rest] = splitQuoted(text);
  const { argv, isOpen } = splitCommand(command);
  // `</path` only tests that a file can be opened.
  if (argv.length === 0 || command.startsWith('</')) return undefined;
  const name = statement.keyword!.name;
  const use = name === 'script' ? 'track' : name === 'misc_path' ? 'check' : 'notify';
  const { directive, args } = statement;
  const at = { ...headSpan(directive), start: args[0]!.start };
  const named =
    use === 'notify' ? undefined : owner?.body.findLast(({ keyword }) => keyword?.name === 'user');
  const user = use === 'notify' ? rest[0] : named?.args[0]?.text;
  return {
    statement,
    owner,
    use,
    at,
    raw: text,
    command,
    argv,
    isOpen,
    rest,
    user: user === undefined ? undefined : located(user, named ? headSpan(named.directive) : at),
  };
}

/** What the operator wrote after the keyword; words of a definition as the definition has them. */
function rawText({ directive, args }: Statement): string | undefined {
  const [first, last] = [args[0], args.at(-1)];
  if (!first || !last) return undefined;
  const { text } = directive.source;
  const verbatim = args.every(
    (word) =>
      text.slice(word.start, word.end) ===
      (word.quote ? `${word.quote}${word.text}${word.quote}` : word.text),
  );
  if (verbatim) return text.slice(first.start, last.end);
  return args.map((word) => (word.quote ? `"${word.text}"` : word.text)).join(' ');
}

/** alloc_strvec_quoted(): blanks separate words, either quote holds them together, a backslash keeps what follows. */
function splitQuoted(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"?|'((?:[^'\\]|\\.)*)'?|((?:[^\s"'\\]|\\.)+)/gs)].map(
    // `\"` inside of double quotes is a quote of the command's own.
    ([, double, single, bare]) =>
      double?.replaceAll('\\"', '"') ??
      single?.replaceAll("\\'", "'") ??
      bare?.replace(/\\(["'])/g, '$1') ??
      '',
  );
}

/** set_script_params_array(): the program and its arguments, quotes and escapes taken away; whether a quote never closes. */
function splitCommand(command: string): { readonly argv: string[]; readonly isOpen: boolean } {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < command.length; at++) {
    const character = command[at]!;
    if (character === '\\' && at + 1 < command.length) {
      word = (word ?? '') + command[++at]!;
    } else if (quote) {
      if (character === quote) quote = '';
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return { argv: words, isOpen: quote !== '' };
}

/** A file that is run: by its ending, or by its folder. */
const program = /\.(?:sh|bash|py|pl|rb|php|lua|js)$|^(?:\/usr(?:\/local)?)?\/s?bin\//;

/** The paths of FIFOs that are those of programs: keepalived opens what is there and writes into it (notify_fifo_open()). */
export function programFifos({
  statements,
  scripts,
}: {
  readonly statements: readonly Statement[];
  readonly scripts: readonly Script[];
}): readonly Located<string>[] {
  return statements.flatMap(({ body }) =>
    body.flatMap(({ keyword, directive, args: [path] }) => {
      if (!path || !/^(?:vrrp_|lvs_)?notify_fifo$/.test(keyword?.name ?? '') || isPlaceholder(path.text))
        return [];
      const isProgram = program.test(path.text) || scripts.some(({ argv }) => argv[0] === path.text);
      return isProgram ? located(path.text, wordSpan(directive, path)) : [];
    }),
  );
}

/** The shell's own text in `sh -c '…'`, which may hold anything a shell knows. */
export function shellText({ argv }: Script): string | undefined {
  const shell = argv.findIndex((word) => /(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(word));
  if (shell < 0) return undefined;
  const option = argv.findIndex((word, index) => index > shell && /^-[a-z]*c$/.test(word));
  return option < 0 ? undefined : argv[option + 1];
}

/** A command that will not do what it says. */
export interface CommandFault {
  /**
   * `open`: a quote never closes; `shell`: a sign that only a shell knows; `first`: a word of the shell in place of a program; `dropped`: words outside of
   * the quotes; `user`: so, and taken for an account; `surplus`: a word after user and group; `relative`, `home`, `path`: where the program is looked for.
   */
  readonly kind: 'open' | 'shell' | 'first' | 'dropped' | 'user' | 'surplus' | 'relative' | 'home' | 'path';
  /** The word that shows it. */
  readonly word: string;
  /** The program does what was meant all the same. */
  readonly harmless?: true;
}

const shellWords = new Set([
  '[[',
  '((',
  'if',
  'for',
  'while',
  'case',
  'exit',
  'cd',
  'source',
  '.',
  '!',
  'exec',
  'export',
]);
/** Arguments that scripts of the manual expect, written where the user belongs. */
const roles = /^(?:master|backup|fault|stop|instance|group)$/i;

/** What is wrong with a command, the gravest first. */
export function commandFault(script: Script): CommandFault | undefined {
  const { argv, rest, use } = script;
  const program = argv[0]!;
  if (script.isOpen) return { kind: 'open', word: program };
  const sign = shellSign(script);
  if (sign !== undefined) {
    // pidof is content when one of the names it is given runs.
    const harmless =
      /(?:^|\/)pidof$/.test(program) &&
      /^[^|&;<`$]*(?:\|\|\s*(?:exit\s+[1-9]|(?:\/\S*\/)?pidof\s)[^|&;<`$]*)?$/.test(
        script.command.replaceAll('2>&1', ''),
      );
    return { kind: 'shell', word: sign, ...(harmless ? { harmless } : {}) };
  }
  if (shellWords.has(program) || /^\w+=/.test(program)) return { kind: 'first', word: program };
  if (use !== 'notify' && rest.length > 0) return { kind: 'dropped', word: rest[0]! };
  const account = rest[0];
  if (account !== undefined && (roles.test(account) || !/^[a-z0-9_][\w.-]*\$?$/.test(account))) {
    return { kind: 'user', word: account };
  }
  if (rest[2] !== undefined) return { kind: 'surplus', word: rest[2] };
  if (program.startsWith('~')) return { kind: 'home', word: program };
  if (program.startsWith('/')) return undefined;
  if (program.includes('/')) return { kind: 'relative', word: program };
  return /\.(?:sh|bash|py|pl|rb|php|js)$/.test(program) ? { kind: 'path', word: program } : undefined;
}

/** A word of a command that means something to a shell only. */
function shellSign(script: Script): string | undefined {
  const { command } = script;
  // What is quoted once more is an argument as a whole: text for a shell, or for the program.
  const bare = command.replace(/\\.|'[^']*'|"(?:[^"\\]|\\.)*"/gs, (part) => 'x'.repeat(part.length));
  const sign = bare.split(/\s+/).find((word) => /^(?:\|\|?|&&?|;;?|\d*[<>].*|&>.*|.+;)$/.test(word));
  if (sign !== undefined) return sign;
  // A shell that is asked for does what is in its text.
  const text = shellText(script) === undefined ? command.replace(/'[^']*'/g, '') : bare;
  return text.includes('$(') ? '$(' : text.includes('`') ? '`' : undefined;
}

const services = /(?<![\w.-])systemctl\s+(?:-\S+\s+)*(?:re)?(?:start|stop|reload|kill)[\w-]*(?:\s+[\w@.-]+)?/;
const initScripts =
  /(?:(?<![\w.-])(?:service|rc-service)\s+|\/etc\/(?:rc\.d\/)?init\.d\/)[\w@.-]+\s+(?:re)?(?:start|stop|load)\b/;
const kills = /(?<![\w.-])(?:killall5?|pkill|kill)\s+([^|;&'"`)]+)/g;
const others =
  /(?<![\w.-])(?:nginx\s+-s\s+\w+|(?:docker|podman)\s+(?:re)?(?:start|stop)\s+\S+|reboot\b|poweroff\b)/;

/** The part of a command that changes something which a check should only look at. */
export function sideEffect({ argv }: Pick<Script, 'argv'>): string | undefined {
  const text = argv.join(' ');
  for (const pattern of [services, initScripts, others]) {
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return found.replace(/^\//, '/').trim();
  }
  for (const [whole, words] of text.matchAll(kills)) {
    // Signal 0 only asks whether the process is there.
    if (!/(?:^|\s)(?:-0|-s\s*0|-n\s*0|--signal[= ]0|-EXIT|-l)(?:\s|$)/.test(words!)) return whole.trim();
  }
  return undefined;
}
