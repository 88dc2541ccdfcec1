/**
 * Regular expressions on which PCRE tries exponentially many ways: a state that leads back to itself by two ways over one text
 * (Weber and Seidl, On the degree of ambiguity of finite automata), behind which a match may still fail.
 */
import { once } from '../../../grammar/remembered.ts';
import { type Automaton, accepts, automatonOf } from './automaton.ts';
import { type Charset, none, sampleOf } from './charset.ts';
import type { Pattern } from './pattern.ts';

/** A text on which a pattern takes for ever: `start`, then `pump` again and again, then `end`. */
export interface Explosion {
  readonly start: string;
  readonly pump: string;
  readonly end: string;
}

interface Move {
  readonly chars: Charset;
  readonly to: number;
}

const mostMoves = 20_000;
const mostSteps = 20_000;
const ends = ['!', '~', ' ', '-', '/', 'x', '0', ''];

/** The text on which it shows; undefined where there is none, or the pattern is too large to tell. */
export const explosionOf = once((pattern: Pattern): Explosion | undefined => {
  // A repetition of a group is part of every such pattern.
  if (!/\)(?:[*+]|\{\d+,\d*\})/.test(pattern.text)) return undefined;
  const automaton = automatonOf(pattern);
  return automaton && search(automaton);
});

function search(automaton: Automaton): Explosion | undefined {
  const moves = new Map<number, readonly Move[] | undefined>();
  let total = 0;
  /** Where a state leads by one character, once for each way without characters in between. */
  const movesOf = (from: number): readonly Move[] => {
    const made = moves.get(from);
    if (made) return made;
    const list: Move[] = [];
    // No way takes one jump twice: of a repetition within a repetition it may leave the inner one and begin it anew.
    const stack: { state: number; taken: readonly unknown[] }[] = [{ state: from, taken: [] }];
    for (let at = stack.pop(); at && total < mostMoves; at = stack.pop()) {
      total++;
      for (const edge of automaton.edges[at.state]!) {
        list.push(edge);
        total++;
      }
      for (const jump of automaton.jumps[at.state]!) {
        if (jump.when === undefined && !at.taken.includes(jump))
          stack.push({ state: jump.to, taken: [...at.taken, jump] });
      }
    }
    moves.set(from, list);
    return list;
  };
  const canEnd = (from: number): boolean => {
    const seen = new Set([from]);
    for (const state of seen) {
      if (state === automaton.accept) return true;
      for (const { to, when } of automaton.jumps[state]!) if (when === undefined) seen.add(to);
    }
    return false;
  };
  const prefixes = ways(automaton, movesOf);
  if (total >= mostMoves) return undefined;
  let steps = 0;
  for (const [state, start] of prefixes) {
    if (state === 0 || canEnd(state)) continue;
    const pump = twice(state, movesOf, () => ++steps > mostSteps);
    if (total >= mostMoves || steps > mostSteps) return undefined;
    if (pump === undefined) continue;
    const end = ends.find((each) => !accepts(automaton, start + pump.repeat(6) + each));
    if (end !== undefined) return { start, pump, end };
  }
  return undefined;
}

/** A text that leads to each state. */
function ways(
  { jumps, edges }: Automaton,
  movesOf: (from: number) => readonly Move[],
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const first = new Set([0]);
  for (const state of first) {
    for (const { to, when } of jumps[state]!) if (when !== 'end') first.add(to);
  }
  const wave: { state: number; text: string }[] = [];
  const add = (state: number, text: string): void => {
    if (found.has(state)) return;
    found.set(state, text);
    wave.push({ state, text });
  };
  for (const state of first) {
    if (state === 0) continue;
    for (const { chars, to } of edges[state]!) add(to, sampleOf(chars) ?? '');
  }
  for (const { state, text } of wave) {
    for (const { chars, to } of movesOf(state)) add(to, text + (sampleOf(chars) ?? ''));
  }
  return found;
}

/** A text that leads from a state back to it by two ways; undefined of none. */
function twice(
  state: number,
  movesOf: (from: number) => readonly Move[],
  isTooLong: () => boolean,
): string | undefined {
  interface Pair {
    readonly a: number;
    readonly b: number;
    readonly isApart: boolean;
    readonly text: string;
  }
  const wave: Pair[] = [{ a: state, b: state, isApart: false, text: '' }];
  const seen = new Set<string>();
  for (const { a, b, isApart, text } of wave) {
    const [left, right] = [movesOf(a), movesOf(b)];
    for (const [i, one] of left.entries()) {
      for (const [j, other] of right.entries()) {
        const chars = one.chars & other.chars;
        if (chars === none) continue;
        if (isTooLong()) return undefined;
        // Two moves to one state are two ways as well.
        const next = {
          a: one.to,
          b: other.to,
          isApart: isApart || one.to !== other.to || (a === b && i !== j),
          text: text + (sampleOf(chars) ?? ''),
        };
        if (next.a === state && next.b === state && next.isApart) return next.text;
        const key = `${next.a} ${next.b} ${next.isApart}`;
        if (seen.has(key)) continue;
        seen.add(key);
        wave.push(next);
      }
    }
  }
  return undefined;
}
