/** What regular expressions match, compared with each other and with paths; every question is answered in bounded time. */
import { type Automaton, accepts, automatonOf, shortest } from './automaton.ts';
import { all, type Charset, charsOf, none, visible } from './charset.ts';
import { type Pattern, patternOf } from './pattern.ts';

/** Paths: a slash, and anything after it. */
const paths = { edges: [[{ chars: charsOf('/'), to: 1 }], [{ chars: all, to: 1 }]], accept: new Set([1]) };
const texts = { edges: [[{ chars: all, to: 0 }]], accept: new Set([0]) };
/** Paths that need no encoding, for samples that people can read. */
const plainPaths = {
  edges: [[{ chars: charsOf('/'), to: 1 }], [{ chars: visible, to: 1 }]],
  accept: new Set([1]),
};

/** Whether a pattern matches no text at all, or no path where `isPath`; false where it cannot be told. */
export function matchesNothing(pattern: Pattern, isPath: boolean): boolean {
  const verdicts = isPath ? emptyForPaths : emptyForTexts;
  let verdict = verdicts.get(pattern);
  if (verdict === undefined) {
    const automaton = automatonOf(pattern);
    verdict = automaton !== undefined && shortest(automaton, isPath ? paths : texts) === undefined;
    verdicts.set(pattern, verdict);
  }
  return verdict;
}

const emptyForPaths = new WeakMap<Pattern, boolean>();
const emptyForTexts = new WeakMap<Pattern, boolean>();

const compared = new Map<string, string | undefined>();
const mostCompared = 5000;

/** A path that the later of two patterns matches, where the earlier one matches all of its paths; undefined where it does not. */
export function hiddenBy(
  earlier: Pattern,
  later: Pattern,
  ignoresCase: readonly [boolean, boolean],
): string | undefined {
  const key = `${ignoresCase.join()} ${earlier.text}\0${later.text}`;
  if (compared.has(key)) return compared.get(key);
  if (compared.size > mostCompared) compared.clear();
  const found = compare(earlier, later);
  compared.set(key, found);
  return found;
}

function compare(earlier: Pattern, later: Pattern): string | undefined {
  const [outer, inner] = [automatonOf(earlier), automatonOf(later)];
  if (!outer || !inner) return undefined;
  const sample = shortest(inner, plainPaths);
  if (sample === undefined || sample === 'unknown' || !accepts(outer, sample)) return undefined;
  return isWithin(inner, outer) ? sample : undefined;
}

const mostPairs = 400;

/** Whether all paths that `inner` matches are matched by `outer`; false where the search takes too long. */
function isWithin(inner: Automaton, outer: Automaton): boolean {
  const classes = classesOf([inner, outer]);
  if (classes.length > 64) return false;
  const start = (automaton: Automaton): number[] => closure(automaton, [0], true, false);
  const open: { a: number[]; b: number[]; isFirst: boolean }[] = [
    { a: start(inner), b: start(outer), isFirst: true },
  ];
  const seen = new Set<string>();
  for (let at = open.pop(); at; at = open.pop()) {
    const { a, b, isFirst } = at;
    if (b.includes(outer.accept)) continue;
    const isTaken = (automaton: Automaton, states: number[]): boolean =>
      closure(automaton, states, false, true).includes(automaton.accept);
    if (!isFirst && isTaken(inner, a) && !isTaken(outer, b)) return false;
    if (seen.size > mostPairs) return false;
    for (const chars of classes) {
      if (isFirst && (chars & charsOf('/')) === none) continue;
      const next = { a: step(inner, a, chars), b: step(outer, b, chars), isFirst: false };
      const key = `${next.a.join()} ${next.b.join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return true;
}

/** Sets of visible characters that no edge tells apart; the slash is one of its own. */
function classesOf(automata: readonly Automaton[]): readonly Charset[] {
  let classes: Charset[] = [charsOf('/'), visible & ~charsOf('/')];
  const sets = new Set(
    automata.flatMap(({ edges }) => edges.flatMap((list) => list.map(({ chars }) => chars))),
  );
  for (const set of sets) {
    classes = classes.flatMap((each) => [each & set, each & ~set].filter((part) => part !== none));
    if (classes.length > 64) break;
  }
  return classes;
}

function closure(
  { jumps }: Automaton,
  states: readonly number[],
  isStart: boolean,
  isEnd: boolean,
): number[] {
  const found = new Set(states);
  for (const each of found) {
    for (const { to, when } of jumps[each]!) {
      if (when === undefined || (when === 'start' ? isStart : isEnd)) found.add(to);
    }
  }
  return [...found].sort((a, b) => a - b);
}

function step(automaton: Automaton, states: readonly number[], chars: Charset): number[] {
  const next = new Set<number>();
  for (const each of states) {
    for (const edge of automaton.edges[each]!) if ((edge.chars & chars) !== none) next.add(edge.to);
  }
  return closure(automaton, [...next], false, false);
}

/** The groups of a pattern; undefined where it cannot be read. */
export const groupCount = (text: string, ignoreCase = false): number | undefined =>
  patternOf(text, ignoreCase)?.groups.length;
