/** What a shell script runs when it is called with some words, as far as its conditions can be decided by reading. */
import { deepest } from './tokens.ts';
import { bare, commandsIn, isStar, type Node, type ShellCommand, type Word } from './tree.ts';

/** What a script is called with; a word that is not known is undefined. */
export type Arguments = readonly (string | undefined)[];

/** The commands that a call may run, and those that it runs whatever happens. */
export interface Run {
  readonly all: readonly ShellCommand[];
  readonly always: readonly ShellCommand[];
}

/** How a part can go on, as bits: with what follows, out of the script, out of the function. */
const follows = 1;
const exits = 2;
const returns = 4;

/** Most parts that are looked at, each time anew in a function that is called. */
const maxSteps = 10_000;

interface Outcome {
  readonly ways: number;
  /** Whether it succeeds, where that can be told. */
  readonly succeeds: boolean | undefined;
}

const open: Outcome = { ways: follows, succeeds: undefined };

/** What a call of the script runs; undefined where that takes too long to find out. */
export function runOf(tree: Node, called: Arguments): Run | undefined {
  const all: ShellCommand[] = [];
  const always: ShellCommand[] = [];
  /** Without a body: defined twice, or only under some condition. */
  const functions = new Map<string, Node | undefined>();
  const running = new Set<string>();
  let values = new Map<string, string>();
  let args = called.map(known);
  /** In how many parts that may be left out, or come again. */
  let branches = 0;
  let steps = 0;
  walk(tree, true);
  return steps > maxSteps ? undefined : { all, always };

  /** Follows a part, which certainly runs or may run. */
  function walk(node: Node, certain: boolean): Outcome {
    if (++steps > maxSteps) return open;
    switch (node.kind) {
      case 'command':
        return simple(node, certain);
      case 'list': {
        let { ways, succeeds }: Outcome = { ways: follows, succeeds: true };
        for (const item of node.items) {
          if (!(ways & follows)) break;
          const each = walk(item, certain && ways === follows);
          ways = (ways & ~follows) | each.ways;
          succeeds = each.succeeds;
        }
        return { ways, succeeds };
      }
      case 'and':
      case 'or': {
        const left = walk(node.left, certain);
        if (!(left.ways & follows) || left.succeeds === (node.kind === 'or')) return left;
        const isDecided = left.succeeds !== undefined;
        const right = isDecided
          ? walk(node.right, certain && left.ways === follows)
          : perhaps(() => walk(node.right, false));
        if (isDecided) return { ways: (left.ways & ~follows) | right.ways, succeeds: right.succeeds };
        return { ways: left.ways | right.ways, succeeds: undefined };
      }
      case 'not': {
        const { ways, succeeds } = walk(node.body, certain);
        return { ways, succeeds: succeeds === undefined ? undefined : !succeeds };
      }
      case 'background':
      case 'subshell':
        apart(() => walk(node.body, certain));
        return open;
      case 'pipe':
        for (const part of node.parts) apart(() => walk(part, certain));
        return open;
      case 'if':
        return conditional(node, certain);
      case 'loop': {
        // Another round may have changed any of them.
        values.clear();
        if ([...commandsIn(node)].some(({ words }) => /^(?:shift|set)$/.test(words[0] ?? ''))) args = [];
        branches++;
        if (node.condition) walk(node.condition, false);
        const { ways } = walk(node.body, false);
        branches--;
        values.clear();
        return { ways: ways | follows, succeeds: undefined };
      }
      case 'case':
        return selection(node, certain);
      case 'function':
        functions.set(node.name, branches === 0 && !functions.has(node.name) ? node.body : undefined);
        return open;
    }
  }

  function conditional(node: Node & { readonly kind: 'if' }, certain: boolean): Outcome {
    let ways = 0;
    let isCertain = certain;
    /** Nothing that could not be told decides between the branches. */
    let isPlain = true;
    const follow = (part: Node): number =>
      (isPlain ? walk(part, isCertain) : perhaps(() => walk(part, false))).ways;
    for (const [condition, branch] of node.branches) {
      const test = isPlain ? walk(condition, isCertain) : perhaps(() => walk(condition, false));
      ways |= test.ways & ~follows;
      if (!(test.ways & follows)) return { ways, succeeds: undefined };
      if (test.ways !== follows) isCertain = false;
      if (test.succeeds === undefined) isPlain = false;
      if (test.succeeds !== false) ways |= follow(branch);
      if (test.succeeds) return { ways, succeeds: undefined };
    }
    ways |= node.otherwise ? follow(node.otherwise) : follows;
    return { ways, succeeds: undefined };
  }

  function selection(node: Node & { readonly kind: 'case' }, certain: boolean): Outcome {
    const value = meaning(node.subject);
    let ways = 0;
    let isPlain = true;
    for (const { patterns, body } of node.branches) {
      const each = patterns.map((pattern) => fits(pattern, value));
      const isMatch = each.includes(true) ? true : each.includes(undefined) ? undefined : false;
      if (isMatch === false) continue;
      if (isMatch === undefined) isPlain = false;
      ways |= (isPlain ? walk(body, certain) : perhaps(() => walk(body, false))).ways;
      if (isMatch) return { ways, succeeds: undefined };
    }
    return { ways: ways | follows, succeeds: undefined };
  }

  function simple(command: ShellCommand, certain: boolean): Outcome {
    const words = bare(command.words);
    const from = command.words.length - words.length;
    const [name, first = ''] = words;
    if (name === undefined) {
      for (const word of wordsOf(command)) assign(word);
      return open;
    }
    if (functions.has(name)) return call(command, from, certain);
    const shown: ShellCommand = {
      ...command,
      words: wordsOf(command).map((word) => meaning(word) ?? word.text),
    };
    all.push(shown);
    if (certain) always.push(shown);
    switch (name) {
      case 'exit':
        return { ways: exits, succeeds: undefined };
      case 'return':
        return { ways: returns, succeeds: undefined };
      case 'shift':
        args = /^\d*$/.test(first) ? args.slice(Number(first || 1)) : [];
        return open;
      case 'set':
        if (!/^[-+]\w/.test(first) || words.includes('--')) args = [];
        return open;
      case 'local':
      case 'export':
      case 'readonly':
        for (const word of wordsOf(command).slice(from + 1)) assign(word);
        return open;
      case 'printf':
      case 'read':
      case 'unset':
      case 'getopts':
      case 'declare':
      case 'typeset':
      case 'mapfile':
      case 'readarray':
        for (const word of words) values.delete(/^\w*/.exec(word)![0]);
        return open;
      case '[':
      case '[[':
      case 'test':
        return { ways: follows, succeeds: tested(wordsOf(command).slice(from)) };
      case 'true':
      case ':':
        return { ways: follows, succeeds: true };
      case 'false':
        return { ways: follows, succeeds: false };
      default:
        return open;
    }
  }

  function call(command: ShellCommand, from: number, certain: boolean): Outcome {
    const name = command.words[from]!;
    const body = functions.get(name);
    if (!body || running.has(name) || running.size >= deepest) {
      values.clear();
      return { ways: follows | exits, succeeds: undefined };
    }
    const outer = args;
    const words = wordsOf(command).slice(from + 1);
    const rest = words.findIndex(({ text }) => /^\$[@*]$/.test(text));
    args = words.map(meaning);
    // What stands behind all of them has no number of its own.
    if (rest >= 0) args = [...args.slice(0, rest), ...outer];
    running.add(name);
    let ways = 0;
    apart(() => {
      ({ ways } = walk(body, certain));
    });
    running.delete(name);
    args = outer;
    return { ways: (ways & ~returns) | (ways & returns ? follows : 0), succeeds: undefined };
  }

  /** A part that may be left out: afterwards is known what is the same either way. */
  function perhaps(work: () => Outcome): Outcome {
    const before = { values, args };
    values = new Map(values);
    branches++;
    const outcome = work();
    branches--;
    if (!(outcome.ways & follows)) ({ values, args } = before);
    else {
      const now = values;
      values = new Map([...before.values].filter(([name, value]) => now.get(name) === value));
      if (args !== before.args) args = [];
    }
    return outcome;
  }

  /** What is changed in there is either lost or not known afterwards. */
  function apart(work: () => void): void {
    const before = values;
    const outer = args;
    values = new Map(before);
    work();
    values = new Map([...before].filter(([name, value]) => values.get(name) === value));
    args = outer;
  }

  function assign({ text, at }: Word): void {
    const [whole, name, adds] = /^([A-Za-z_]\w*)(\+?)=/.exec(text) ?? [text, text];
    const value = adds === '' ? meaning({ text: text.slice(whole.length), at }) : undefined;
    if (known(value) !== undefined) values.set(name!, value!);
    else values.delete(name!);
  }

  /** What a word stands for. */
  function meaning({ text, at }: Word): string | undefined {
    if (!/[$`]/.test(text)) return text;
    // In single quotes, or behind a backslash, it is a mere character.
    if (/['\\`]/.test(at.source.text.slice(at.start, at.end))) return undefined;
    const variable = /\$(?:\{(\w+)\}|(\d|[A-Za-z_]\w*))/g;
    if (text.replace(variable, '').includes('$')) return undefined;
    let isKnown = true;
    const value = text.replace(variable, (_, braced?: string, plain?: string) => {
      const name = braced ?? plain!;
      const found = /^\d/.test(name) ? args[Number(name) - 1] : values.get(name);
      if (found === undefined) isKnown = false;
      return found ?? '';
    });
    return isKnown ? value : undefined;
  }

  /** What `[`, `[[` or `test` says of its words. */
  function tested([program, ...words]: readonly Word[]): boolean | undefined {
    const end = program!.text === '[' ? ']' : program!.text === '[[' ? ']]' : undefined;
    if (end !== undefined && words.pop()?.text !== end) return undefined;
    const [a, b, c] = words;
    if (words.length === 2 && /^-[nz]$/.test(a!.text)) {
      return known(meaning(b!)) === undefined ? undefined : a!.text === '-n';
    }
    // A pattern in `[[`, names of files elsewhere.
    if (words.length !== 3 || !/^[!=]?=$/.test(b!.text) || /[*?[\]]/.test(c!.text)) return undefined;
    const left = known(meaning(a!));
    const right = meaning(c!);
    return left === undefined || right === undefined ? undefined : (left === right) === (b!.text !== '!=');
  }

  function fits(pattern: Word, value: string | undefined): boolean | undefined {
    if (isStar(pattern)) return true;
    const text = meaning(pattern);
    if (value === undefined || text === undefined) return undefined;
    if (!/[*?[\]]/.test(text)) return text === value;
    const { source, start, end } = pattern.at;
    // Some of its signs may be quoted; and many stars make much work.
    if (source.text.slice(start, end) !== text || !/^(?:[\w./:@-]|[*?]|\[\w+\])*$/.test(text))
      return undefined;
    if (text.split('*').length > 3) return undefined;
    const expression = text.replace(/[./]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
    return new RegExp(`^(?:${expression})$`, 's').test(value);
  }
}

const wordsOf = ({ words, places }: ShellCommand): readonly Word[] =>
  words.map((text, index) => ({ text, at: places[index]! }));

/** Only what a shell takes as one word, quoted or not. */
const known = (value: string | undefined): string | undefined =>
  value !== undefined && /^[\w./:@-]{1,255}$/.test(value) ? value : undefined;
