/**
 * Shell scripts of checks, read and never run: which commands stand in them, and whether they can end with success or with
 * failure. What is not understood makes the answer unknown.
 */
import type { Source, Span } from '../../../grammar/text.ts';
import { distance, suggest } from '../suggest.ts';

/** A command with its words, quotes taken away; what a `$` stands for is left as written. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly at: Span;
  /** The stretches of the words. */
  readonly places: readonly Span[];
}

/** A script as far as it can be understood. */
export interface ShellScript {
  /** Every command, in the order of the text. */
  readonly commands: readonly ShellCommand[];
  /** How it can end; undefined where that is not certain. */
  readonly ending: 'success' | 'failure' | undefined;
  /** The command that it ends with. */
  readonly last: ShellCommand | undefined;
  /** A word because of which a command always fails. */
  readonly slips: readonly Slip[];
}

/** A misspelt option or program. */
export interface Slip {
  readonly at: Span;
  /** In words: `systemctl has no option --quite`. */
  readonly says: string;
  readonly meant: string;
}

/** Ways to end, as bits: with 0, with anything else. */
const zero = 1;
const nonzero = 2;
const both = zero | nonzero;

type Node =
  | ({ readonly kind: 'command' } & ShellCommand)
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'not' | 'background' | 'subshell'; readonly body: Node }
  | { readonly kind: 'pipe'; readonly parts: readonly Node[] }
  | {
      readonly kind: 'if';
      readonly branches: readonly (readonly [Node, Node])[];
      readonly otherwise: Node | undefined;
    }
  | { readonly kind: 'loop'; readonly condition: Node | undefined; readonly body: Node }
  | { readonly kind: 'case'; readonly branches: readonly Node[]; readonly exhaustive: boolean }
  | { readonly kind: 'function'; readonly name: string; readonly body: Node };

interface Token {
  readonly text: string;
  /** Operators and line ends; everything else is a word. */
  readonly operator: boolean;
  /** Some of it was quoted, so it is no reserved word. */
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

/** A longer script is not looked into, nor what nests deeper. */
const longest = 64 * 1024;
const deepest = 40;

const read = new WeakMap<Source, ShellScript | undefined>();

/** The script in `source`; undefined for other languages and for what cannot be read. */
export function shellScript(source: Source): ShellScript | undefined {
  if (!read.has(source)) read.set(source, scriptIn(source));
  return read.get(source);
}

function scriptIn(source: Source): ShellScript | undefined {
  const { text } = source;
  const [, shebang] = /^#!([^\n]*)/.exec(text) ?? [];
  if (shebang !== undefined && !/(?:^|[/\s])(?:ba|da|a|k|z)?sh(?:\s|$)/.test(shebang)) return undefined;
  if (shebang === undefined && !/\.(?:ba)?sh$/.test(source.path)) return undefined;
  if (text.length > longest) return undefined;
  const tokens = tokensOf(text);
  const tree = tokens && treeOf(source, tokens);
  if (!tree) return undefined;
  const commands = [...commandsIn(tree)];
  const slips = commands.flatMap((command) => slipIn(command) ?? []);
  const strict = /\s-\w*e/.test(shebang ?? '');
  const result = strict || commands.some(isOpaque) ? undefined : endingOf(tree);
  const ending = result === zero ? 'success' : result === nonzero ? 'failure' : undefined;
  return { commands, ending, last: commands.at(-1), slips };
}

/** The words and operators of a script; undefined where a quote never ends, or a text is given in place. */
function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text[at]!;
    if (character === ' ' || character === '\t' || character === '\r') {
      at++;
    } else if (character === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3))) {
      at = text.indexOf('\n', at) + 1;
    } else if (character === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith('<<', at)) {
      return undefined;
    } else {
      const [operator] = /^(?:\n|&&|\|\||;;|\|&|[;&|()])/.exec(text.slice(at, at + 2)) ?? [];
      // `2>&1`, `&>file` and the like belong to a word.
      if (operator !== undefined && !(operator === '&' && text[at + 1] === '>')) {
        tokens.push({ text: operator, operator: true, quoted: false, start: at, end: at + operator.length });
        at += operator.length;
        continue;
      }
      const end = wordEnd(text, at);
      if (end === undefined) return undefined;
      const written = text.slice(at, end);
      const quoted = /["'\\]/.test(written);
      tokens.push({ text: quoted ? unquoted(written) : written, operator: false, quoted, start: at, end });
      at = end;
    }
  }
  return tokens;
}

