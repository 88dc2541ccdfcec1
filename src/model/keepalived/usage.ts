/** How keywords are used: too new for the daemon, under an old name, or twice in one block. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { itemKind, type Keyword, keyword } from '../../../grammar/tables/keywords.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, wordSpan } from '../../../grammar/tree.ts';
import { atLeast, type Version } from '../version.ts';
import { readsNoWord } from './release.ts';
import { keywordSpan } from './settings.ts';
import { type Statement, statementsWhere, takesNoWord } from './statements.ts';
import { isNo } from './values.ts';

interface Subject {
  readonly statements: readonly Statement[];
  readonly version: Version;
  readonly template: boolean;
}

/** Statements that the stated version does not know yet; what is in such a block goes with it. */
export function newerStatements({
  statements,
  version,
}: Subject): readonly { statement: Statement; at: Span; since: string }[] {
  if (!version) return [];
  const found: { statement: Statement; at: Span; since: string }[] = [];
  const visit = (block: readonly Statement[]): void => {
    for (const statement of block) {
      const since = statement.keyword?.since;
      const newer = since !== undefined && (since === 'unreleased' || atLeast(version, since) === false);
      if (newer) found.push({ statement, at: keywordSpan(statement), since });
      else visit(statement.body);
    }
  };
  visit(statements);
  return found;
}

/** A word for which there is a newer one. */
export interface ReplacedWord {
  readonly at: Span;
  readonly old: string;
  readonly now: string;
  /** The block in which the new one stands, where it is another; `root` is outside of all. */
  readonly where: string | undefined;
  /** The daemon reports the old one as an error. */
  readonly complains: boolean;
  /** The new one takes the same words, so that putting it in place mends it. */
  readonly sameWords: boolean;
}

/** Keywords and options under names that have been replaced. */
export function* replacedWords({ statements }: Subject): Generator<ReplacedWord> {
  const mayBeOld = ({ replacedBy, items }: Keyword): boolean =>
    replacedBy !== undefined || items !== undefined;
  for (const statement of statementsWhere(statements, mayBeOld)) {
    const known = statement.keyword;
    // A misspelt word has its finding; that its like is old comes up when it is mended.
    if (known?.replacedBy !== undefined && !statement.guess) {
      const [now, where] = known.replacedBy.split('/').reverse() as [string, string | undefined];
      const other = keyword(where ?? known.context, now);
      yield {
        at: keywordSpan(statement),
        old: known.name,
        now,
        where: where?.split('.').at(-1),
        complains: known.flags.has('replaced-error'),
        sameWords: where === undefined && other !== undefined && shape(other) === shape(known),
      };
    }
    const kind = known?.items === undefined ? undefined : itemKind(known.items);
    for (const item of kind ? statement.items : []) {
      for (const word of item.args) {
        const option = kind?.options.get(word.text);
        if (!option?.flags.has('old')) continue;
        const now = option.aliasOf ?? 'nexthop';
        const sameWords = option.aliasOf !== undefined;
        const at = wordSpan(item, word);
        yield { at, old: word.text, now, where: undefined, complains: true, sameWords };
      }
    }
  }
}

const shape = ({ args, opens, items }: Keyword): string =>
  JSON.stringify([args.map(({ type }) => type), opens !== undefined || items !== undefined]);

/** A keyword that stands twice in a block, with another value the second time. */
export interface RepeatedKeyword {
  readonly at: Span;
  /** As written the second time. */
  readonly name: string;
  readonly first: Span;
  /** Both of them. */
  readonly lines: readonly [Directive, Directive];
  /** Which of the two the daemon uses. */
  readonly counts: 'first' | 'last';
  /** What the two say, where that is one word each and no secret. */
  readonly values: readonly [string, string] | undefined;
  /** The daemon reports the second as an error. */
  readonly refused: boolean;
}

