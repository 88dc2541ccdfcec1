/** The condition of `if`, as ngx_http_rewrite_if_condition() reads it. */
import { once } from '../../../grammar/remembered.ts';
import type { Word } from '../../../grammar/tree.ts';
import { shown } from './values.ts';

/** What is wrong with a condition, and the word to look at. */
export interface ConditionFault {
  readonly word: Word;
  readonly says: string;
  /** What should stand there instead of the word's text. */
  readonly meant?: string;
}

const patterns = new Set(['~', '~*', '!~', '!~*']);

/** The fault in the words between `if` and `{`, its pattern aside; undefined when nginx takes them. */
export function conditionFault(args: readonly Word[]): ConditionFault | undefined {
  const first = args[0];
  const last = args.at(-1);
  if (!first || !last) return undefined;
  if (!first.text.startsWith('(')) return { word: first, says: 'a condition begins with (' };
  if (!last.text.endsWith(')')) return { word: last, says: 'the condition has no ) at its end' };
  const words = args.map(({ text }) => text);
  words[0] = words[0]!.slice(1);
  words[words.length - 1] = words.at(-1)!.slice(0, -1);
  // A bracket may be a word of its own.
  const parts = args.map((word, index) => ({ word, text: words[index]! }));
  if (parts[0]!.text === '' && first.text === '(') parts.shift();
  if (parts.at(-1)?.text === '' && last.text === ')') parts.pop();
  const [subject, operator, value, ...rest] = parts;
  if (!subject || subject.text === '') return { word: first, says: 'the condition is empty' };
  if (/^!?-/.test(subject.text)) return fileFault(subject, parts.length);
  if (!/^\$./.test(subject.text)) {
    return { word: subject.word, says: `${shown(subject.text)} is neither a variable nor a test such as -f` };
  }
  const [, bare] = /^(\$\w+)[,:;"'`}]$/.exec(subject.text) ?? [];
  if (bare !== undefined) {
    const meant = subject.word.text.replace(subject.text, () => bare);
    return {
      word: subject.word,
      says: `${shown(subject.text)} is no variable: its last sign is no letter`,
      meant,
    };
  }
  if (!operator) return gluedFault(subject);
  if (operator.text === '==')
    return { word: operator.word, says: 'nginx compares with =, not ==', meant: '=' };
  if (operator.text === '!==')
    return { word: operator.word, says: 'nginx compares with !=, not !==', meant: '!=' };
  if (!value)
    return { word: operator.word, says: `nothing follows ${shown(operator.text)} in the condition` };
  const joint = [operator, value, ...rest].find(({ text }) => /^(?:&&|\|\||and|or)$/i.test(text));
  if (joint) return { word: joint.word, says: `if tests one condition, ${joint.text} does not join two` };
  if (operator.text === '=' || operator.text === '!=') {
    const surplus = rest[0];
    return surplus && { word: surplus.word, says: 'the value of a condition is one word; quote it' };
  }
  if (!patterns.has(operator.text))
    return { word: operator.word, says: `${shown(operator.text)} compares nothing` };
  return rest[0] && { word: rest[0].word, says: 'the pattern of a condition is one word; quote it' };
}

function fileFault(test: { word: Word; text: string }, count: number): ConditionFault | undefined {
  if (!/^!?-[fdex]$/.test(test.text)) {
    return { word: test.word, says: `${shown(test.text)} tests nothing; there are -f, -d, -e and -x` };
  }
  if (count === 2) return undefined;
  return { word: test.word, says: count < 2 ? `${test.text} tests no file` : `${test.text} tests one file` };
}

/** `$a=b` in one word is a variable with an odd name, which nothing defines. */
function gluedFault({ word, text }: { word: Word; text: string }): ConditionFault | undefined {
  const [, variable, operator] = /^(\$(?:\w+|\{\w+\}))(!?[=~]+\*?)/.exec(text) ?? [];
  if (variable === undefined || operator === undefined) return undefined;
  return { word, says: `blanks are missing around ${operator} in the condition` };
}

/** What `if` compares. */
export interface Condition {
  /** In small letters, without `$`. */
  readonly variable: string;
  readonly test: '=' | '~' | 'bare';
  readonly isNegated: boolean;
  /** `value` is a regular expression. */
  readonly pattern: boolean;
  readonly ignoreCase: boolean;
  /** What the variable is compared with; the variable itself where it is not compared. Without the last bracket. */
  readonly value: Word;
}

/** The condition in the words of an `if`; undefined of a test of files, and where nginx would refuse it. */
export const conditionOf = ({ args }: { readonly args: readonly Word[] }): Condition | undefined =>
  conditionIn(args);

const conditionIn = once((args: readonly Word[]): Condition | undefined => {
  const words = args.filter(({ text }) => text !== '(' && text !== ')');
  // All of the word is the name, as in `$arg_page-size`.
  const [, braced, plain] = /^\(?\$(?:\{(\w+)\}|([^{})]+))\)?$/.exec(words[0]?.text ?? '') ?? [];
  const variable = (braced ?? plain)?.toLowerCase();
  if (variable === undefined) return undefined;
  const operator = words[1]?.text;
  if (operator === undefined)
    return { variable, test: 'bare', isNegated: false, pattern: false, ignoreCase: false, value: words[0]! };
  const value = words[2];
  if (!value || !/^!?(?:=|~\*?)$/.test(operator)) return undefined;
  const isLast = value === args.at(-1) && value.text.endsWith(')');
  return {
    variable,
    test: operator.includes('~') ? '~' : '=',
    isNegated: operator.startsWith('!'),
    pattern: operator.includes('~'),
    ignoreCase: operator.endsWith('*'),
    value: isLast
      ? { ...value, text: value.text.slice(0, -1), end: value.end - (value.quote ? 0 : 1) }
      : value,
  };
});