/** Where the word that starts at `at` ends. */
function wordEnd(text: string, from: number): number | undefined {
  let at = from;
  while (at < text.length) {
    const character = text[at]!;
    if (/[ \t\r\n;|()]/.test(character)) return at;
    if (character === '&' && text[at - 1] !== '>' && text[at - 1] !== '<' && text[at + 1] !== '>') return at;
    const end = character === '\\' ? at + 2 : /["'`$]/.test(character) ? stretchEnd(text, at, 0) : at + 1;
    if (end === undefined) return undefined;
    at = end;
  }
  return Math.min(at, text.length);
}

/** The end of a quoted stretch, a substitution or a mere character. */
function stretchEnd(text: string, at: number, depth: number): number | undefined {
  if (depth > deepest) return undefined;
  const character = text[at]!;
  if (character === "'") {
    const end = text.indexOf("'", at + 1);
    return end < 0 ? undefined : end + 1;
  }
  if (character === '"' || character === '`') {
    for (let inner = at + 1; inner < text.length; ) {
      if (text[inner] === character) return inner + 1;
      if (text[inner] === '\\') inner += 2;
      else if (text[inner] === '$' && character === '"') {
        const end = stretchEnd(text, inner, depth + 1);
        if (end === undefined) return undefined;
        inner = end;
      } else inner++;
    }
    return undefined;
  }
  if (character !== '$' || !/[({]/.test(text[at + 1] ?? '')) return at + 1;
  const [open, close] = text[at + 1] === '(' ? ['(', ')'] : ['{', '}'];
  let nesting = 0;
  for (let inner = at + 1; inner < text.length; ) {
    const sign = text[inner]!;
    if (sign === open) nesting++;
    if (sign === close && --nesting === 0) return inner + 1;
    const end =
      sign === '\\' ? inner + 2 : /["'`]/.test(sign) ? stretchEnd(text, inner, depth + 1) : inner + 1;
    if (end === undefined) return undefined;
    inner = end;
  }
  return undefined;
}

const unquoted = (text: string): string =>
  text.replace(
    /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs,
    (_, escaped, double, single) => escaped ?? double ?? single ?? '',
  );

const reserved = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);

/** The commands of a script as a tree; undefined where its structure is not understood. */
function treeOf(source: Source, tokens: readonly Token[]): Node | undefined {
  let at = 0;
  let failed = false;
  let depth = 0;
  const tree = list(new Set());
  return failed || at < tokens.length ? undefined : tree;

  function fail(): Node {
    failed = true;
    at = tokens.length;
    return { kind: 'list', items: [] };
  }

  function isOperator(...texts: string[]): boolean {
    const token = tokens[at];
    return token?.operator === true && texts.includes(token.text);
  }

  function isWord(...texts: string[]): boolean {
    const token = tokens[at];
    return token !== undefined && !token.operator && !token.quoted && texts.includes(token.text);
  }

  function expect(word: string): void {
    if (isWord(word)) at++;
    else fail();
  }

  /** Commands up to one of the reserved words `ends`, or to an operator that ends them. */
  function list(ends: ReadonlySet<string>): Node {
    const items: Node[] = [];
    if (++depth > deepest) return fail();
    for (;;) {
      while (isOperator('\n', ';')) at++;
      const token = tokens[at];
      if (!token || isOperator(')', ';;') || (!token.operator && !token.quoted && ends.has(token.text)))
        break;
      if (!token.operator && !token.quoted && reserved.has(token.text)) return fail();
      const item = chain();
      if (isOperator('&')) {
        at++;
        items.push({ kind: 'background', body: item });
      } else items.push(item);
    }
    depth--;
    return { kind: 'list', items };
  }

  function chain(): Node {
    let left = pipeline();
    while (isOperator('&&', '||')) {
      const kind = tokens[at++]!.text === '&&' ? 'and' : 'or';
      while (isOperator('\n')) at++;
      left = { kind, left, right: pipeline() };
    }
    return left;
  }

  function pipeline(): Node {
    const negated = isWord('!');
    if (negated) at++;
    const parts = [command()];
    while (isOperator('|', '|&')) {
      at++;
      while (isOperator('\n')) at++;
      parts.push(command());
    }
    const body: Node = parts.length > 1 ? { kind: 'pipe', parts } : parts[0]!;
    return negated ? { kind: 'not', body } : body;
  }

  function command(): Node {
    if (isOperator('(')) {
      at++;
      const body = list(new Set());
      if (!isOperator(')')) return fail();
      at++;
      return redirected({ kind: 'subshell', body });
    }
    if (isWord('{')) {
      at++;
      const body = list(new Set(['}']));
      expect('}');
      return redirected(body);
    }
    if (isWord('if')) return conditional();
    if (isWord('while', 'until')) {
      at++;
      const condition = list(new Set(['do']));
      return loop(condition);
    }
    if (isWord('for')) {
      at++;
      while (tokens[at] && !isOperator(';', '\n', '(')) at++;
      while (isOperator(';', '\n')) at++;
      return loop(undefined);
    }
    if (isWord('case')) return selection();
    if (isWord('function')) at++;
    return simple();
  }

  /** Redirections behind a compound command. */
  function redirected(node: Node): Node {
    while (tokens[at] && !tokens[at]!.operator && /^\d*[<>]|^&>/.test(tokens[at]!.text)) {
      const whole = /[<>&]\S/.test(tokens[at]!.text.replace(/^\d*(?:>>|[<>]|&>)/, '>'));
      at += whole ? 1 : 2;
    }
    return node;
  }

  function loop(condition: Node | undefined): Node {
    expect('do');
    const body = list(new Set(['done']));
    expect('done');
    return redirected({ kind: 'loop', condition, body });
  }

  function conditional(): Node {
    const branches: [Node, Node][] = [];
    let otherwise: Node | undefined;
    do {
      at++;
      const condition = list(new Set(['then']));
      expect('then');
      branches.push([condition, list(new Set(['elif', 'else', 'fi']))]);
    } while (isWord('elif'));
    if (isWord('else')) {
      at++;
      otherwise = list(new Set(['fi']));
    }
    expect('fi');
    return redirected({ kind: 'if', branches, otherwise });
  }

  function selection(): Node {
    at += 2;
    while (isOperator('\n')) at++;
    expect('in');
    const branches: Node[] = [];
    let exhaustive = false;
    for (;;) {
      while (isOperator('\n')) at++;
      if (isWord('esac') || !tokens[at]) break;
      if (isOperator('(')) at++;
      while (tokens[at] && !isOperator(')')) {
        if (isWord('*')) exhaustive = true;
        if (tokens[at]!.operator && !isOperator('|')) return fail();
        at++;
      }
      at++;
      branches.push(list(new Set(['esac'])));
      if (isOperator(';;')) at++;
    }
    expect('esac');
    return redirected({ kind: 'case', branches, exhaustive });
  }

  function simple(): Node {
    const start = at;
    while (tokens[at] && !tokens[at]!.operator) at++;
    const words = tokens.slice(start, at);
    const [first] = words;
    if (!first) return fail();
    if (isOperator('(') && words.length === 1) {
      at++;
      if (!isOperator(')')) return fail();
      at++;
      while (isOperator('\n')) at++;
      return { kind: 'function', name: first.text, body: command() };
    }
    // Arrays, arithmetic commands and whatever else has parentheses.
    if (isOperator('(')) return fail();
    return {
      kind: 'command',
      words: words.map(({ text }) => text),
      at: { source, start: first.start, end: words.at(-1)!.end },
      places: words.map(({ start, end }) => ({ source, start, end })),
    };
  }
}

function* commandsIn(node: Node): Generator<ShellCommand> {
  switch (node.kind) {
    case 'command':
      yield node;
      break;
    case 'list':
      for (const item of node.items) yield* commandsIn(item);
      break;
    case 'and':
    case 'or':
      yield* commandsIn(node.left);
      yield* commandsIn(node.right);
      break;
    case 'pipe':
      for (const part of node.parts) yield* commandsIn(part);
      break;
    case 'if':
      for (const [condition, branch] of node.branches) {
        yield* commandsIn(condition);
        yield* commandsIn(branch);
      }
      if (node.otherwise) yield* commandsIn(node.otherwise);
      break;
    case 'loop':
      if (node.condition) yield* commandsIn(node.condition);
      yield* commandsIn(node.body);
      break;
    case 'case':
      for (const branch of node.branches) yield* commandsIn(branch);
      break;
    default:
      yield* commandsIn(node.body);
  }
}

/** Commands after which nothing is certain: they change how the script ends, or bring in text from elsewhere. */
function isOpaque({ words }: ShellCommand): boolean {
  const [name, first = ''] = bare(words);
  if (name === 'set') return words.some((word) => /^-\w*[eu]|errexit|pipefail|nounset/.test(word));
  if (name === 'kill') return words.some((word) => /\$/.test(word));
  return (
    /^(?:trap|eval|source|\.|shopt|command|builtin|alias|coproc|select|time|let)$/.test(name ?? '') ||
    (name === 'exec' && !/^\d*[<>]/.test(first) && first !== '')
  );
}

/** The words of a command without the assignments before it. */
const bare = (words: readonly string[]): readonly string[] => {
  const from = words.findIndex((word) => !/^[A-Za-z_]\w*\+?=/.test(word));
  return from < 0 ? [] : words.slice(from);
};

/** The ways in which a part can go on, and those in which it ends the script. */
interface Ending {
  readonly status: number;
  readonly exits: number;
}

/** The ways in which a script can end, as bits; undefined where that takes too long to find out. */
function endingOf(tree: Node): number | undefined {
  const functions = new Map<string, Node>();
  const running = new Set<string>();
  let steps = 0;
  const result = judge(tree, zero);
  return steps > 10_000 ? undefined : result.status | result.exits;

  function judge(node: Node, before: number): Ending {
    if (++steps > 10_000) return { status: both, exits: both };
    switch (node.kind) {
      case 'command':
        return simple(node, before);
      case 'list': {
        let status = node.items.length > 0 ? before : zero;
        let exits = 0;
        for (const item of node.items) {
          const each = judge(item, status);
          exits |= each.exits;
          status = each.status;
          if (status === 0) break;
        }
        return { status, exits };
      }
      case 'and':
      case 'or': {
        const left = judge(node.left, before);
        const goesOn = node.kind === 'and' ? zero : nonzero;
        if ((left.status & goesOn) === 0) return left;
        const right = judge(node.right, goesOn);
        return { status: (left.status & ~goesOn) | right.status, exits: left.exits | right.exits };
      }
      case 'not': {
        const { status, exits } = judge(node.body, before);
        return { status: ((status & zero) << 1) | ((status & nonzero) >> 1), exits };
      }
      case 'background':
        return { status: zero, exits: 0 };
      case 'subshell': {
        const { status, exits } = judge(node.body, before);
        return { status: status | exits, exits: 0 };
      }
      case 'pipe': {
        const { status, exits } = judge(node.parts.at(-1)!, zero);
        return { status: status | exits, exits: 0 };
      }
      case 'if':
        return conditional(node, before);
      case 'loop': {
        const condition = node.condition ? judge(node.condition, before) : { status: zero, exits: 0 };
        const body = judge(node.body, both);
        return { status: zero | body.status, exits: condition.exits | body.exits };
      }
      case 'case': {
        const branches = node.branches.map((branch) => judge(branch, before));
        return {
          status: branches.reduce((sum, { status }) => sum | status, node.exhaustive ? 0 : zero),
          exits: branches.reduce((sum, { exits }) => sum | exits, 0),
        };
      }
      case 'function':
        functions.set(node.name, node.body);
        return { status: zero, exits: 0 };
    }
  }

  function conditional({ branches, otherwise }: Node & { readonly kind: 'if' }, before: number): Ending {
    let exits = 0;
    let status = 0;
    let last = before;
    for (const [condition, branch] of branches) {
      const test = judge(condition, last);
      exits |= test.exits;
      if (test.status & zero) {
        const inner = judge(branch, zero);
        exits |= inner.exits;
        status |= inner.status;
      }
      if ((test.status & nonzero) === 0) return { status, exits };
      last = nonzero;
    }
    const rest = otherwise ? judge(otherwise, last) : { status: zero, exits: 0 };
    return { status: status | rest.status, exits: exits | rest.exits };
  }

  function simple(command: ShellCommand, before: number): Ending {
    const words = bare(command.words);
    const [name, first] = words;
    // Only assignments: they fail where a substitution in them does.
    if (name === undefined) {
      return { status: command.words.some((word) => /\$\(|`/.test(word)) ? both : zero, exits: 0 };
    }
    const body = functions.get(name);
    if (body) {
      if (running.has(name)) return { status: both, exits: both };
      running.add(name);
      const { status, exits } = judge(body, before);
      running.delete(name);
      // What returns has left its mark among the exits, which a function's are as well.
      return { status: status | (returns(body) ? both : 0), exits };
    }
    switch (name) {
      case 'exit': {
        const code =
          first === undefined
            ? before
            : /^\d+$/.test(first)
              ? Number(first) % 256 === 0
                ? zero
                : nonzero
              : both;
        return { status: 0, exits: code };
      }
      case 'return':
      case 'break':
      case 'continue':
        return { status: both, exits: 0 };
      case 'echo':
      case 'printf':
      case 'logger':
      case 'true':
      case ':':
        return { status: zero, exits: 0 };
      case 'false':
        return { status: nonzero, exits: 0 };
      default:
        return { status: slipIn(command) ? nonzero : both, exits: 0 };
    }
  }

  function returns(body: Node): boolean {
    return [...commandsIn(body)].some(({ words }) => words[0] === 'return');
  }
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
