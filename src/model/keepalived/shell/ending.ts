/** Whether a shell script can end with success or with failure. */
import { deepest } from './tokens.ts';
import { bare, commandsIn, isStar, type Node, type ShellCommand } from './tree.ts';

/** Ways to end, as bits: with 0, with anything else. */
const zero = 1;
const nonzero = 2;
const both = zero | nonzero;

/** Most parts of a script that are looked at, each time anew in a function that is called. */
const maxSteps = 10_000;

/** Commands after which nothing is certain: they change how the script ends, or bring in text from elsewhere. */
export function isOpaque({ words }: ShellCommand): boolean {
  const [name, first = ''] = bare(words);
  if (name === 'set') return words.some((word) => /^-\w*[eu]|errexit|pipefail|nounset/.test(word));
  // Signal 0 ends nothing.
  if (name === 'kill') return first !== '-0' && words.some((word) => /\$/.test(word));
  return (
    /^(?:trap|eval|source|\.|shopt|command|builtin|alias|coproc|select|time|let)$/.test(name ?? '') ||
    (name === 'exec' && !/^\d*[<>]/.test(first) && first !== '')
  );
}

/** The ways in which a part can go on, and those in which it ends the script. */
interface Ending {
  readonly status: number;
  readonly exits: number;
}

const swapped = (status: number): number => ((status & zero) << 1) | ((status & nonzero) >> 1);

/** What `[ $? -eq 0 ]` and the like say, where that is the whole test. */
function ofLast([, value, operator, number, end, ...more]: readonly string[], before: number): number {
  if (value !== '$?' || number !== '0' || more.length > 0 || (end ?? ']')[0] !== ']') return both;
  return /^(?:-eq|==?)$/.test(operator!)
    ? before
    : /^(?:-ne|-gt|!=)$/.test(operator!)
      ? swapped(before)
      : both;
}

/** How a script can end where the commands that `fails` tells do; undefined where that is not certain, or takes too long to find out. */
export function endingOf(
  tree: Node,
  fails: (command: ShellCommand) => boolean,
): 'success' | 'failure' | undefined {
  const functions = new Map<string, Node>();
  const running = new Set<string>();
  let steps = 0;
  const result = judge(tree, zero);
  const ways = steps > maxSteps ? both : result.status | result.exits;
  return ways === zero ? 'success' : ways === nonzero ? 'failure' : undefined;

  function judge(node: Node, before: number): Ending {
    if (++steps > maxSteps) return { status: both, exits: both };
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
        return { status: swapped(status), exits };
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
        const branches = node.branches.map(({ body }) => judge(body, before));
        const isExhaustive = node.branches.some(({ patterns }) => patterns.some(isStar));
        return {
          status: branches.reduce((sum, { status }) => sum | status, isExhaustive ? 0 : zero),
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
      if (running.has(name) || running.size >= deepest) return { status: both, exits: both };
      running.add(name);
      const { status, exits } = judge(body, before);
      running.delete(name);
      // What returns has left its mark among the exits, which a function's are as well.
      return { status: status | (returns(body) ? both : 0), exits };
    }
    switch (name) {
      case 'exit': {
        const code =
          first === undefined || first === '$?'
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
      case '[':
      case '[[':
      case 'test':
        return { status: ofLast(words, before), exits: 0 };
      default:
        return { status: fails(command) ? nonzero : both, exits: 0 };
    }
  }

  function returns(body: Node): boolean {
    return [...commandsIn(body)].some(({ words }) => words[0] === 'return');
  }
}
