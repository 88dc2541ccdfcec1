/** The commands of a shell script and how they hang together. */
import type { Source, Span } from '../../../../grammar/text.ts';
import { deepest, type Token } from './tokens.ts';

/** A command with its words, quotes taken away; what a `$` stands for is left as written. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly at: Span;
  /** The stretches of the words. */
  readonly places: readonly Span[];
}

/** A word, quotes taken away, and where it stands with them. */
export interface Word {
  readonly text: string;
  readonly at: Span;
}

/** What `case` does for the words that one of the patterns matches. */
export interface CaseBranch {
  readonly patterns: readonly Word[];
  readonly body: Node;
}

/** A command, or several and how they hang together. */
export type Node =
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
  | {
      readonly kind: 'case';
      readonly subject: Word;
      readonly branches: readonly CaseBranch[];
    }
  | { readonly kind: 'function'; readonly name: string; readonly body: Node };

/** A word at which every shell stops. */
export interface SyntaxFault {
  readonly at: Span;
  /** In words: `then is missing before fi`. */
  readonly says: string;
}

/** Words that stand in place of a command only to go on with what another one began. */
const reserved = new Map([
  ['then', 'if'],
  ['else', 'if'],
  ['elif', 'if'],
  ['fi', 'if'],
  ['do', 'loop'],
  ['done', 'loop'],
  ['esac', 'case'],
  ['}', '{'],
]);
/** Words of some shells after which these may stand otherwise. */
const peculiar = new Set(['function', 'select', 'coproc', 'time', 'repeat', 'foreach']);

/** The commands of a script as a tree; where its structure is not understood, what is certainly wrong with it, if anything is. */
export function treeOf(
  source: Source,
  tokens: readonly Token[],
): { readonly tree: Node | undefined; readonly fault: SyntaxFault | undefined } {
  let at = 0;
  let failed = false;
  let fault: SyntaxFault | undefined;
  let depth = 0;
  const tree = list(new Set());
  const isPeculiar = tokens.some(({ text, quoted }) => !quoted && peculiar.has(text));
  return {
    tree: failed || at < tokens.length ? undefined : tree,
    fault: isPeculiar ? undefined : fault,
  };

  function fail(why?: Omit<SyntaxFault, 'at'> & { readonly token: Token }): Node {
    if (!failed && why) {
      const { token, says } = why;
      fault = { at: { source, start: token.start, end: token.end }, says };
    }
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

  /** Goes on behind `word`, which belongs to the word at `opener`. */
  function expect(word: string, opener: number): void {
    const token = tokens[opener]!;
    if (isWord(word)) at++;
    else if (tokens[at]) fail();
    else fail({ token, says: `${token.text} has no ${word}` });
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
      const opener = token.operator || token.quoted ? undefined : reserved.get(token.text);
      if (opener !== undefined) {
        const wanted = [...ends].at(-1);
        return fail({
          token,
          says:
            wanted === undefined
              ? `${token.text} has no ${opener}`
              : `${wanted} is missing before ${token.text}`,
        });
      }
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
      const opener = at++;
      const body = list(new Set(['}']));
      expect('}', opener);
      return redirected(body);
    }
    if (isWord('if')) return conditional();
    if (isWord('while', 'until')) {
      const opener = at++;
      const condition = list(new Set(['do']));
      return loop(condition, opener);
    }
    if (isWord('for')) {
      const opener = at++;
      while (tokens[at] && !isOperator(';', '\n', '(')) at++;
      while (isOperator(';', '\n')) at++;
      return loop(undefined, opener);
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

  function loop(condition: Node | undefined, opener: number): Node {
    expect('do', opener);
    const body = list(new Set(['done']));
    expect('done', opener);
    return redirected({ kind: 'loop', condition, body });
  }

  function conditional(): Node {
    const opener = at;
    const branches: [Node, Node][] = [];
    let otherwise: Node | undefined;
    do {
      at++;
      const condition = list(new Set(['then']));
      expect('then', opener);
      branches.push([condition, list(new Set(['elif', 'else', 'fi']))]);
    } while (isWord('elif'));
    if (isWord('else')) {
      at++;
      otherwise = list(new Set(['fi']));
    }
    expect('fi', opener);
    return redirected({ kind: 'if', branches, otherwise });
  }

  function selection(): Node {
    const opener = at;
    const subject = word(tokens[++at]);
    at++;
    while (isOperator('\n')) at++;
    expect('in', opener);
    if (!subject) return fail();
    const branches: CaseBranch[] = [];
    for (;;) {
      while (isOperator('\n')) at++;
      if (isWord('esac') || !tokens[at]) break;
      if (isOperator('(')) at++;
      const patterns: Word[] = [];
      for (; tokens[at] && !isOperator(')'); at++) {
        const pattern = word(tokens[at]);
        if (pattern) patterns.push(pattern);
        else if (!isOperator('|')) return fail();
      }
      at++;
      branches.push({ patterns, body: list(new Set(['esac'])) });
      if (isOperator(';;')) at++;
    }
    expect('esac', opener);
    return redirected({ kind: 'case', subject, branches });
  }

  function word(token: Token | undefined): Word | undefined {
    if (!token || token.operator) return undefined;
    return { text: token.text, at: { source, start: token.start, end: token.end } };
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

/** Every command of a tree, in the order of the text. */
export function* commandsIn(node: Node): Generator<ShellCommand> {
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
      for (const { body } of node.branches) yield* commandsIn(body);
      break;
    default:
      yield* commandsIn(node.body);
  }
}

/** The words of a command without the assignments before it. */
export const bare = (words: readonly string[]): readonly string[] => {
  const from = words.findIndex((word) => !/^[A-Za-z_]\w*\+?=/.test(word));
  return from < 0 ? [] : words.slice(from);
};

/** The pattern of `case` that every word fits. */
export const isStar = ({ text, at }: Word): boolean => text === '*' && at.end - at.start === 1;
