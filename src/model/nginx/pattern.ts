/**
 * Regular expressions as PCRE reads them, as data to reason about: none of them is ever run. A construct that the library
 * does not know makes the whole pattern unknown.
 */
import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { all, type Charset, charsOf, digits, folded, lineFeed, none, range, wordChars } from './charset.ts';

export type Piece =
  | { readonly kind: 'set'; readonly chars: Charset }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Piece[] }
  | { readonly kind: 'repeat'; readonly of: Piece; readonly min: number; readonly max: number }
  | { readonly kind: 'group'; readonly number: number; readonly of: Piece }
  /** `^` and `$`. */
  | { readonly kind: 'start' | 'end' }
  /** A condition on what is around, such as a lookahead. */
  | { readonly kind: 'test' }
  /** What an earlier group matched. */
  | { readonly kind: 'again' };

/** A regular expression that could be read. */
export interface Pattern {
  readonly text: string;
  readonly root: Piece;
  /** The groups from 1 on. */
  readonly groups: readonly (Piece & { readonly kind: 'group' })[];
  /** Names of groups in small letters, as nginx makes variables of them, and their numbers. */
  readonly names: ReadonlyMap<string, number>;
  /** It matches what its pieces say, no less: no test, no possessive repeat. */
  readonly exact: boolean;
}

const longest = 2000;
const deepest = 60;
/** Those that were read: with the case of letters, and without. */
const known = [new Map<string, Pattern | undefined>(), new Map<string, Pattern | undefined>()] as const;
const mostKnown = 5000;

/** The pattern in `text`; undefined where PCRE has something in it that nobody here understands. */
export function patternOf(text: string, ignoreCase: boolean): Pattern | undefined {
  const patterns = known[ignoreCase ? 1 : 0];
  if (patterns.has(text)) return patterns.get(text);
  if (patterns.size > mostKnown) patterns.clear();
  const pattern = read(text, ignoreCase);
  patterns.set(text, pattern);
  return pattern;
}

function read(text: string, ignoreCase: boolean): Pattern | undefined {
  const translated = translation(text);
  if (!translated) return undefined;
  let ast: AST.Pattern;
  try {
    ast = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(translated.text);
  } catch (error) {
    // Anything but a pattern that the library refuses is a mistake of ours.
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
  const reader = { ignoreCase: ignoreCase || translated.ignoreCase, exact: translated.exact, count: 0 };
  const groups: (Piece & { kind: 'group' })[] = [];
  const names = new Map<string, number>();
  const root = pieceOf(ast, reader, groups, names);
  return root && { text, root, groups, names, exact: reader.exact };
}

const posix: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    alpha: 'a-zA-Z',
    digit: '0-9',
    alnum: 'a-zA-Z0-9',
    upper: 'A-Z',
    lower: 'a-z',
    xdigit: '0-9a-fA-F',
    word: '\\w',
    space: '\\s',
  }),
);

