/** What a regular expression matches, as an automaton: questions about whole texts, answered in bounded time. */
import { all, type Charset, charsOf, none, sampleOf } from './charset.ts';
import type { Pattern, Piece } from './pattern.ts';

interface Edge {
  readonly chars: Charset;
  readonly to: number;
}

/** States without text between them; `when` is a place in the text at which alone the way is open. */
interface Jump {
  readonly to: number;
  readonly when: 'start' | 'end' | undefined;
}

/** Matches anywhere in a text, unless anchors say otherwise. State 0 is where it begins. */
export interface Automaton {
  readonly edges: readonly (readonly Edge[])[];
  readonly jumps: readonly (readonly Jump[])[];
  readonly accept: number;
}

const mostStates = 1500;

/** The automaton of a pattern; undefined where it is too large, or where the pattern tests what its pieces do not show. */
export function automatonOf(pattern: Pattern): Automaton | undefined {
  if (!pattern.exact) return undefined;
  const edges: Edge[][] = [];
  const jumps: Jump[][] = [];
  const state = (): number => {
    edges.push([]);
    jumps.push([]);
    return edges.length - 1;
  };
  const jump = (from: number, to: number, when?: 'start' | 'end'): void => {
    jumps[from]!.push({ to, when });
  };
  /** Adds a piece after `from` and gives the state behind it; -1 where it has become too large. */
  const add = (piece: Piece, from: number): number => {
    if (edges.length > mostStates) return -1;
    switch (piece.kind) {
      case 'set': {
        const to = state();
        edges[from]!.push({ chars: piece.chars, to });
        return to;
      }
      case 'sequence': {
        let at = from;
        for (const part of piece.parts) {
          at = add(part, at);
          if (at < 0) return -1;
        }
        return at;
      }
      case 'choice': {
        const to = state();
        for (const part of piece.parts) {
          const end = add(part, from);
          if (end < 0) return -1;
          jump(end, to);
        }
        return to;
      }
      case 'repeat': {
        let at = from;
        for (let n = 0; n < piece.min; n++) {
          at = add(piece.of, at);
          if (at < 0) return -1;
        }
        if (piece.max === Number.POSITIVE_INFINITY) {
          const loop = state();
          jump(at, loop);
          const end = add(piece.of, loop);
          if (end < 0) return -1;
          jump(end, loop);
          const out = state();
          jump(loop, out);
          return out;
        }
        const out = state();
        for (let n = piece.min; n < piece.max; n++) {
          jump(at, out);
          at = add(piece.of, at);
          if (at < 0) return -1;
        }
        jump(at, out);
        return out;
      }
      case 'group':
        return add(piece.of, from);
      case 'start':
      case 'end': {
        const to = state();
        jump(from, to, piece.kind);
        return to;
      }
      default:
        return -1;
    }
  };
  const begin = state();
  edges[begin]!.push({ chars: all, to: begin });
  const first = state();
  jump(begin, first);
  const last = add(pattern.root, first);
  if (last < 0) return undefined;
  const accept = state();
  jump(last, accept);
  edges[accept]!.push({ chars: all, to: accept });
  return { edges, jumps, accept };
}

/** Whether the automaton matches `text`. */
export function accepts({ edges, jumps, accept }: Automaton, text: string): boolean {
  const closure = (states: Set<number>, at: number): Set<number> => {
    for (const each of states) {
      for (const { to, when } of jumps[each]!) {
        // `$` also stands before a line feed that is the last character.
        const isEnd = at === text.length || (at === text.length - 1 && text[at] === '\n');
        if (when === undefined || (when === 'start' ? at === 0 : isEnd)) states.add(to);
      }
    }
    return states;
  };
  let states = closure(new Set([0]), 0);
  for (let at = 0; at < text.length; at++) {
    const bit = charsOf(text[at]!);
    const next = new Set<number>();
    for (const each of states) {
      for (const { chars, to } of edges[each]!) if ((chars & bit) !== none) next.add(to);
    }
    states = closure(next, at + 1);
  }
  return states.has(accept);
}

/** Texts that a search may go through: states with edges, of which an edge may tell what it asks of the pattern's. */
export interface Shape {
  readonly edges: readonly (readonly {
    readonly chars: Charset;
    readonly to: number;
    /** The pattern's character has to meet this. */
    readonly only?: (chars: Charset) => boolean;
    /** A text that went this way by a pattern's character that meets this is marked. */
    readonly marks?: (chars: Charset) => boolean;
  }[])[];
  readonly accept: ReadonlySet<number>;
}

const mostSteps = 60_000;

/** The shortest text that both take, a marked one where `marked`; undefined of none, or where the search takes too long. */
export function shortest(automaton: Automaton, shape: Shape, marked = false): string | undefined | 'unknown' {
  interface At {
    readonly state: number;
    readonly place: number;
    readonly isMarked: boolean;
    readonly ended: boolean;
    readonly isFirst: boolean;
    readonly before: At | undefined;
    readonly character: string;
  }
  const seen = new Set<string>();
  let wave: At[] = [
    { state: 0, place: 0, isMarked: false, ended: false, isFirst: true, before: undefined, character: '' },
  ];
  let steps = 0;
  while (wave.length > 0) {
    const next: At[] = [];
    // Jumps add to the wave while it is gone through, so that a shorter text is always found first.
    for (const at of wave) {
      const key = `${at.state} ${at.place} ${at.isMarked} ${at.ended} ${at.isFirst}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (++steps > mostSteps) return 'unknown';
      if (at.state === automaton.accept && shape.accept.has(at.place) && (at.isMarked || !marked)) {
        let text = '';
        for (let each: At | undefined = at; each; each = each.before) text = each.character + text;
        return text;
      }
      for (const { to, when } of automaton.jumps[at.state]!) {
        if (when === 'start' && !at.isFirst) continue;
        wave.push({ ...at, state: to, ended: at.ended || when === 'end' });
      }
      if (at.ended) continue;
      for (const edge of automaton.edges[at.state]!) {
        for (const way of shape.edges[at.place]!) {
          const chars = edge.chars & way.chars;
          if (chars === none || way.only?.(edge.chars) === false) continue;
          const isMarked = at.isMarked || (way.marks?.(edge.chars) ?? false);
          const [state, place] = [edge.to, way.to];
          next.push({
            state,
            place,
            isMarked,
            ended: false,
            isFirst: false,
            before: at,
            character: sampleOf(chars)!,
          });
        }
      }
    }
    wave = next;
  }
  return undefined;
}
