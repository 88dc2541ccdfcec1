/** Lines of lists that lack what they need, or that say the same twice. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { itemKind } from '../../../grammar/tables/keywords.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, headSpan, wordSpan } from '../../../grammar/tree.ts';
import { type Statement, statementsWhere } from './statements.ts';

interface Subject {
  readonly statements: readonly Statement[];
}

interface ReadSubject extends Subject {
  readonly wordProblems: readonly { readonly at: Span }[];
}

/** The lines of all lists of a kind that the daemon can read, with the words of each. */
function* linesOf(
  { statements, wordProblems }: ReadSubject,
  kinds: RegExp,
): Generator<{ statement: Statement; item: Directive; words: readonly string[]; kind: string }> {
  let faulty: ReadonlySet<string> | undefined;
  for (const statement of statementsWhere(statements, ({ items }) => kinds.test(items ?? ''))) {
    const kind = statement.keyword!.items!;
    faulty ??= new Set(wordProblems.map(({ at }) => placeOf(at)));
    for (const item of statement.items) {
      const all = [item.name, ...item.args];
      const words = all.map(({ text }) => text);
      if (words.some(isPlaceholder) || all.some((word) => faulty!.has(placeOf(wordSpan(item, word)))))
        continue;
      yield { statement, item, words, kind };
    }
  }
}

const placeOf = ({ source, start }: Span): string => `${source.path}\0${start}`;

/** Routes without an interface, which the daemon does not track. */
export function* routeGaps(subject: ReadSubject): Generator<Span> {
  for (const { item, words } of linesOf(subject, /_route$/)) {
    const head = words.slice(0, words.includes('nexthop') ? words.indexOf('nexthop') : undefined);
    if (!head.some((word) => /^(?:dev|oif|no_track)$/.test(word))) yield headSpan(item);
  }
}

/** A policy rule that lacks a word. */
export interface RuleGap {
  readonly at: Span;
  readonly lacking: 'preference' | 'preference-for-goto' | 'action' | 'one-action';
}

/** Policy rules without an action, or without a preference. */
export function* ruleGaps(subject: ReadSubject): Generator<RuleGap> {
  for (const { item, words, kind } of linesOf(subject, /_rule$/)) {
    const { options } = itemKind(kind)!;
    const actions = words.filter((word) => options.get(word)?.flags.has('action'));
    if (words.some((word) => word === 'type')) continue;
    if (actions.length > 1) yield { at: headSpan(item), lacking: 'one-action' };
    else if (actions.length === 0) yield { at: headSpan(item), lacking: 'action' };
    else if (!words.some((word) => /^(?:preference|priority|order)$/.test(word))) {
      yield {
        at: headSpan(item),
        lacking: words.includes('goto') ? 'preference-for-goto' : 'preference',
      };
    }
  }
}

/** A tracker that a block names twice. */
export interface RepeatedTracker {
  readonly at: Span;
  readonly name: string;
  readonly first: Span;
}

/** Trackers named twice in one block, of which the daemon drops the second. */
export function* repeatedTrackers({ statements }: Subject): Generator<RepeatedTracker> {
  for (const { body } of statementsWhere(statements, ({ opens }) => opens !== undefined)) {
    if (!body.some(({ items }) => items.length > 0)) continue;
    const firsts = new Map<string, Span>();
    for (const { keyword, items } of body) {
      if (!keyword?.items?.startsWith('track_')) continue;
      for (const item of items) {
        const key = `${keyword.items} ${item.name.text}`;
        const at = wordSpan(item, item.name);
        const first = firsts.get(key);
        if (!first) firsts.set(key, at);
        else if (first.start !== at.start && !isPlaceholder(item.name.text))
          yield { at, name: item.name.text, first };
      }
    }
  }
}
