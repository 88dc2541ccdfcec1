/** What regular expressions take out of a text, and what they leave of it. */
import { accepts, automatonOf, shortest } from '../automaton.ts';
import { all, none } from '../charset.ts';
import type { Pattern } from '../pattern.ts';
import { canBeEmpty, charsBefore, charsIn, firstIn, isAnchored, isOpen, textWith } from '../piece.ts';
import { empty, longer, type Outcome, type Part, part, type Step, subjectOf, unknown } from './outcome.ts';

const mostCuts = 12;

/** What a group takes out of a text. */
export function cut(
  pattern: Pattern | undefined,
  number: number,
  subject: readonly Outcome[],
  step: Step,
): readonly Outcome[] {
  if (!pattern) return unknown;
  const group = pattern.groups[number - 1];
  if (!group) return empty;
  const from = subjectOf(subject);
  if (!from) return empty;
  // What was cut so often nobody follows.
  if (from.kind === 'unknown' || from.cuts.length > mostCuts)
    return isOpen(group) ? unknown : [[fixedBy(pattern, number)]];
  if (from.kind !== 'client' || !isOpen(group)) return [[fixedBy(pattern, number)]];
  // Several stretches together: only their characters are certain.
  const isWhole = subject.length === 1 && subject[0]!.length === 1;
  const around = subject.flat().reduce((chars, each) => chars | each.chars, none);
  const chars = charsIn(group) & around;
  // What can match anything is tried at the first character, anchored or not.
  const isAtStart =
    isWhole && (charsBefore(pattern, number) === none || (number === 1 && /^\(\.[*+]/.test(pattern.text)));
  return [
    [
      {
        ...from,
        chars,
        first: firstIn(group) & chars & (isAtStart ? from.first : all),
        canBeEmpty: canBeEmpty(group),
        trail: longer(from.trail, step),
        cuts: [...from.cuts, { pattern, number }],
      },
    ],
  ];
}

function fixedBy(pattern: Pattern, number: number): Part {
  const group = pattern.groups[number - 1]!;
  return part('fixed', { chars: charsIn(group), first: firstIn(group), canBeEmpty: canBeEmpty(group) });
}

/** What is left of a text that a pattern matched. */
export function narrowed(outcomes: readonly Outcome[], pattern: Pattern): readonly Outcome[] {
  const { root } = pattern;
  const isFromStart = isAnchored(root, 'start');
  const isToEnd = isFromStart && isAnchored(root, 'end');
  return outcomes.map((outcome) => {
    const [only, ...more] = outcome;
    if (!only || more.length > 0 || only.kind !== 'client') return outcome;
    if (isToEnd && !isOpen(root)) return [part('fixed', { chars: charsIn(root), first: firstIn(root) })];
    const first = isFromStart && !canBeEmpty(root) ? only.first & firstIn(root) : only.first;
    const cuts = [...only.cuts, { pattern, number: 0 }];
    return [{ ...only, first, chars: isToEnd ? only.chars & charsIn(root) : only.chars, cuts }];
  });
}

/** Whether no text that the subject may be is matched. */
export function isDead(pattern: Pattern, subject: readonly Outcome[]): boolean {
  const parts = subject.flat();
  if (parts.some(({ kind }) => kind === 'unknown')) return false;
  const chars = parts.reduce((set, each) => set | each.chars, none);
  if (chars === all) return false;
  const automaton = automatonOf(pattern);
  const shape = { edges: [[{ chars, to: 0 }]], accept: new Set([0]) };
  return automaton !== undefined && shortest(automaton, shape) === undefined;
}

/** A text that a client sends so that a part becomes `payload`; undefined where none is known to do it. */
export function sentText(part: Part, payload: string): string | undefined {
  let text = payload;
  for (const { pattern, number } of part.cuts.toReversed()) {
    if (number > 0) {
      const whole = textWith(pattern, number, text);
      if (whole === undefined) return undefined;
      text = whole;
    }
    const automaton = automatonOf(pattern);
    if (automaton && !accepts(automaton, text)) return undefined;
  }
  return text;
}
