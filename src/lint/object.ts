/** What a finding is about, in the words of the file, and what makes it the same finding after the lines have moved. */
import { partitionPoint } from '../../grammar/partition.ts';
import type { Source, Span } from '../../grammar/text.ts';
import type { Directive, Word } from '../../grammar/tree.ts';
import type { Syntax } from '../model/syntax.ts';
import type { Diagnostic, Place } from './diagnostic.ts';
import { mask } from './frame.ts';
import type { Secrets } from './secrets.ts';

/** Gives the object of a stretch: `vrrp_instance VI_1 > virtual_ipaddress > 10.0.0.100/24`; empty for the file itself. */
export type ObjectOf = (span: Span) => string;

/** Blocks that are named, counted from the inside, and the characters of a name: a file may nest and write what it likes. */
const bound = { depth: 8, name: 80 };

interface Block {
  readonly directive: Directive;
  readonly outer: Block | undefined;
}

/** The statements of a source in the order of its text, and the block around each: a file has one every thirty characters. */
interface Layout {
  readonly statements: readonly Directive[];
  readonly blocks: readonly (Block | undefined)[];
}

/** The objects of all files; each tree is laid out when the first finding asks for it. */
export function objectsOf(syntaxes: Iterable<Syntax>, secrets: Secrets): ObjectOf {
  let found: ReadonlyMap<Source, Layout> | undefined;
  const names = new Map<Directive, string>();
  const named = (directive: Directive): string => {
    let name = names.get(directive);
    if (name === undefined) {
      name = nameOf(directive, secrets);
      names.set(directive, name);
    }
    return name;
  };
  return ({ source, start }) => {
    found ??= laidOut(syntaxes);
    const path: string[] = [];
    const layout = found.get(source);
    let at = layout && around(layout, start);
    for (; at && path.length < bound.depth; at = at.outer) path.push(named(at.directive));
    return path.reverse().join(' > ');
  };
}

/** The layout of each source; a tree of keepalived holds the statements of the files it includes. */
function laidOut(syntaxes: Iterable<Syntax>): ReadonlyMap<Source, Layout> {
  const layouts = new Map<Source, Layout>();
  for (const { file } of syntaxes) {
    const own = new Map<Source, { statements: Directive[]; blocks: (Block | undefined)[] }>();
    const stack = [{ items: file.items, next: 0, block: undefined as Block | undefined }];
    let source: Source | undefined;
    let layout: { statements: Directive[]; blocks: (Block | undefined)[] } | undefined;
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const directive = top.items[top.next++];
      if (!directive) {
        stack.pop();
        continue;
      }
      if (directive.source !== source) {
        source = directive.source;
        layout = own.get(source) ?? { statements: [], blocks: [] };
        own.set(source, layout);
      }
      layout!.statements.push(directive);
      layout!.blocks.push(top.block);
      const { body } = directive;
      if (body && body.length > 0)
        stack.push({ items: body, next: 0, block: { directive, outer: top.block } });
    }
    // A file that two nodes include is laid out for the first.
    for (const [source, layout] of own) if (!layouts.has(source)) layouts.set(source, inOrder(layout));
  }
  return layouts;
}

const startOf = ({ name }: Directive): number => name.start;

/** What a file repeats or includes twice stands in its tree more than once. */
function inOrder(layout: Layout): Layout {
  const { statements, blocks } = layout;
  if (statements.every((each, index) => index === 0 || startOf(statements[index - 1]!) <= startOf(each)))
    return layout;
  const order = [...statements.keys()].sort((a, b) => startOf(statements[a]!) - startOf(statements[b]!));
  return { statements: order.map((at) => statements[at]!), blocks: order.map((at) => blocks[at]) };
}

/** The innermost statement that an offset lies in. */
function around({ statements, blocks }: Layout, offset: number): Block | undefined {
  const index = partitionPoint(statements.length, (at) => startOf(statements[at]!) <= offset) - 1;
  const last = statements[index];
  let at: Block | undefined = last && { directive: last, outer: blocks[index] };
  while (at && at.directive.source === last!.source && endOf(at.directive) <= offset) at = at.outer;
  return at;
}

/** Where a statement ends; a block that lost its brace has no end. */
function endOf({ name, args, body, close }: Directive): number {
  if (close >= 0) return close + 1;
  return body ? Number.POSITIVE_INFINITY : (args.at(-1) ?? name).end + 1;
}

/** A block by its keyword and what it is called, any other statement by its first word. */
function nameOf(directive: Directive, secrets: Secrets): string {
  const { source, name, args, body } = directive;
  const shown = ({ text, start, end }: Word): string =>
    secrets(source, start, end).length > 0 ? mask : text;
  const words = body ? [name, ...(args.length > 0 ? args : titleOf(directive))] : [name];
  const text = words.map(shown).join(' ').replace(/\s+/g, ' ').trim();
  return text.length > bound.name ? `${text.slice(0, bound.name)}…` : text;
}

/** nginx's servers have no name of their own: the first that they answer to, or else where they listen. */
function titleOf({ name, body = [] }: Directive): readonly Word[] {
  if (name.text !== 'server') return [];
  const said = ['server_name', 'listen'].map((word) => body.find((each) => each.name.text === word)?.args[0]);
  return said.filter((word) => word !== undefined).slice(0, 1);
}

/**
 * What tells a finding from all others and stays when lines are inserted, nodes are given in another order, or a message is
 * reworded: the rule, whom it is about, the objects and their lines without indentation, in no order.
 */
function keyOf(diagnostic: Diagnostic): string {
  const about = ({ object, frame }: Place): string =>
    `${object()}\n${frame.text.replace(/\s+/g, ' ').trim()}`;
  const { rule, whom, isShared, related } = diagnostic;
  const places = isShared ? [diagnostic, ...related] : [diagnostic];
  return JSON.stringify([rule, whom, ...[...new Set(places.map(about))].sort()]);
}

/** The key of each finding. Findings with one key are numbered: the second of its kind is another one. */
export function keysOf(diagnostics: readonly Diagnostic[]): ReadonlyMap<Diagnostic, string> {
  const seen = new Map<string, number>();
  return new Map(
    diagnostics.map((each) => {
      const key = keyOf(each);
      const nth = (seen.get(key) ?? 0) + 1;
      seen.set(key, nth);
      return [each, nth === 1 ? key : `${key}#${nth}`];
    }),
  );
}
