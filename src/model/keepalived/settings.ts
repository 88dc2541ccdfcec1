/** Reading settings out of a block, with the daemon's defaults. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, headSpan, wordSpan } from '../../../grammar/tree.ts';
import { type Located, located, type Setting } from '../located.ts';
import type { Statement } from './statements.ts';
import { meantValue, rejection } from './values.ts';

/** The statements of a block that are `name`, in the order of the file. */
export const statementsOf = (block: readonly Statement[], name: string): readonly Statement[] =>
  block.filter(({ keyword }) => keyword?.name === name);

/** The statement of `name` that counts: the last one, as the daemon overwrites. */
export function lastOf(block: readonly Statement[], name: string): Statement | undefined {
  for (let at = block.length - 1; at >= 0; at--) if (block[at]!.keyword?.name === name) return block[at];
  return undefined;
}

/** Whether a flag is on in a block; undefined where it is not written. */
export function switched(block: readonly Statement[], name: string): boolean | undefined {
  const statement = lastOf(block, name);
  return statement && !/^(?:false|off|no)$/.test(statement.args[0]?.text ?? '');
}

/** How the packets of a virtual or real server are forwarded: `lb_kind` and `lvs_method` are one setting. */
export const forwardingOf = (block: readonly Statement[]): Statement | undefined =>
  block.findLast(({ keyword }) => keyword?.name === 'lb_kind' || keyword?.name === 'lvs_method');

/** The lines of all list blocks of a name: given twice they add up. */
export const listItems = (body: readonly Statement[], name: string): readonly Directive[] =>
  statementsOf(body, name).flatMap(({ items }) => items);

/** Where a statement says what it says: its first value, or the keyword where there is none. */
export const valueSpan = (statement: Statement): Span =>
  wordSpan(statement.directive, statement.args[0] ?? statement.directive.name);

/** The keyword itself as written, without a value that is glued to it. */
export function keywordSpan({ directive, guess }: Statement): Span {
  const name = wordSpan(directive, directive.name);
  if (guess?.kind === 'glued' || guess?.kind === 'sign')
    return { ...name, end: Math.min(name.end, guess.at.start) };
  return guess?.kind === 'doubled' ? name : (guess?.at ?? name);
}

/**
 * The value of `name` in a block. A rejected value that was evidently meant counts as meant; another rejected one leaves
 * `fallback`, which the daemon then uses; a template's blank is unknown.
 */
export function setting<T>(
  block: readonly Statement[],
  name: string,
  read: (text: string) => T | undefined,
  fallback: T | undefined,
  home: Span,
): Setting<T> {
  const statement = lastOf(block, name);
  if (!statement) return { value: fallback, at: home, written: false };
  const at = valueSpan(statement);
  const word = statement.args[0];
  const arg = statement.keyword?.args[0];
  if (!word || isPlaceholder(word.text)) return { value: undefined, at, written: true };
  const rejected = arg && rejection(word.text, arg) !== undefined;
  const text = rejected ? meantValue(word.text, arg) : word.text;
  return { value: text === undefined ? fallback : (read(text) ?? fallback), at, written: true };
}

/** A flag or boolean: the keyword alone means yes. */
export function flag(
  block: readonly Statement[],
  name: string,
  fallback: boolean | undefined,
  home: Span,
): Setting<boolean> {
  const statement = lastOf(block, name);
  if (!statement) return { value: fallback, at: home, written: false };
  const word = statement.args[0]?.text;
  const at = headSpan(statement.directive);
  if (word !== undefined && isPlaceholder(word)) return { value: undefined, at, written: true };
  // A word that is neither yes nor no leaves things as they were, but for keywords that take none.
  const arg = statement.keyword?.args[0];
  const isReject = word !== undefined && arg !== undefined && rejection(word, arg) !== undefined;
  if (isReject && !statement.keyword?.flags.has('off-is-on')) return { value: fallback, at, written: true };
  return { value: word === undefined || !/^(?:false|off|no)$/.test(word), at, written: true };
}

/** The first word of a statement, where it has one that is known. */
export function firstWord(statement: Statement | undefined): Located<string> | undefined {
  const word = statement?.args[0];
  if (!statement || !word || isPlaceholder(word.text)) return undefined;
  return located(word.text, wordSpan(statement.directive, word));
}

export const number = (text: string): number | undefined => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
};

export const readVersion = (text: string): 2 | 3 | undefined =>
  text === '2' ? 2 : text === '3' ? 3 : undefined;