/** Keywords given twice where only one of them counts. A template may render either, so it has none. */
export function* repeatedKeywords({ statements, template }: Subject): Generator<RepeatedKeyword> {
  if (template) return;
  yield* repeatedIn(statements);
  const isBlock = (known: Keyword): boolean => known.opens !== undefined && !addsUp(known);
  for (const { body } of statementsWhere(statements, isBlock)) yield* repeatedIn(body);
}

/** Whether all blocks of a keyword are one to the daemon: those of global_defs, of authentication in an instance. */
const addsUp = ({ opens, repeat }: Keyword): boolean =>
  opens !== undefined && (repeat === 'merged' || repeat === 'idempotent');

function* repeatedIn(block: readonly Statement[]): Generator<RepeatedKeyword> {
  const before = new Map<string, Statement>();
  const sums = new Map<Keyword, readonly Statement[]>();
  for (const statement of block) {
    const known = statement.keyword;
    if (!known) continue;
    if (addsUp(known)) sums.set(known, [...(sums.get(known) ?? []), ...statement.body]);
    const name = known.aliasOf ?? known.name;
    const other = before.get(name);
    const counts = other && whichCounts(known, other, statement);
    const same = other !== undefined && counts !== undefined && words(other) === words(statement);
    // Two equal settings are one, but for those that 2.2.7 complains of even so; of `version` it does not.
    const harmless = same && (counts === 'last' || known.name === 'version');
    if (other && counts && !harmless && !expanded(other, statement)) {
      yield {
        at: keywordSpan(statement),
        name: known.name,
        first: keywordSpan(other),
        lines: [other.directive, statement.directive],
        counts,
        values: valuesOf(other, statement),
        refused: counts === 'first' && !same,
      };
    }
    if (!other || counts === 'last') before.set(name, statement);
  }
  for (const sum of sums.values()) yield* repeatedIn(sum);
}

const words = ({ args, directive }: Statement): string =>
  directive.body
    ? `${directive.source.path} ${directive.name.start}`
    : JSON.stringify(args.map(({ text }) => text));

/** Both come from one line, repeated by ~SEQ or a definition: no slip of the operator. */
const expanded = (a: Statement, b: Statement): boolean =>
  a.directive.source === b.directive.source && a.directive.name.start === b.directive.name.start;

function whichCounts({ repeat }: Keyword, first: Statement, second: Statement): 'first' | 'last' | undefined {
  switch (repeat) {
    case 'last-wins':
    case 'last-wins-error':
      return 'last';
    case 'first-wins-error':
    case 'second-skipped':
      return 'first';
    case 'master-wins-error':
      return first.args[0]?.text === 'MASTER' && second.args[0]?.text === 'BACKUP' ? 'first' : 'last';
    default:
      return undefined;
  }
}

function valuesOf(first: Statement, second: Statement): readonly [string, string] | undefined {
  const [a, b] = [first.args[0], second.args[0]];
  if (!a || !b || first.args.length > 1 || second.args.length > 1) return undefined;
  if (/\.auth|^SSL$/.test(second.context) || isPlaceholder(a.text + b.text)) return undefined;
  return [a.text, b.text];
}

/** A keyword that the daemon switches on although `off` is written, as it takes no word in some releases, or in none. */
export function* offThatMeansOn({
  statements,
  version,
}: Subject): Generator<{ at: Span; name: string; word: string; certain: boolean; isFlag: boolean }> {
  const ignoresWord = (known: Keyword): boolean | undefined =>
    takesNoWord(known) || readsNoWord(known, version);
  for (const each of statementsWhere(statements, (known) => ignoresWord(known) !== false)) {
    const { args, directive } = each;
    const known = each.keyword!;
    const word = args[0];
    if (!word || !isNo(word.text)) continue;
    const isFlag = takesNoWord(known);
    const certain = ignoresWord(known);
    const at = wordSpan(directive, word);
    yield { at, name: known.name, word: word.text, certain: certain === true, isFlag };
  }
}
