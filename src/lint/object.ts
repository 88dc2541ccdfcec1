/** What a finding is about, in the words of the file, and what makes it the same finding after the lines have moved. */
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

interface Placed {
  readonly directive: Directive;
  readonly parent: Placed | undefined;
}

/** The objects of all files; each tree is laid out when the first finding asks for it. */
export function objectsOf(syntaxes: Iterable<Syntax>, secrets: Secrets): ObjectOf {
  let found: ReadonlyMap<Source, readonly Placed[]> | undefined;
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
    let placed = around(found.get(source) ?? [], start);
    for (; placed && path.length < bound.depth; placed = placed.parent) path.push(named(placed.directive));
    return path.reverse().join(' > ');
  };
}

/** The statements of each source in the order of its text; a tree of keepalived holds those of the files it includes. */
function laidOut(syntaxes: Iterable<Syntax>): ReadonlyMap<Source, readonly Placed[]> {
  const lists = new Map<Source, Placed[]>();
  for (const { file } of syntaxes) {
    // A file that two nodes include is laid out for the first.
    const own = new Set<Source>();
    const stack = [...file.items].reverse().map((directive): Placed => ({ directive, parent: undefined }));
    for (let placed = stack.pop(); placed; placed = stack.pop()) {
      const { source, body = [] } = placed.directive;
      if (!lists.has(source)) {
        lists.set(source, []);
        own.add(source);
      }
      if (own.has(source)) lists.get(source)!.push(placed);
      for (let at = body.length - 1; at >= 0; at--) stack.push({ directive: body[at]!, parent: placed });
    }
  }
  for (const list of lists.values()) list.sort((a, b) => a.directive.name.start - b.directive.name.start);
  return lists;
}

/** The innermost statement that an offset lies in. */
function around(list: readonly Placed[], offset: number): Placed | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.directive.name.start <= offset) low = middle + 1;
    else high = middle;
  }
  const last = list[low - 1];
  let placed = last;
  while (placed?.directive.source === last?.directive.source && placed && endOf(placed.directive) <= offset) {
    placed = placed.parent;
  }
  return placed;
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
  const about = ({ object, frame }: Place): string => `${object}\n${frame.text.replace(/\s+/g, ' ').trim()}`;
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
