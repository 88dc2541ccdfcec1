/** What the matches of a regular expression, or of a part of it, are like. */
import { all, type Charset, charsOf, folded, none, sampleOf } from './charset.ts';
import type { Pattern, Piece } from './pattern.ts';

/** Every character that a match of the piece may hold. */
export function charsIn(piece: Piece): Charset {
  switch (piece.kind) {
    case 'set':
      return piece.chars;
    case 'sequence':
    case 'choice':
      return piece.parts.reduce((chars, part) => chars | charsIn(part), none);
    case 'repeat':
      return piece.max === 0 ? none : charsIn(piece.of);
    case 'group':
      return charsIn(piece.of);
    case 'again':
      return all;
    default:
      return none;
  }
}

export function canBeEmpty(piece: Piece): boolean {
  switch (piece.kind) {
    case 'set':
      return false;
    case 'sequence':
      return piece.parts.every(canBeEmpty);
    case 'choice':
      return piece.parts.some(canBeEmpty);
    case 'repeat':
      return piece.min === 0 || canBeEmpty(piece.of);
    case 'group':
      return canBeEmpty(piece.of);
    default:
      return true;
  }
}

/** Every character that a match of the piece may begin with. */
export function firstIn(piece: Piece): Charset {
  switch (piece.kind) {
    case 'set':
      return piece.chars;
    case 'sequence': {
      let chars = none;
      for (const part of piece.parts) {
        chars |= firstIn(part);
        if (!canBeEmpty(part)) break;
      }
      return chars;
    }
    case 'choice':
      return piece.parts.reduce((chars, part) => chars | firstIn(part), none);
    case 'repeat':
    case 'group':
      return firstIn(piece.of);
    case 'again':
      return all;
    default:
      return none;
  }
}

const isOneChar = (set: Charset): boolean => {
  const sample = sampleOf(set);
  return sample !== undefined && (set & ~folded(charsOf(sample))) === none;
};

/** It holds more than words that the file spells out. */
export function isOpen(piece: Piece): boolean {
  switch (piece.kind) {
    case 'set':
      return !isOneChar(piece.chars);
    case 'sequence':
    case 'choice':
      return piece.parts.some(isOpen);
    case 'repeat':
      return piece.max > 1 || isOpen(piece.of);
    case 'group':
      return isOpen(piece.of);
    default:
      return piece.kind === 'again';
  }
}

/** The characters that may stand right before a group in the text that is matched; `all` where anything may. */
export function charsBefore(pattern: Pattern, number: number): Charset {
  const path: Piece[] = [];
  if (!find(pattern.root, number, path)) return all;
  let found = none;
  for (let at = path.length - 1; at > 0; at--) {
    const parent = path[at - 1]!;
    if (parent.kind === 'repeat' && parent.max > 1) return all;
    if (parent.kind !== 'sequence') continue;
    for (let index = parent.parts.indexOf(path[at]!) - 1; index >= 0; index--) {
      const before = parent.parts[index]!;
      if (before.kind === 'start') return found;
      found |= lastIn(before);
      if (!canBeEmpty(before)) return found;
    }
  }
  return all;
}

/** The way from the root to a group, both included. */
function find(piece: Piece, number: number, path: Piece[]): boolean {
  path.push(piece);
  if (piece.kind === 'group' && piece.number === number) return true;
  const inner = 'parts' in piece ? piece.parts : 'of' in piece ? [piece.of] : [];
  if (inner.some((each) => find(each, number, path))) return true;
  path.pop();
  return false;
}

function lastIn(piece: Piece): Charset {
  switch (piece.kind) {
    case 'set':
      return piece.chars;
    case 'sequence': {
      let chars = none;
      for (const part of piece.parts.toReversed()) {
        chars |= lastIn(part);
        if (!canBeEmpty(part)) break;
      }
      return chars;
    }
    case 'choice':
      return piece.parts.reduce((chars, part) => chars | lastIn(part), none);
    case 'repeat':
    case 'group':
      return lastIn(piece.of);
    case 'again':
      return all;
    default:
      return none;
  }
}

/** Whether every match is the whole text, from its first character to its last. */
export function isAnchored(piece: Piece, side: 'start' | 'end'): boolean {
  if (piece.kind === side) return true;
  if (piece.kind === 'group') return isAnchored(piece.of, side);
  if (piece.kind === 'choice') return piece.parts.every((part) => isAnchored(part, side));
  if (piece.kind !== 'sequence') return false;
  const edge = side === 'start' ? piece.parts[0] : piece.parts.at(-1);
  return edge !== undefined && isAnchored(edge, side);
}

/** A short text that the pattern matches, with `payload` in the place of the group; undefined where none comes to mind. */
export function textWith({ root }: Pattern, number: number, payload: string): string | undefined {
  const holds = (piece: Piece): boolean => find(piece, number, []);
  const text = (piece: Piece): string | undefined => {
    switch (piece.kind) {
      case 'set':
        return sampleOf(piece.chars);
      case 'sequence': {
        let whole = '';
        for (const part of piece.parts) {
          const more = text(part);
          if (more === undefined) return undefined;
          whole += more;
        }
        return whole;
      }
      case 'choice':
        return text(piece.parts.find(holds) ?? piece.parts[0]!);
      case 'repeat': {
        const times = Math.max(piece.min, holds(piece.of) ? 1 : 0);
        const once = times === 0 ? '' : text(piece.of);
        return once === undefined || times * once.length > 200 ? undefined : once.repeat(times);
      }
      case 'group':
        return piece.number === number ? payload : text(piece.of);
      case 'again':
        return undefined;
      default:
        return '';
    }
  };
  return text(root);
}