/** PCRE's spelling in that of ECMAScript; undefined where there is none. Lookarounds that name line ends, too. */
function translation(text: string): { text: string; ignoreCase: boolean; exact: boolean } | undefined {
  if (text.length > longest) return undefined;
  let out = '';
  let depth = 0;
  let ignoreCase = false;
  let exact = true;
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at, at + 40);
    const take = (length: number, by = rest.slice(0, length)): void => {
      out += by;
      at += length;
    };
    if (rest.startsWith('\\')) {
      // Classes, anchors and escapes of PCRE that mean something else, or nothing, in ECMAScript.
      if (/^\\(?:[AzZGKQEhHRNXVvaegopPCuUlL]|x\{|0\d|$)/s.test(rest)) {
        if (/^\\A/.test(rest)) take(2, '^');
        else if (/^\\[zZ]/.test(rest)) take(2, '$');
        else return undefined;
      } else take(2);
    } else if (rest.startsWith('[')) {
      const end = classIn(text, at);
      if (end === undefined) return undefined;
      out += end.text;
      at = end.end;
    } else if (at === 0 && /^\(\*(?:UTF8?|UCP)\)/.test(rest)) {
      // Only how characters above 127 are counted; what is no UTF-8 does not match at all.
      exact = false;
      text = text.slice(rest.indexOf(')') + 1);
    } else if (rest.startsWith('(?')) {
      const [flags, letters = ''] = /^\(\?([a-z]+)\)/.exec(rest) ?? [];
      const named = /^\(\?P?<(\w+)>/.exec(rest) ?? /^\(\?'(\w+)'/.exec(rest);
      if (flags) {
        // Only at the beginning it holds for the whole.
        if (out !== '' || letters !== 'i') return undefined;
        ignoreCase = true;
        take(flags.length, '');
        continue;
      }
      if (++depth > deepest) return undefined;
      if (named) take(named[0].length, `(?<${named[1]}>`);
      else if (rest.startsWith('(?>')) {
        exact = false;
        take(3, '(?:');
      } else if (/^\(\?(?::|=|!|<=|<!)/.test(rest)) {
        if (rest[2] !== ':' && /^[^)]*(?:\\[rns]|[\r\n]|%0|\\x0)/i.test(text.slice(at))) return undefined;
        take(rest[2] === '<' ? 4 : 3);
      } else return undefined;
    } else if (rest.startsWith('(*')) return undefined;
    else if (rest.startsWith('(')) {
      if (++depth > deepest) return undefined;
      take(1);
    } else if (rest.startsWith(')')) {
      depth--;
      take(1);
    } else if (/^(?:[*+?]|\{\d+(?:,\d*)?\})\+/.test(rest)) {
      exact = false;
      const [repeat = ''] = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(rest) ?? [];
      take(repeat.length + 1, repeat);
    } else take(1);
  }
  return { text: out, ignoreCase, exact };
}

/** A class in ECMAScript's spelling: there `]` may not come first, and `[:alpha:]` is none. */
function classIn(text: string, open: number): { text: string; end: number } | undefined {
  let at = open + 1;
  let out = '[';
  if (text[at] === '^') {
    out += '^';
    at++;
  }
  if (text[at] === ']') {
    out += '\\]';
    at++;
  }
  while (at < text.length) {
    const [whole, negated, name = ''] = /^\[:(\^?)([a-z]+):\]/.exec(text.slice(at, at + 14)) ?? [];
    if (whole) {
      const by = posix.get(name);
      if (by === undefined || negated) return undefined;
      out += by;
      at += whole.length;
    } else if (text[at] === '\\') {
      if (/[hHRNXVvaegopPQECK]/.test(text[at + 1] ?? 'a')) return undefined;
      out += text.slice(at, at + 2);
      at += 2;
    } else if (text[at] === ']') return { text: `${out}]`, end: at + 1 };
    else out += text[at++];
  }
  return undefined;
}

interface Reader {
  ignoreCase: boolean;
  exact: boolean;
  count: number;
}

const space = charsOf(' \t\n\v\f\r');

type Groups = (Piece & { kind: 'group' })[];

/** The tree of the library as ours; undefined where it holds something that has no meaning here. */
function pieceOf(
  node: AST.Node,
  reader: Reader,
  groups: Groups,
  names: Map<string, number>,
): Piece | undefined {
  const of = (inner: AST.Node): Piece | undefined => pieceOf(inner, reader, groups, names);
  const list = (kind: 'sequence' | 'choice', nodes: readonly AST.Node[]): Piece | undefined => {
    const parts: Piece[] = [];
    for (const each of nodes) {
      const part = of(each);
      if (!part) return undefined;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0] : { kind, parts };
  };
  const set = (chars: Charset): Piece => ({ kind: 'set', chars: reader.ignoreCase ? folded(chars) : chars });
  switch (node.type) {
    case 'Pattern':
      return list('choice', node.alternatives);
    case 'Alternative':
      return list('sequence', node.elements);
    case 'Group':
      return node.modifiers ? undefined : list('choice', node.alternatives);
    case 'CapturingGroup': {
      const number = ++reader.count;
      const inner = list('choice', node.alternatives);
      if (!inner) return undefined;
      const group = { kind: 'group' as const, number, of: inner };
      groups[number - 1] = group;
      if (node.name !== null) names.set(node.name.toLowerCase(), number);
      return group;
    }
    case 'Quantifier': {
      const inner = of(node.element);
      return inner && { kind: 'repeat', of: inner, min: node.min, max: node.max };
    }
    case 'Character':
      return set(range(node.value, node.value));
    case 'CharacterSet':
    case 'CharacterClass': {
      const chars = setOf(node);
      if (chars === undefined) return undefined;
      if (node.type === 'CharacterSet' || !node.negate) return set(chars);
      return { kind: 'set', chars: all & ~(reader.ignoreCase ? folded(chars) : chars) };
    }
    case 'Assertion':
      if (node.kind === 'start' || node.kind === 'end') return { kind: node.kind };
      reader.exact = false;
      // What a group inside of a lookaround takes is seldom used, and its number still counts.
      if ('alternatives' in node) for (const each of node.alternatives) if (!of(each)) return undefined;
      return { kind: 'test' };
    case 'Backreference':
      reader.exact = false;
      return { kind: 'again' };
    default:
      return undefined;
  }
}

/** The characters of a class or of an escape such as \w; of a negated class those that it leaves out. */
function setOf(node: AST.CharacterSet | AST.CharacterClass): Charset | undefined {
  if (node.type === 'CharacterSet') {
    if (node.kind === 'any') return all & ~lineFeed;
    const chars = { digit: digits, space, word: wordChars, property: undefined }[node.kind];
    return chars === undefined ? undefined : 'negate' in node && node.negate ? all & ~chars : chars;
  }
  let chars = none;
  for (const each of node.elements) {
    if (each.type === 'Character') chars |= range(each.value, each.value);
    else if (each.type === 'CharacterClassRange') chars |= range(each.min.value, each.max.value);
    else if (each.type === 'CharacterSet') {
      const inner = setOf(each);
      if (inner === undefined) return undefined;
      chars |= inner;
    } else return undefined;
  }
  return chars;
}
