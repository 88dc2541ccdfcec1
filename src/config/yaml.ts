/** YAML as values that know where they stand. The door of the package `yaml`, which only a configuration file needs. */
import { type Alias, isAlias, isMap, isSeq, type ParsedNode, parseDocument, type Scalar } from 'yaml';
import type { Source, Span } from '../../grammar/text.ts';

/** What is wrong with a configuration file, and where. */
export interface Problem {
  readonly at: Span;
  /** A fact, no full stop. */
  readonly message: string;
  /** A few words under the carets. */
  readonly label?: string | undefined;
  readonly help?: string | undefined;
}

/** A value of the file. */
export interface Value {
  readonly at: Span;
  readonly content: Content;
}

export type Content =
  | { readonly kind: 'map'; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  /** `text` is what was written, also of a number. */
  | { readonly kind: 'text' | 'number' | 'flag' | 'nothing'; readonly text: string };

export interface Entry {
  readonly key: string;
  readonly at: Span;
  readonly value: Value;
}

/** Values of one file, those that aliases repeat counted each time. More is no configuration but an attack. */
const maxValues = 500_000;

/** Brackets within brackets, counted roughly: to refuse more takes the package seconds. */
const maxDepth = 50_000;

function depthOf(text: string): number {
  let deepest = 0;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

const tooDeep = (source: Source): Problem => ({
  at: { source, start: 0, end: 0 },
  message: 'values are nested too deeply',
});

/** The value that a YAML text stands for, or the first thing that keeps it from being one. */
export function readYaml(source: Source): Value | Problem {
  // A quote that is never closed is said to be missing behind the end.
  const within = (offset: number): number => Math.min(offset, source.text.length);
  const span = (start: number, end: number): Span => ({ source, start: within(start), end: within(end) });
  if (depthOf(source.text) > maxDepth) return tooDeep(source);
  try {
    const document = parseDocument(source.text, {
      prettyErrors: false,
      // A second document is an error on every level but silence.
      logLevel: 'error',
      stringKeys: true,
      // Compares every key with every other; check.ts does it by a set.
      uniqueKeys: false,
    });
    const [fault] = [...document.errors, ...document.warnings];
    // The package takes a stack that is full for an error of the text.
    if (fault?.message.includes('call stack')) return tooDeep(source);
    if (fault) return { at: span(...fault.pos), message: words[fault.code] ?? plain(fault.message) };
    return treeOf(document.contents, span);
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(source);
    if (isProblem(error)) return error;
    throw error;
  }
}

export const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'message' in value && 'at' in value;

/** Where the package speaks of itself. */
const words: Readonly<Record<string, string>> = {
  NON_STRING_KEY: 'a key is a plain word',
  MULTIPLE_DOCS: 'a second document begins here, and only one is read',
};

const plain = (message: string): string =>
  // What follows in quotes is a piece of the file, which may be another one than was meant and hold secrets.
  `${message.charAt(0).toLowerCase()}${message.slice(1)}`.replace(/: ".*$/s, '').replace(/\.$/, '');

function treeOf(root: ParsedNode | null, span: (start: number, end: number) => Span): Value {
  const anchors = new Map<string, ParsedNode>();
  const open = new Set<ParsedNode>();
  let count = 0;
  const read = (node: ParsedNode | null, before: number): Value => {
    if (!node) return { at: span(before, before), content: { kind: 'nothing', text: '' } };
    const at = span(node.range[0], node.range[1]);
    if (++count > maxValues)
      throw { at, message: `more than ${maxValues} values, counting those repeated by aliases` };
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (!target) throw { at, message: `there is no anchor &${node.source} before this` };
      if (open.has(target)) throw { at, message: `*${node.source} stands inside of what it repeats` };
      return { at, content: read(target, 0).content };
    }
    if (node.anchor) anchors.set(node.anchor, node);
    open.add(node);
    const content = contentOf(node);
    open.delete(node);
    return { at, content };
  };
  const contentOf = (node: Exclude<ParsedNode, Alias.Parsed>): Content => {
    if (isSeq(node)) {
      return { kind: 'list', items: node.items.map((item) => read(item as ParsedNode, node.range[0])) };
    }
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }): Entry => {
        const [start, end] = (key as ParsedNode).range;
        return {
          key: String((key as Scalar).value),
          at: span(start, end),
          value: read(value as ParsedNode | null, end),
        };
      });
      return { kind: 'map', entries };
    }
    const { value, source = '' } = node as Scalar;
    if (value === null) return { kind: 'nothing', text: source };
    if (typeof value === 'boolean') return { kind: 'flag', text: String(value) };
    if (typeof value === 'number') return { kind: 'number', text: source };
    return { kind: 'text', text: String(value) };
  };
  return read(root, 0);
}
